"""Check a bot's work again, blind: a person types what the portal shows, sees what differs, grades.

The answer is kept before anything that the bot recorded is shown, and does not change after.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseKind, Decision, ExceptionCase
from deskhand.domain.fields import Field
from deskhand.domain.quality import (
    NOTHING_CHECKED,
    PORTAL_NUMBER,
    Grade,
    QualityBook,
    Recheck,
    RecheckState,
    RunbookHold,
)
from deskhand.domain.read_back import FieldChecks, compare
from deskhand.domain.runbook import Runbook
from deskhand.domain.tagged import from_tagged, to_tagged
from deskhand.domain.work_item import WorkItem
from deskhand.errors import DecisionRefusedError
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.desk import Desk, Word, refuse_telling, runbook_of
from deskhand.use_cases.hold_version import hold_version
from deskhand.use_cases.meant_case import meant_case, refuse_others, refuse_unfit
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.sealing import (
    fields_context,
    open_json,
    outputs_context,
    recheck_context,
    seal_json,
    sealed_facts,
)
from deskhand.use_cases.take_case import hand_over
from deskhand.use_cases.who_checks import refuse_involved


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a person saw on the portal, as text or JSON types, by field; None for nothing."""

    values: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Graded:
    """A graded re-check, and the version that is held because of it, where one is."""

    recheck: Recheck
    hold: RunbookHold | None = None


def answer_recheck(word: Word, seen: Seen, *, desk: Desk) -> Recheck:
    """Keep what the person saw, and which fields differ from what the bot recorded.

    Raises `DecisionRefusedError` when it is answered already, when this person may not answer,
    or with every field that is missing or does not fit.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        case, item, recheck = _open_recheck(tx, word, desk=desk)
        if recheck.state is not RecheckState.WAITING:
            raise DecisionRefusedError(
                f"{recheck.answered_by} has answered it already; grade it: "
                f"deskhand quality grade {case.id} GRADE"
            )
        runbook = runbook_of(tx, item, desk)
        typed = _typed(desk.library.recheck_form(runbook, recheck.fields), seen)
        recorded = recorded_values(
            item, recheck.fields, seal=desk.seal, library=desk.library, runbook=runbook
        )
        differing = _differing(recorded, typed, recheck.fields)
        context, values = recheck_context(item.id), to_tagged(typed)
        facts = {
            "case": case.id,
            "fields": list(recheck.fields),
            "differing": list(differing),
            "sealed_values": sealed_facts(values, seal=desk.seal, context=context),
        }
        entry = _entry(
            recheck, RecordType.RECHECK_ANSWERED, RecheckState.ANSWERED, word.by, facts, desk=desk
        )
        seq = tx.record(entry)
        sealed = seal_json(values, seal=desk.seal, context=context)
        answered = recheck.answered(
            sealed, differing=differing, by=word.by.name, at=now, audit_seq=seq
        )
        tx.rechecks.save(answered)
        if case.taken_by is None:
            hand_over(tx, case, to=word.by, at=now)
    return answered


def grade_recheck(
    word: Word, grade: Grade, *, desk: Desk, book: QualityBook = NOTHING_CHECKED
) -> Graded:
    """Grade what was found, and close the case; a critical finding holds the runbook's version.

    Raises `DecisionRefusedError` when it is not answered yet, when this person may not grade it,
    or when a note is missing: a pass in spite of differences, and every mistake, need one.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        case, item, recheck = _open_recheck(tx, word, desk=desk)
        if recheck.state is not RecheckState.ANSWERED:
            raise DecisionRefusedError(
                f"say first what the portal shows: deskhand quality answer {case.id} FIELD=VALUE…"
            )
        _need_note(recheck, grade, note=word.reason)
        facts = {
            "case": case.id,
            "grade": grade.value,
            "differing": list(recheck.differing),
            "reason": word.reason,
        }
        entry = _entry(
            recheck, RecordType.RECHECK_GRADED, RecheckState.GRADED, word.by, facts, desk=desk
        )
        graded = recheck.graded(grade, by=word.by.name, at=now, audit_seq=tx.record(entry))
        tx.rechecks.save(graded)
        close_case(tx, case, Decision.GRADE, by=word.by, at=now, reason=word.reason)
        if grade is not Grade.CRITICAL:
            return Graded(recheck=graded)
        rule = book.rule_for(item.runbook, item.client)
        opener = CaseOpener(seal=desk.seal, actor=word.by, at=now, book=desk.book)
        queue = rule.hold_queue if rule is not None else case.queue
        hold = hold_version(tx, graded, reference=item.reference, opener=opener, queue=queue)
    return Graded(recheck=graded, hold=hold)


