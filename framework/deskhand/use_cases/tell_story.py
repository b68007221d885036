"""Tell the story of an item from its records, and open what is sealed, on the record."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from deskhand.audit.record import Record, decode
from deskhand.domain.attempt import Attempt
from deskhand.domain.effect import Effect
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.evidence import Evidence
from deskhand.domain.exception_case import CaseState, ExceptionCase
from deskhand.domain.fields import Field
from deskhand.domain.quality import RunbookHold
from deskhand.domain.question import Answer, AnswerState, Question
from deskhand.domain.runbook import Runbook
from deskhand.domain.sealed import MASK
from deskhand.domain.tagged import from_tagged
from deskhand.domain.work_item import WorkItem
from deskhand.errors import BotError, NotFoundError, RunbookInvalidError
from deskhand.ports.clock import Clock
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.ports.store import Store, Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.ask_person import asked_question, form_of
from deskhand.use_cases.sealing import answer_context, detail_context, fields_context, open_json


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemStory:
    """Everything that is known of an item. Sensitive fields are masked unless revealed.

    `hold` says why none of its runbook's version is performed; None where it may be.
    """

    item: WorkItem
    fields: dict[str, Any] = field(repr=False)
    attempts: list[Attempt]
    effects: list[Effect]
    cases: list[ExceptionCase]
    evidence: list[Evidence]
    records: list[Record]
    hold: RunbookHold | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenAnswer:
    """What somebody answered to a question: the values of its form, in clear."""

    by: str
    at: datetime
    meaning: str
    state: AnswerState
    values: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseDetail:
    """A case with what its decision needs to see, and how it was decided.

    `asked` is the question of a runbook and `form` what its answer consists of; None and empty
    where something went wrong instead. `answers` are those that its people gave, and to an open
    question the first approval that stands. `reason` is that of the decision that closed it.
    """

    case: ExceptionCase
    message: str
    hint: str
    reason: str = ""
    asked: Question | None = field(default=None, repr=False)
    form: Mapping[str, Field] = field(default_factory=dict)
    answers: tuple[GivenAnswer, ...] = ()


def item_story(name: str, *, store: Store, seal: Seal, library: RunbookLibrary) -> ItemStory:
    """Return an item's story, sensitive fields masked; raises `NotFoundError`."""
    with store.reading() as tx:
        return _story(tx, tx.items.named(name), seal=seal, library=library, reveal=False)


def item_records(name: str, *, store: Store) -> tuple[WorkItem, list[Record]]:
    """Return an item and its records; needs no key and no runbook. Raises `NotFoundError`."""
    with store.reading() as tx:
        item = tx.items.named(name)
        return item, [decode(row.body) for row in tx.audit_log.of_stream(item.stream)]


def stream_story(stream: str, *, store: Store) -> list[Record]:
    """Return the story of an account, a file, a runbook or a trigger; raises `NotFoundError`."""
    with store.reading() as tx:
        found = [decode(row.body) for row in tx.audit_log.of_stream(stream)]
    if not found:
        raise NotFoundError("stream", stream, advice="nothing has happened to it yet")
    return found


def looked_at(tx: Transaction, name: str, *, by: Actor, at: datetime, **facts: object) -> WorkItem:
    """Return an item of which somebody sees what is sensitive; that they looked is recorded."""
    item = tx.items.get(tx.items.named(name).id)
    tx.record(
        Entry(
            stream=item.stream,
            type=RecordType.ITEM_LOOKED_AT,
            subject="item",
            actor=by,
            at=at,
            data=facts,
        )
    )
    return item


def revealed_story(
    name: str, *, by: Actor, store: Store, seal: Seal, library: RunbookLibrary, clock: Clock
) -> ItemStory:
    """Return an item's story with its sensitive fields; that somebody looked is recorded first."""
    with store.transaction() as tx:
        item = looked_at(tx, name, by=by, at=clock.now())
        return _story(tx, item, seal=seal, library=library, reveal=True)


def case_detail(name: str, *, store: Store, seal: Seal, library: RunbookLibrary) -> CaseDetail:
    """Return what a case says and asks; raises `NotFoundError`, `SealBrokenError`."""
    with store.reading() as tx:
        return _detail(tx, tx.cases.named(name), seal=seal, library=library)


