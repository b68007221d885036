"""Carry out a person's decision about events that were given up: try again, or drop them."""

from dataclasses import dataclass, replace
from datetime import datetime

from deskhand.domain.dispatch import Dispatch, DispatchState
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import Decision
from deskhand.domain.identifiers import DispatchId
from deskhand.domain.queue import QueueBook
from deskhand.errors import DecisionRefusedError
from deskhand.ports.clock import Clock
from deskhand.ports.dispatches import DispatchFilter
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.deliver_events import case_about
from deskhand.use_cases.meant_case import refuse_others, refuse_unfit


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchWord:
    """A person's word on a dispatch: which one, whose word, and why."""

    dispatch: DispatchId
    by: Actor
    reason: str = ""


def retry_dispatch(word: DispatchWord, *, store: Store, clock: Clock, book: QueueBook) -> Dispatch:
    """Let an event that was given up be tried anew; what waits behind it follows.

    Raises `DecisionRefusedError`, also when the receiver's case is not for this person.
    """
    now = clock.now()
    with store.transaction() as tx:
        given_up = _given_up(tx, word, Decision.RETRY, book=book)
        waiting = _moved(tx, given_up, RecordType.EVENT_RETRIED, word, now=now)
        anew = replace(waiting, tries=0, since=now, next_try_at=now, problem=None)
        tx.dispatches.save(anew)
        _close_when_last(tx, anew, Decision.RETRY, word, now=now)
    return anew


def drop_dispatch(word: DispatchWord, *, store: Store, clock: Clock, book: QueueBook) -> Dispatch:
    """Decide that the receiver need not know; what waits behind the event follows.

    Raises `DecisionRefusedError` as `retry_dispatch` does, and without a reason.
    """
    if not word.reason.strip():
        raise DecisionRefusedError("dropping an event needs a reason: --reason TEXT")
    now = clock.now()
    with store.transaction() as tx:
        given_up = _given_up(tx, word, Decision.REJECT, book=book)
        dropped = _moved(tx, given_up, RecordType.EVENT_DROPPED, word, now=now)
        tx.dispatches.save(dropped)
        _close_when_last(tx, dropped, Decision.REJECT, word, now=now)
    return dropped


def _given_up(
    tx: Transaction, word: DispatchWord, decision: Decision, *, book: QueueBook
) -> Dispatch:
    dispatch = tx.dispatches.get(word.dispatch)
    if dispatch.state is not DispatchState.GIVEN_UP:
        raise DecisionRefusedError(
            f"dispatch {dispatch.id} is {dispatch.state.value}; only what was given up is decided"
        )
    case = case_about(tx, dispatch.receiver)
    if case is not None:
        refuse_others(case, by=word.by)
        refuse_unfit(case, by=word.by, book=book, decision=decision)
    return dispatch


def _moved(
    tx: Transaction, dispatch: Dispatch, type: str, word: DispatchWord, *, now: datetime
) -> Dispatch:
    retried = type == RecordType.EVENT_RETRIED
    state = DispatchState.WAITING if retried else DispatchState.DROPPED
    seq = tx.record(
        Entry(
            stream=dispatch.stream,
            type=type,
            subject=dispatch.subject,
            state=state.value,
            actor=word.by,
            at=now,
            data={"receiver": dispatch.receiver, "reason": word.reason},
        )
    )
    return dispatch.moved_to(state, audit_seq=seq, at=now)


def _close_when_last(
    tx: Transaction, dispatch: Dispatch, decision: Decision, word: DispatchWord, *, now: datetime
) -> None:
    """Close the receiver's case when nothing of it is left to decide."""
    case = case_about(tx, dispatch.receiver)  # first: what is given up meanwhile waits for it
    left = DispatchFilter(state=DispatchState.GIVEN_UP, receiver=dispatch.receiver)
    if case is not None and not tx.dispatches.find(left, limit=1):
        close_case(tx, case, decision, by=word.by, at=now, reason=word.reason)
