"""Carry out what a person answers to a question of a runbook: fill the form, approve.

Each is one transaction: the answer and its record, the case, the item. An answer holds for what
the person was shown, and for nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from typing import Any

from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.exception_case import CaseKind, Decision, ExceptionCase
from deskhand.domain.fields import Field
from deskhand.domain.question import Answer, AnswerState, answer_id
from deskhand.domain.step import QuestionStep
from deskhand.domain.tagged import to_tagged
from deskhand.domain.work_item import WorkItem
from deskhand.errors import DecisionRefusedError
from deskhand.ports.store import Transaction
from deskhand.use_cases.ask_person import (
    APPROVED_FIRST,
    AskedQuestion,
    asked_question,
    barring_answer,
    form_of,
)
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.desk import Desk, Word, go_on, open_case, refuse_unseen, runbook_of
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.sealing import (
    answer_context,
    detail_context,
    open_json,
    seal_json,
    sealed_facts,
)

ANSWERED = "answered"
APPROVED = "approved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Filled:
    """What a person put into the form, as text or JSON types, by field."""

    values: Mapping[str, object] = field(repr=False)


def answer_case(word: Word, filled: Filled, *, desk: Desk) -> WorkItem:
    """Take a filled form; the item goes on with it.

    Fields that are not given keep what stood in the form; None clears an optional one. Raises
    `DecisionRefusedError` when the case asks for no form, when this person may not answer, or
    with every field that does not fit.
    """
    with desk.store.transaction() as tx:
        question = _open_question(tx, word, Decision.ANSWER, desk=desk)
        form = form_of(runbook_of(tx, question.item, desk), question.case.step)
        values = _typed(form, filled, prefilled=question.asked.question.prefilled)
        _keep(tx, question, word, _Given(Decision.ANSWER, ANSWERED, values), desk=desk)
        return go_on(tx, question.item, word, desk=desk)


def approve_case(word: Word, *, desk: Desk) -> WorkItem:
    """Approve what the case shows; the item goes on, or a second person is asked.

    Two people approve what is above the limit of the step's queue. Raises
    `DecisionRefusedError` when the case asks for no approval, or this person may not give it.
    """
    with desk.store.transaction() as tx:
        question = _open_question(tx, word, Decision.APPROVE, desk=desk)
        if _wants_two(tx, question, desk) and not question.by_others:
            _keep(tx, question, word, _Given(Decision.APPROVE, APPROVED_FIRST), desk=desk)
            # Nothing that was shown has changed: the next person is asked the same.
            again = question.case.came_back
            ask_again(tx, question.item, question.case, word, desk=desk, came_back=again)
            return question.item
        _keep(tx, question, word, _Given(Decision.APPROVE, APPROVED), desk=desk)
        return go_on(tx, question.item, word, desk=desk)


@dataclass(frozen=True, slots=True, kw_only=True)
class _OpenQuestion:
    """A question that this person may answer, its case and its item locked.

    `by_others` are the answers that others have given to it and that stand.
    """

    case: ExceptionCase
    item: WorkItem
    asked: AskedQuestion
    by_others: tuple[Answer, ...]


@dataclass(frozen=True, slots=True)
class _Given:
    """How a person decided, what their word stands for, and the values of the form."""

    decision: Decision
    meaning: str
    values: Mapping[str, object] = field(default_factory=dict, repr=False)


def _open_question(tx: Transaction, word: Word, decision: Decision, *, desk: Desk) -> _OpenQuestion:
    kind = CaseKind.APPROVAL if decision is Decision.APPROVE else CaseKind.QUESTION
    case, item = open_case(tx, word, decision, desk=desk)
    asked = asked_question(case, seal=desk.seal)
    if asked is None or case.kind is not kind:
        wanted = "an approval" if kind is CaseKind.APPROVAL else "an answer"
        raise DecisionRefusedError(
            f"case {case.id} does not ask for {wanted}: it is {case.kind.value}; "
            f"see: deskhand exceptions show {case.id}"
        )
    refuse_unseen(case, word)
    if case.expired(now=desk.clock.now()):
        # The sweep may not have come to it yet; or nobody runs one.
        raise DecisionRefusedError(
            f"case {case.id} has expired: nobody answered `{case.step}` in time; the sweep of "
            "deskhand up puts another case in its place, or fix or reject the item"
        )
    barring = barring_answer(tx, case, asked, by=word.by)
    if barring is not None:
        raise DecisionRefusedError(
            f"{barring.by} answered `{barring.step}` of this item: "
            f"somebody else must decide `{case.step}`"
        )
    by_others = tuple(
        answer
        for answer in tx.answers.of_item(item.id)
        if answer.state is AnswerState.GIVEN and answer.step == case.step
    )
    return _OpenQuestion(case=case, item=item, asked=asked, by_others=by_others)


def _wants_two(tx: Transaction, question: _OpenQuestion, desk: Desk) -> bool:
    """Whether the item's amount is above what one person may approve, or is not known.

    Money that is taken back counts as money that is paid. The limit is that of the step's own
    queue, wherever the case has been escalated to.
    """
    steps = runbook_of(tx, question.item, desk).steps
    [queue] = [
        step.queue
        for step in steps
        if isinstance(step, QuestionStep) and step.name == question.case.step
    ]
    limit, amount = desk.book.of(queue).second_person_above, question.item.amount
    return limit is not None and (amount is None or abs(Decimal(amount)) > limit)


def _typed(
    form: Mapping[str, Field], filled: Filled, *, prefilled: Mapping[str, object]
) -> dict[str, object]:
    """Return the form's typed values; raises with all that does not fit, never with a value."""
    unknown = [name for name in filled.values if name not in form]
    if unknown:
        raise DecisionRefusedError(
            f"no field {', '.join(unknown)}; the fields are: {', '.join(form)}"
        )
    values: dict[str, object] = {}
    problems: list[str] = []
    for name, part in form.items():
        raw = filled.values.get(name, prefilled.get(name))
        if raw is None and part.optional:
            values[name] = None
            continue
        try:
            values[name] = part.type.parse(raw)
        except ValueError as error:
            problems.append(f"{name}: {error}")
    if problems:
        raise DecisionRefusedError(f"not taken: {'; '.join(problems)}")
    return values


