"""Correct an item: a person changes fields, the runbook checks them, the log keeps both."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.exception_case import Decision
from deskhand.domain.runbook import Runbook
from deskhand.domain.work_item import WorkItem
from deskhand.errors import DecisionRefusedError, ExpressionError
from deskhand.ports.runbook_library import Rejected
from deskhand.ports.store import Transaction
from deskhand.use_cases.accept_items import canonical, reference_of, worked_out
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.desk import Desk, Word, go_on, open_case, refuse_telling, runbook_of
from deskhand.use_cases.sealing import (
    fields_context,
    fields_digest_context,
    open_json,
    sealed_facts,
)
from deskhand.use_cases.settle_doubt import refuse_done, unsettled


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """New values for fields of the item, as text or JSON types, by field name."""

    changes: Mapping[str, object] = field(repr=False)


def fix_case(word: Word, correction: Correction, *, desk: Desk) -> WorkItem:
    """Correct fields of the item, checked against the runbook as at intake, and try again.

    Raises `DecisionRefusedError` when a field is unknown or its new value does not pass, or
    when an act is in doubt: what may already be with the portal is not changed.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        case, item = open_case(tx, word, Decision.FIX, desk=desk)
        if unsettled(tx, item):
            raise DecisionRefusedError(
                "it is not known yet whether this item was submitted; settle that first: "
                "deskhand exceptions retry, or done with the portal's number"
            )
        refuse_done(tx, item)
        runbook = runbook_of(tx, item, desk)
        before = open_json(item.sealed_fields, seal=desk.seal, context=fields_context(item.id))
        after = _corrected(before, correction, runbook=runbook, desk=desk, client=item.client)
        corrected = _with_fields(tx, item, after, runbook=runbook, desk=desk)
        refuse_telling(tx, corrected, word, desk=desk)
        tx.record(_correction_entry(corrected, before, after, word, desk=desk, now=now))
        close_case(tx, case, Decision.FIX, by=word.by, at=now, reason=word.reason)
        return go_on(tx, corrected, word, desk=desk)


def _corrected(
    before: Mapping[str, object],
    correction: Correction,
    *,
    runbook: Runbook,
    desk: Desk,
    client: str,
) -> dict[str, object]:
    now = desk.clock.now()
    today = now.astimezone(desk.book.zone(client)).date()
    unknown = [name for name in correction.changes if name not in runbook.item.fields]
    if unknown:
        known = ", ".join(runbook.item.fields)
        raise DecisionRefusedError(f"no field {', '.join(unknown)}; the fields are: {known}")
    checked = desk.library.checked_fields(
        runbook, {**before, **correction.changes}, today=today, now=now
    )
    if isinstance(checked, Rejected):
        problems = "; ".join(
            f"{name}: {reason}" if name else reason for name, reason in checked.problems
        )
        raise DecisionRefusedError(f"not corrected: {problems}")
    return desk.library.plain_fields(runbook, checked.values)


def _with_fields(
    tx: Transaction, item: WorkItem, plain: dict[str, object], *, runbook: Runbook, desk: Desk
) -> WorkItem:
    values = desk.library.typed_fields(runbook, plain)
    try:
        said = worked_out(
            runbook, values, accepted_at=item.accepted_at, zone=desk.book.zone(item.client)
        )
    except ExpressionError as error:
        raise DecisionRefusedError(f"not corrected: {error}") from error
    reference = reference_of(runbook, values, seal=desk.seal)
    bytes_ = canonical(plain)
    sealed = desk.seal.close(bytes_, context=fields_context(item.id))
    digest = desk.seal.digest(bytes_, context=fields_digest_context(runbook.name))
    corrected = replace(item, sealed_fields=sealed, fields_digest=digest, **said._asdict())
    if reference == item.reference:
        if item.occurrence:
            raise DecisionRefusedError("another item has this reference; change it, or reject")
        return corrected
    if tx.items.known(item.runbook, item.client, [reference]):
        raise DecisionRefusedError(f"another item has the reference {reference}")
    return replace(corrected, reference=reference, occurrence=0)


def _correction_entry(
    item: WorkItem,
    before: Mapping[str, object],
    after: Mapping[str, object],
    word: Word,
    *,
    desk: Desk,
    now: datetime,
) -> Entry:
    """Record which fields changed, and under the seal what they were and are."""
    changed = {
        name: {"old": before.get(name), "new": value}
        for name, value in after.items()
        if before.get(name) != value
    }
    if not changed:
        raise DecisionRefusedError("nothing was changed; to try again as it is: retry")
    sealed = sealed_facts(changed, seal=desk.seal, context=fields_context(item.id))
    return Entry(
        stream=item.stream,
        type=RecordType.ITEM_CORRECTED,
        subject="item",
        actor=word.by,
        at=now,
        data={"fields": sorted(changed), "reason": word.reason, "sealed_values": sealed},
    )
