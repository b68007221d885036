"""Tell of re-checks: before the answer only what the person needs to look it up, then all."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from deskhand.audit.record import Record, decode
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseKind, ExceptionCase
from deskhand.domain.fields import Field
from deskhand.domain.quality import QualityBook, Recheck, RecheckRule, RecheckState, draw_text
from deskhand.domain.sealed import MASK
from deskhand.domain.tagged import from_tagged
from deskhand.domain.work_item import WorkItem
from deskhand.errors import DecisionRefusedError
from deskhand.ports.clock import Clock
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.ports.store import Store, Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.choose_recheck import draw_of
from deskhand.use_cases.recheck_item import recorded_values
from deskhand.use_cases.sealing import fields_context, open_json, recheck_context


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldFound:
    """One field that was looked up: what the person saw, what the bot had recorded."""

    name: str
    seen: object = field(repr=False)
    recorded: object = field(repr=False)
    differs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckDetail:
    """A re-check as a person may see it now.

    `fields` are the item's own, without those that are looked up; sensitive ones are masked
    unless revealed. `found` stays empty until the answer is in.
    """

    case: ExceptionCase
    recheck: Recheck
    version: int
    fields: Mapping[str, object] = field(repr=False)
    form: Mapping[str, Field]
    found: tuple[FieldFound, ...] = ()


def recheck_detail(
    name: str, *, store: Store, seal: Seal, library: RunbookLibrary
) -> RecheckDetail:
    """Return a re-check, sensitive values masked; raises `NotFoundError`."""
    with store.reading() as tx:
        return _detail(tx, tx.cases.named(name), seal=seal, library=library, reveal=False)


def revealed_recheck(
    name: str, *, by: Actor, store: Store, seal: Seal, library: RunbookLibrary, clock: Clock
) -> RecheckDetail:
    """Return what `recheck_detail` does, in clear; that somebody looks is recorded first."""
    with store.transaction() as tx:
        case = tx.cases.named(name)
        entry = Entry(
            stream=case.stream,
            type=RecordType.ITEM_LOOKED_AT,
            subject=f"case:{case.id}",
            actor=by,
            at=clock.now(),
        )
        tx.record(entry)
        return _detail(tx, case, seal=seal, library=library, reveal=True)


def _detail(
    tx: Transaction, case: ExceptionCase, *, seal: Seal, library: RunbookLibrary, reveal: bool
) -> RecheckDetail:
    recheck = tx.rechecks.of_item(case.item) if case.item is not None else None
    if recheck is None or case.item is None or case.kind is not CaseKind.QUALITY:
        raise DecisionRefusedError(
            f"case {case.id} is no re-check; see: deskhand exceptions show {case.id}"
        )
    item = tx.items.get(case.item)
    stored = tx.runbooks.get(item.runbook_hash)
    runbook = library.compile(stored.source, file=stored.name)
    form = library.recheck_form(runbook, recheck.fields)
    plain = open_json(item.sealed_fields, seal=seal, context=fields_context(item.id))
    shown = {
        name: _shown(plain.get(name), part.type.sensitivity, reveal=reveal)
        for name, part in runbook.item.fields.items()
        if name not in recheck.fields
    }
    found: list[FieldFound] = []
    if recheck.state is not RecheckState.WAITING:
        recorded = recorded_values(
            item, recheck.fields, seal=seal, library=library, runbook=runbook
        )
        found = _found(recheck, recorded, form, seal=seal, reveal=reveal)
    return RecheckDetail(
        case=case,
        recheck=recheck,
        version=stored.number,
        fields=shown,
        form=form,
        found=tuple(found),
    )


def _found(
    recheck: Recheck,
    recorded: Mapping[str, object],
    form: Mapping[str, Field],
    *,
    seal: Seal,
    reveal: bool,
) -> list[FieldFound]:
    seen = from_tagged(
        open_json(recheck.sealed_answer or b"", seal=seal, context=recheck_context(recheck.item))
    )
    differing = {name.partition(".")[0].removesuffix(" (count)") for name in recheck.differing}
    return [
        FieldFound(
            name=name,
            seen=_shown(seen.get(name), part.type.sensitivity, reveal=reveal),
            recorded=_shown(recorded.get(name), part.type.sensitivity, reveal=reveal),
            differs=name in differing,
        )
        for name, part in form.items()
    ]


def _shown(value: object, sensitivity: str | None, *, reveal: bool) -> object:
    return MASK if value is not None and sensitivity is not None and not reveal else value


@dataclass(frozen=True, slots=True, kw_only=True)
class Explained:
    """Why an item was, or was not, chosen to be checked again.

    `decided` is the record that says so, None while a bot has not finished it, or where no rule
    held then. `draw` is computed anew with the project's key; `rule` is the one that holds now.
    """

    item: WorkItem
    decided: Record | None
    draw: str
    rule: RecheckRule | None

    @property
    def facts(self) -> Mapping[str, Any]:
        """What the record says; empty without one."""
        return {} if self.decided is None else self.decided.data

    @property
    def repeats(self) -> bool | None:
        """Whether the draw comes out as it was recorded; None where none was recorded."""
        recorded = self.facts.get("draw")
        return None if recorded is None else recorded == self.draw


def explain_choice(name: str, *, store: Store, seal: Seal, book: QualityBook) -> Explained:
    """Return why an item was, or was not, chosen; raises `NotFoundError`."""
    with store.reading() as tx:
        item = tx.items.named(name)
        records = [
            decode(row.body)
            for row in tx.audit_log.of_stream(item.stream)
            if row.type == RecordType.RECHECK_DECIDED
        ]
    draw = draw_of(item.id, runbook=item.runbook, client=item.client, seal=seal)
    return Explained(
        item=item,
        decided=records[-1] if records else None,
        draw=draw_text(draw),
        rule=book.rule_for(item.runbook, item.client),
    )
