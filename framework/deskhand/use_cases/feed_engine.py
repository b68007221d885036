"""Feed the engine: the most urgent items get attempts, as far as accounts have slots."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from deskhand.domain.account import Account
from deskhand.domain.attempt import Attempt, AttemptState, attempt_id
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.identifiers import AccountName, AttemptId, WorkerId
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.ports.clock import Clock
from deskhand.ports.engine import Engine
from deskhand.ports.store import Store, Transaction

LEASE = timedelta(seconds=10)
FEEDER = Actor(kind=ActorKind.SERVICE, id="feeder")


def feed_engine(
    *,
    store: Store,
    engine: Engine,
    clock: Clock,
    accounts: Mapping[AccountName, Account],
    at_most: int,
    holder: WorkerId,
) -> list[AttemptId]:
    """Give attempts to waiting items, in one transaction; return the new attempts.

    At most `at_most` attempts are open at a time, over all accounts; a held account gets none.
    One feeder at a time: `holder` takes or renews the lease, another one feeds nothing.
    """
    now = clock.now()
    fed: list[AttemptId] = []
    with store.transaction() as tx:
        if not tx.workers.lease("feeder", holder=holder, now=now, until=now + LEASE):
            return []
        room = at_most - tx.attempts.open_count()
        for account in accounts.values():
            if room <= len(fed):
                break
            fed += _feed(tx, account, engine=engine, now=now, room=room - len(fed))
    return fed


def _feed(
    tx: Transaction, account: Account, *, engine: Engine, now: datetime, room: int
) -> list[AttemptId]:
    free = tx.accounts.free_slots(account.name, at_once=account.at_once)[:room]
    if not free or tx.accounts.health(account.name).held:
        return []
    fed = []
    for slot, item in zip(
        free, tx.items.next_waiting(account.name, now=now, limit=len(free)), strict=False
    ):
        attempt = _attempt_of(tx, item, now=now)
        tx.accounts.take_slot(account.name, slot, attempt=attempt.id)
        engine.enqueue(tx.connection, attempt.id, priority=item.priority)
        fed.append(attempt.id)
    return fed


def _attempt_of(tx: Transaction, item: WorkItem, *, now: datetime) -> Attempt:
    number = item.attempts + 1
    seq = tx.record(
        Entry(
            stream=item.stream,
            type=RecordType.ITEM_MOVED,
            subject="item",
            state=ItemState.PERFORMING.value,
            actor=FEEDER,
            at=now,
            attempt=number,
            data={"from": item.state.value},
        )
    )
    moved = item.moved_to(ItemState.PERFORMING, audit_seq=seq, at=now)
    tx.items.save(replace(moved, attempts=number, not_before=None))
    attempt = Attempt(
        id=attempt_id(item.id, number),
        item=item.id,
        number=number,
        account=item.account,
        state=AttemptState.ENQUEUED,
        enqueued_at=now,
    )
    tx.attempts.add(attempt)
    return attempt