def revealed_case(
    name: str, *, by: Actor, store: Store, seal: Seal, library: RunbookLibrary, clock: Clock
) -> CaseDetail:
    """Return what `case_detail` does; that somebody looks at its facts is recorded first."""
    with store.transaction() as tx:
        case = tx.cases.named(name)
        tx.record(
            Entry(
                stream=case.stream,
                type=RecordType.ITEM_LOOKED_AT,
                subject=f"case:{case.id}",
                actor=by,
                at=clock.now(),
            )
        )
        return _detail(tx, case, seal=seal, library=library)


def _detail(
    tx: Transaction, case: ExceptionCase, *, seal: Seal, library: RunbookLibrary
) -> CaseDetail:
    said = open_json(case.sealed_detail, seal=seal, context=detail_context(case.id))
    asked = asked_question(case, seal=seal)
    form: Mapping[str, Field] = {}
    if asked is not None and case.item is not None:
        runbook = _runbook_of(tx, tx.items.get(case.item), library)
        form = {} if runbook is None else form_of(runbook, case.step)
    return CaseDetail(
        case=case,
        message=said["message"],
        hint=said["hint"],
        reason=_why_closed(tx, case),
        asked=asked.question if asked else None,
        form=form,
        answers=tuple(_opened(answer, seal=seal) for answer in _answers(tx, case)),
    )


def _why_closed(tx: Transaction, case: ExceptionCase) -> str:
    """Return the reason that its decision was recorded with; empty while it is open."""
    if case.state is not CaseState.CLOSED:
        return ""
    reasons = (
        str(decode(row.body).data.get("reason") or "")
        for row in tx.audit_log.of_stream(case.stream)
        if row.seq == case.audit_seq
    )
    return next(reasons, "")


def _answers(tx: Transaction, case: ExceptionCase) -> list[Answer]:
    if case.item is None:
        return []
    is_open = case.state is not CaseState.CLOSED
    return [
        answer
        for answer in tx.answers.of_item(case.item)
        if answer.case == case.id
        or (is_open and answer.step == case.step and answer.state is AnswerState.GIVEN)
    ]


def _opened(answer: Answer, *, seal: Seal) -> GivenAnswer:
    sealed = open_json(answer.sealed_values, seal=seal, context=answer_context(answer.id))
    return GivenAnswer(
        by=answer.by,
        at=answer.given_at,
        meaning=answer.meaning,
        state=answer.state,
        values=from_tagged(sealed),
    )


def _story(
    tx: Transaction, item: WorkItem, *, seal: Seal, library: RunbookLibrary, reveal: bool
) -> ItemStory:
    plain = open_json(item.sealed_fields, seal=seal, context=fields_context(item.id))
    runbook = _runbook_of(tx, item, library)
    hold = tx.runbook_holds.of(item.runbook_hash)
    return ItemStory(
        item=item,
        fields=plain if reveal else _masked(plain, runbook),
        attempts=tx.attempts.of_item(item.id),
        effects=tx.journal.effects_of(item.id),
        cases=tx.cases.of_item(item.id),
        evidence=tx.evidence.of_item(item.id),
        records=[decode(row.body) for row in tx.audit_log.of_stream(item.stream)],
        hold=hold if hold is not None and hold.held else None,
    )


def _runbook_of(tx: Transaction, item: WorkItem, library: RunbookLibrary) -> Runbook | None:
    """Return the runbook that the item started with; None where today's bots cannot perform it."""
    stored = tx.runbooks.get(item.runbook_hash)
    try:
        return library.compile(stored.source, file=stored.name)
    except (RunbookInvalidError, BotError):
        return None


def _masked(plain: dict[str, Any], runbook: Runbook | None) -> dict[str, Any]:
    """Mask every field whose type is sensitive, whole, and every field the runbook lost."""
    fields: Mapping[str, Field] = {} if runbook is None else runbook.item.fields
    shown: dict[str, Any] = {}
    for name, value in plain.items():
        known = fields.get(name)
        hidden = known is None or known.type.sensitivity is not None
        shown[name] = MASK if hidden and value is not None else value
    return shown
