"""Reap a lost worker: its attempts end as lost, its items go on."""

from collections.abc import Callable, Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from deskhand.domain.attempt import Attempt, AttemptState
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.identifiers import AttemptId, WorkerId
from deskhand.domain.work_item import ItemState
from deskhand.ports.clock import Clock
from deskhand.ports.engine import Engine
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.feed_engine import let_others_feed

_END_OF_TIME = datetime(9000, 1, 1, tzinfo=UTC)
REAPER = Actor(kind=ActorKind.SERVICE, id="reaper")


def reap_silent_workers(
    *,
    store: Store,
    clock: Clock,
    silent_for: timedelta,
    but: WorkerId,
    cancel: Callable[[AttemptId], None],
) -> list[AttemptId]:
    """Give up the workers that were not seen for a while; return their lost attempts.

    `but` is the one that asks: it lives, whatever its last sign of life says.

    Safe with any number of reapers: one conditional update decides who reaps a worker, and a
    worker that wakes up afterwards is fenced out. `cancel` drops the attempt at the engine.
    """
    with store.reading() as tx:
        silent = tx.workers.silent(since=clock.now() - silent_for)
    lost: list[AttemptId] = []
    for worker in (one for one in silent if one.id != but):
        lost += reap_worker(worker.id, store=store, clock=clock)
    for attempt in lost:
        cancel(attempt)
    return lost


def reap_worker(id: WorkerId, *, store: Store, clock: Clock) -> list[AttemptId]:
    """End one worker and lose its attempts, in one transaction; nothing if another did."""
    now = clock.now()
    with store.transaction() as tx:
        if not tx.workers.end(id, at=now):
            return []
        let_others_feed(tx, id, now=now)
        tx.accounts.unlock_logins_of(id)
        tx.record(
            Entry(
                stream="log",
                type=RecordType.WORKER_LOST,
                subject=f"worker:{id}",
                state="ended",
                actor=REAPER,
                at=now,
            )
        )
        return [lose(tx, attempt, clock=clock) for attempt in tx.attempts.open_of(id)]


def reap_every_other(
    id: WorkerId, *, store: Store, clock: Clock, cancel: Callable[[AttemptId], None]
) -> list[AttemptId]:
    """Give up every worker but this one, for a store that allows only one at a time.

    Attempts that were handed out and not begun are lost, too: whoever had them is gone. So are
    the leases under which it asked sources, delivered events and told people.
    """
    with store.reading() as tx:
        others = [worker for worker in tx.workers.silent(since=_END_OF_TIME) if worker.id != id]
    lost: list[AttemptId] = []
    for worker in others:
        lost += reap_worker(worker.id, store=store, clock=clock)
    with store.transaction() as tx:
        for worker in others:
            tx.workers.free_all(holder=worker.id)
        lost += [lose(tx, attempt, clock=clock) for attempt in tx.attempts.open_of(None)]
    for attempt in lost:
        cancel(attempt)
    return lost


def reap_undelivered(
    *, store: Store, clock: Clock, engine: Engine, older_than: timedelta
) -> list[AttemptId]:
    """Lose the attempts that the engine handed to a worker which died before it began them."""
    horizon = clock.now() - older_than
    with store.reading() as tx:
        waiting = [a.id for a in tx.attempts.open_of(None) if a.enqueued_at < horizon]
    lost: list[AttemptId] = []
    for attempt_id, holder in engine.handed_out(waiting).items():
        with store.transaction() as tx:
            attempt = tx.attempts.get(attempt_id)
            begun = attempt.state is not AttemptState.ENQUEUED
            if begun or (holder is not None and tx.workers.alive(holder)):
                continue
            lost.append(lose(tx, attempt, clock=clock))
        engine.cancel(attempt_id)
    return lost


def reap_abandoned(
    *,
    store: Store,
    clock: Clock,
    holder: WorkerId,
    performing: Collection[AttemptId],
    cancel: Callable[[AttemptId], None],
) -> list[AttemptId]:
    """Lose what runs nowhere: attempts of workers that ended, and this one's own that it forgot.

    `performing` are the attempts that `holder` performs right now.
    """
    with store.transaction() as tx:
        nobodys = tx.attempts.abandoned()
        forgotten = [own for own in tx.attempts.open_of(holder) if own.id not in performing]
        lost = [lose(tx, attempt, clock=clock) for attempt in [*nobodys, *forgotten]]
    for attempt in lost:
        cancel(attempt)
    return lost


def give_back(id: AttemptId, *, store: Store, clock: Clock) -> None:
    """Give back an attempt that was handed out and will not be begun; nothing if it was."""
    with store.transaction() as tx:
        attempt = tx.attempts.get(id)
        if attempt.state is AttemptState.ENQUEUED:
            lose(tx, attempt, clock=clock)


def lose(tx: Transaction, attempt: Attempt, *, clock: Clock, why: str | None = None) -> AttemptId:
    """End an attempt as lost. The item's tries stay as they are: the fault is not the item's.

    `why` is a constant, None where its worker is gone.
    """
    now = clock.now()
    item = tx.items.get(attempt.item)
    tx.record(
        Entry(
            stream=item.stream,
            type=RecordType.ATTEMPT_LOST,
            subject=f"attempt:{attempt.number}",
            state=AttemptState.LOST.value,
            actor=REAPER,
            at=now,
            attempt=attempt.number,
            data={"owner": attempt.owner, "why": why},
        )
    )
    tx.attempts.save(replace(attempt.moved_to(AttemptState.LOST), ended_at=now, outcome="lost"))
    tx.accounts.free_slot(attempt.id)
    seq = tx.record(
        Entry(
            stream=item.stream,
            type=RecordType.ITEM_MOVED,
            subject="item",
            state=ItemState.WAITING.value,
            actor=REAPER,
            at=now,
            attempt=attempt.number,
            data={"from": item.state.value, "outcome": "lost"},
        )
    )
    unsettled = [act for act in tx.journal.effects_of(item.id) if not act.settled]
    tx.items.save(
        replace(
            item.moved_to(ItemState.WAITING, audit_seq=seq, at=now),
            not_before=unsettled[-1].ask_at if unsettled else None,
        )
    )
    return attempt.id