def _keep(
    tx: Transaction, question: _OpenQuestion, word: Word, given: _Given, *, desk: Desk
) -> None:
    """Keep the answer behind its record, and close its case."""
    now = desk.clock.now()
    answer = _new_answer(tx, question, word, given, desk=desk)
    facts: dict[str, Any] = {
        "step": answer.step,
        "case": answer.case,
        "meaning": answer.meaning,
        "digest": answer.digest,
        "fields": sorted(given.values),
        "reason": word.reason,
        "sealed_values": sealed_facts(
            to_tagged(given.values), seal=desk.seal, context=answer_context(answer.id)
        ),
    }
    seq = tx.record(
        Entry(
            stream=question.item.stream,
            type=RecordType.ANSWER_GIVEN,
            subject=f"answer:{answer.id}",
            state=answer.state.value,
            actor=word.by,
            at=now,
            data=facts,
        )
    )
    tx.answers.add(replace(answer, audit_seq=seq))
    close_case(tx, question.case, given.decision, by=word.by, at=now, reason=word.reason)


def _new_answer(
    tx: Transaction, question: _OpenQuestion, word: Word, given: _Given, *, desk: Desk
) -> Answer:
    case, item = question.case, question.item
    earlier = [one for one in tx.answers.of_item(item.id) if one.step == case.step]
    name = answer_id(item.id, step=case.step, number=len(earlier) + 1)
    return Answer(
        id=name,
        item=item.id,
        step=case.step,
        case=case.id,
        state=AnswerState.GIVEN,
        audit_seq=0,
        by=word.by.name,
        meaning=given.meaning,
        digest=question.asked.digest,
        after_attempt=item.attempts,
        sealed_values=seal_json(
            to_tagged(given.values), seal=desk.seal, context=answer_context(name)
        ),
        given_at=desk.clock.now(),
    )


def ask_again(
    tx: Transaction,
    item: WorkItem,
    before: ExceptionCase,
    word: Word,
    *,
    desk: Desk,
    came_back: bool,
) -> ExceptionCase:
    """Open the question of a closed case once more, as it was shown."""
    detail = open_json(before.sealed_detail, seal=desk.seal, context=detail_context(before.id))
    opener = CaseOpener(seal=desk.seal, actor=word.by, at=desk.clock.now(), book=desk.book)
    return opener.again(tx, item, before, detail=detail, came_back=came_back)