def recorded_values(
    item: WorkItem,
    fields: Sequence[str],
    *,
    seal: Seal,
    library: RunbookLibrary,
    runbook: Runbook,
) -> dict[str, object]:
    """Return what the bot recorded of these fields, typed: outputs, else what was submitted."""
    plain = open_json(item.sealed_fields, seal=seal, context=fields_context(item.id))
    recorded: dict[str, object] = library.typed_fields(runbook, plain)
    if item.sealed_outputs is not None:
        sealed = item.sealed_outputs
        recorded |= from_tagged(open_json(sealed, seal=seal, context=outputs_context(item.id)))
    if PORTAL_NUMBER not in recorded:
        recorded[PORTAL_NUMBER] = item.portal_number
    return {name: recorded.get(name) for name in fields}


def _open_recheck(
    tx: Transaction, word: Word, *, desk: Desk
) -> tuple[ExceptionCase, WorkItem, Recheck]:
    case = meant_case(tx, word.case)
    if case.kind is not CaseKind.QUALITY or case.item is None:
        raise DecisionRefusedError(
            f"case {case.id} is no re-check: it is {case.kind.value}; "
            f"see: deskhand exceptions show {case.id}"
        )
    refuse_others(case, by=word.by)
    refuse_unfit(case, by=word.by, book=desk.book, decision=Decision.GRADE)
    item = tx.items.get(case.item)
    refuse_involved(tx, item, by=word.by)
    refuse_telling(tx, item, word, desk=desk)
    recheck = tx.rechecks.of_item(item.id)
    if recheck is None:
        raise DecisionRefusedError(f"case {case.id} has no re-check")
    return case, item, recheck


def _typed(form: Mapping[str, Field], seen: Seen) -> dict[str, object]:
    """Return the form's typed values; raises with all that does not fit, never with a value."""
    unknown = [name for name in seen.values if name not in form]
    if unknown:
        known = ", ".join(form) or "none"
        raise DecisionRefusedError(f"no field {', '.join(unknown)}; the fields are: {known}")
    missing = [name for name in form if name not in seen.values]
    if missing:
        raise DecisionRefusedError(
            f"not given: {', '.join(missing)}; where the portal shows nothing, write "
            f"{missing[0]}= with nothing behind it"
        )
    values: dict[str, object] = {}
    problems: list[str] = []
    for name, part in form.items():
        raw = seen.values[name]
        try:
            values[name] = None if raw is None or raw == "" else part.type.parse(raw)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise DecisionRefusedError(f"not taken: {'; '.join(problems)}")
    return values


def _differing(
    recorded: Mapping[str, object], typed: Mapping[str, object], fields: Sequence[str]
) -> tuple[str, ...]:
    checks: Sequence[FieldChecks] = compare(recorded, typed, fields=fields).by_field
    return tuple(one.name for one in checks if one.wrong)


def _need_note(recheck: Recheck, grade: Grade, *, note: str) -> None:
    if note.strip():
        return
    if grade is not Grade.PASS:
        raise DecisionRefusedError("a mistake needs a note that says which: --note TEXT")
    if recheck.differing:
        raise DecisionRefusedError(
            f"{', '.join(recheck.differing)} differ from what the bot recorded; "
            "to pass it in spite of that, say why: --note TEXT"
        )


def _entry(
    recheck: Recheck,
    type: str,
    state: RecheckState,
    by: Actor,
    facts: Mapping[str, object],
    *,
    desk: Desk,
) -> Entry:
    return Entry(
        stream=recheck.stream,
        type=type,
        subject="recheck",
        state=state.value,
        actor=by,
        at=desk.clock.now(),
        data=facts,
    )
