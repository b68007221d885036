"""Deliver the outbox's events: at least once, and those of one item in their order.

Every way out of a try is one transaction. Between sending and noting it nothing is known: an
event is then sent again under its own id, by which its receiver knows it.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.dispatch import Dispatch, DispatchState, OutgoingEvent, Parcel, new_dispatch
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.exception_case import CaseState, ExceptionCase
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.receiver import INSIDE, Receiver
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.clock import Clock
from deskhand.ports.reader import Row
from deskhand.ports.sender import NotTaken
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.accept_rows import RowDelivery, accept_rows, rejected
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.receive_rows import Reception

LEASE = timedelta(seconds=60)
"""Longer than any try lasts: whoever takes over does not send beside another."""

AT_ONCE = 32
OUTBOX = Actor(kind=ActorKind.SERVICE, id="outbox")
_LEASE_NAME = "outbox"
_ADDRESSED_AT_ONCE = 200
_QUEUE = "ops"
_RECEIVERS = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Addressees:
    """Who receives events: others, and by an event's name our own runbooks."""

    log: str
    receivers: Mapping[str, Receiver]
    runbooks: Mapping[str, Sequence[str]]

    def of(self, event: OutgoingEvent) -> list[str]:
        """Return the names of those who receive an event."""
        client = event.client
        outside = [
            receiver.name
            for receiver in self.receivers.values()
            if receiver.wants(event.event, client=client)
        ]
        return outside + [INSIDE + name for name in self.runbooks.get(event.event, ())]


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a dispatch is tried before a person is asked."""

    retry: RetryPolicy
    give_up_after: timedelta


def next_parcels(
    *,
    store: Store,
    clock: Clock,
    addressees: Addressees,
    holder: WorkerId,
    but_not: Collection[str] = (),
) -> list[Parcel]:
    """Address new events, and return what is to be delivered now, but not to these receivers.

    One host at a time: `holder` takes or renews the lease, another one gets nothing.
    """
    now = clock.now()
    with store.reading() as tx:
        if not tx.dispatches.waiting(now=now):
            return []
    with store.transaction() as tx:
        if not tx.workers.lease(_LEASE_NAME, holder=holder, now=now, until=now + LEASE):
            return []
        for event in tx.dispatches.unaddressed(limit=_ADDRESSED_AT_ONCE):
            to = [
                new_dispatch(event, receiver=name, log=addressees.log, at=now)
                for name in addressees.of(event)
            ]
            tx.dispatches.address(event, to, at=now)
        return tx.dispatches.due(now=now, limit=AT_ONCE, but_not=but_not)


def deliver_inside(
    parcel: Parcel, to: RowDelivery, *, store: Store, reception: Reception
) -> Sequence[str]:
    """Make an event an item of a runbook, and note that it is delivered, in one transaction.

    Returns why the row does not fit, when it does not: then nothing has happened.
    """
    values = json.loads(parcel.event.body, parse_float=str, parse_int=str)
    with store.transaction() as tx:
        dispatch = _still_waiting(tx, parcel)
        if dispatch is None:
            return ()
        fates = accept_rows(
            tx,
            [Row(number=1, line=1, values=values)],
            to,
            seal=reception.seal,
            clock=reception.clock,
            library=reception.library,
        )
        if problems := [f"{fate.field}: {fate.problem}" for fate in rejected(fates)]:
            return problems
        _end(tx, dispatch, RecordType.EVENT_DELIVERED, at=reception.clock.now())
    return ()


def note_arrival(parcel: Parcel, *, store: Store, clock: Clock) -> None:
    """Note that a receiver has taken an event; once, whoever else has noted it."""
    with store.transaction() as tx:
        dispatch = _still_waiting(tx, parcel)
        if dispatch is not None:
            _end(tx, dispatch, RecordType.EVENT_DELIVERED, at=clock.now())


@dataclass(frozen=True, slots=True, kw_only=True)
class FailedTry:
    """Why a try came to nothing.

    `detail` is for a person only, as it may quote an item; there is one where another try would
    come to nothing, too.
    """

    why: NotTaken
    chance: float
    detail: str = ""


def note_failure(
    parcel: Parcel,
    failed: FailedTry,
    *,
    store: Store,
    reception: Reception,
    patience: Patience,
) -> bool:
    """Note a failed try; return whether it was the last one, so that a person is asked."""
    now = reception.clock.now()
    with store.transaction() as tx:
        dispatch = _still_waiting(tx, parcel)
        if dispatch is None:
            return False
        tried = replace(dispatch, tries=dispatch.tries + 1, problem=failed.why.problem)
        next_try_at = now + _pause(tried, failed, patience)
        last = (
            bool(failed.detail)
            or not patience.retry.allows(spent=tried.tries)
            or next_try_at > dispatch.since + patience.give_up_after
        )
        if last:
            opener = CaseOpener(seal=reception.seal, actor=OUTBOX, at=now, book=reception.book)
            _give_up(tx, tried, parcel, detail=failed.detail, opener=opener)
        else:
            tx.dispatches.save(replace(tried, next_try_at=next_try_at))
        return last


def case_about(tx: Transaction, receiver: str) -> ExceptionCase | None:
    """Return the unclosed case about a receiver, locked, so that it stays so in between."""
    unclosed = CaseFilter(code=SystemCode.EVENT_UNDELIVERED, unclosed=True)
    for case in tx.cases.find(unclosed, limit=_RECEIVERS):
        if case.stream == _stream_of(receiver):
            locked = tx.cases.get(case.id)
            return None if locked.state is CaseState.CLOSED else locked
    return None


def _still_waiting(tx: Transaction, parcel: Parcel) -> Dispatch | None:
    """Return the dispatch, unless another host or a person came first."""
    dispatch = tx.dispatches.get(parcel.dispatch.id)
    same_try = dispatch.tries == parcel.dispatch.tries and dispatch.since == parcel.dispatch.since
    return dispatch if same_try and dispatch.state is DispatchState.WAITING else None


def _end(tx: Transaction, dispatch: Dispatch, type: str, *, at: datetime) -> None:
    state = DispatchState.DELIVERED
    seq = tx.record(_entry(dispatch, type, state, at=at))
    ended = dispatch.moved_to(state, audit_seq=seq, at=at)
    tx.dispatches.save(replace(ended, tries=dispatch.tries + 1, problem=None))


def _pause(dispatch: Dispatch, failed: FailedTry, patience: Patience) -> timedelta:
    pause = patience.retry.delay(spent=dispatch.tries, chance=failed.chance)
    wish = failed.why.retry_after
    return pause if wish is None else min(max(pause, wish), patience.retry.max)


def _give_up(
    tx: Transaction, dispatch: Dispatch, parcel: Parcel, *, detail: str, opener: CaseOpener
) -> None:
    state = DispatchState.GIVEN_UP
    seq = tx.record(_entry(dispatch, RecordType.EVENT_GIVEN_UP, state, at=opener.at))
    tx.dispatches.save(dispatch.moved_to(state, audit_seq=seq, at=opener.at))
    if case_about(tx, dispatch.receiver) is not None:
        return  # one case a receiver, however many events it has missed
    why = f"{dispatch.problem} ({detail})" if detail else dispatch.problem
    cause = Cause(
        kind=CauseKind.SYSTEM,
        code=SystemCode.EVENT_UNDELIVERED,
        message=f"{parcel.event.event} could not be delivered: {why}; "
        "later events of the same item wait behind it",
        hint="when the receiver is well again: deskhand events retry "
        f"--receiver {dispatch.receiver}; what it need not know: deskhand events drop",
    )
    opener.about_receiver(tx, _stream_of(dispatch.receiver), cause, queue=_QUEUE)


def _stream_of(receiver: str) -> str:
    return f"receiver:{receiver}"


def _entry(dispatch: Dispatch, type: str, state: DispatchState, *, at: datetime) -> Entry:
    return Entry(
        stream=dispatch.stream,
        type=type,
        subject=dispatch.subject,
        state=state.value,
        actor=OUTBOX,
        at=at,
        data={"receiver": dispatch.receiver, "tries": dispatch.tries, "problem": dispatch.problem},
    )
