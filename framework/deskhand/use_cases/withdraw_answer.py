"""Withdraw an answer: a person takes their own word back, until a bot has gone on with it."""

from dataclasses import replace
from datetime import datetime

from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.person_name import same_person
from deskhand.domain.question import Answer, AnswerState
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.errors import DecisionRefusedError
from deskhand.ports.store import Transaction
from deskhand.use_cases.answer_case import ask_again
from deskhand.use_cases.ask_person import APPROVED_FIRST
from deskhand.use_cases.desk import Desk, Word, move_by_hand, refuse_telling
from deskhand.use_cases.meant_case import meant_item


def withdraw_answer(name: str, word: Word, *, desk: Desk) -> ExceptionCase:
    """Take back one's own answer about the item called `name`; the question is open again.

    Whoever takes back the first of two approvals voids the second: both are wanted again.
    Raises `DecisionRefusedError` once a bot has taken the item up: then it may have acted.
    """
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        item = meant_item(tx, name)
        refuse_telling(tx, item, word, desk=desk)
        last = _last_standing(tx, item)
        answer = _own_answer(tx, item, last, word)
        _refuse_withdrawal(item, last, answer, word)
        _end(tx, item, answer, AnswerState.WITHDRAWN, word, now=now)
        if answer.id != last.id:
            _end(tx, item, last, AnswerState.VOID, word, now=now)
        if last.meaning == APPROVED_FIRST:
            # The question is open as it is: for two people again.
            return tx.cases.of_item(item.id)[-1]
        before = tx.cases.get(last.case)
        moved = move_by_hand(tx, item, ItemState.WITH_PERSON, word, now=now)
        tx.items.save(replace(moved, reason=before.code))
        return ask_again(tx, moved, before, word, desk=desk, came_back=True)


def _last_standing(tx: Transaction, item: WorkItem) -> Answer:
    standing = [
        answer for answer in tx.answers.of_item(item.id) if answer.state is AnswerState.GIVEN
    ]
    if not standing:
        raise DecisionRefusedError(f"nobody has answered anything about {item.reference}")
    # By their records: two machines may not agree on what time it is.
    return max(standing, key=lambda answer: answer.audit_seq)


def _own_answer(tx: Transaction, item: WorkItem, last: Answer, word: Word) -> Answer:
    """Return this person's answer to the question that was answered last; else the last one."""
    own = (
        answer
        for answer in tx.answers.of_item(item.id)
        if answer.state is AnswerState.GIVEN
        and answer.step == last.step
        and same_person(answer.by, word.by.name)
    )
    return next(own, last)


def _refuse_withdrawal(item: WorkItem, last: Answer, answer: Answer, word: Word) -> None:
    if not same_person(answer.by, word.by.name):
        raise DecisionRefusedError(f"only {answer.by} can withdraw this answer")
    stays = ItemState.WITH_PERSON if last.meaning == APPROVED_FIRST else ItemState.WAITING
    if item.state is not stays or item.attempts != last.after_attempt:
        gone_on = item.attempts != last.after_attempt or item.state is ItemState.PERFORMING
        what = "a bot has taken it up with this answer" if gone_on else "it was decided otherwise"
        raise DecisionRefusedError(f"{item.reference}: {what}; it is too late to withdraw it")


def _end(
    tx: Transaction,
    item: WorkItem,
    answer: Answer,
    state: AnswerState,
    word: Word,
    *,
    now: datetime,
) -> None:
    """Let an answer hold no more, behind its record."""
    withdrawn = state is AnswerState.WITHDRAWN
    seq = tx.record(
        Entry(
            stream=item.stream,
            type=RecordType.ANSWER_WITHDRAWN if withdrawn else RecordType.ANSWER_VOID,
            subject=f"answer:{answer.id}",
            state=state.value,
            actor=word.by,
            at=now,
            data={"step": answer.step, "reason": word.reason},
        )
    )
    tx.answers.save(answer.moved_to(state, audit_seq=seq))
