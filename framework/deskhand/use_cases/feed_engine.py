"""Feed the engine: the most urgent items get attempts, as far as accounts have slots."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import chain, zip_longest

from deskhand.domain.account import Account
from deskhand.domain.attempt import Attempt, AttemptState, attempt_id
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.identifiers import AccountName, AttemptId, WorkerId
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.ports.clock import Clock
from deskhand.ports.engine import Engine
from deskhand.ports.store import Store, Transaction

LEASE = timedelta(seconds=10)
_LEASE_NAME = "feeder"
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

    At most `at_most` attempts wait to be begun, over all accounts; a held account gets none.
    One feeder at a time: `holder` takes or renews the lease, another one feeds nothing.
    """
    now = clock.now()
    with store.transaction() as tx:
        if not tx.workers.lease(_LEASE_NAME, holder=holder, now=now, until=now + LEASE):
            return []
        room = at_most - tx.attempts.enqueued_count()
        offers = [_offer(tx, account, now=now, room=room) for account in accounts.values()]
        # In turn, the idlest account first: a busy one must not starve the others.
        turns = chain.from_iterable(zip_longest(*sorted(offers, key=_held_slots)))
        fed = [offer for offer in turns if offer is not None][: max(0, room)]
        return [_feed(tx, offer, engine=engine, now=now) for offer in fed]


def let_others_feed(tx: Transaction, holder: WorkerId, *, now: datetime) -> None:
    """End the lease of a worker that goes or is gone: the next one need not wait for its end."""
    tx.workers.lease(_LEASE_NAME, holder=holder, now=now, until=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Offer:
    """An item that could be performed now, and the slot that it would take."""

    item: WorkItem
    slot: int
    held: int


def _offer(tx: Transaction, account: Account, *, now: datetime, room: int) -> list[_Offer]:
    free = tx.accounts.free_slots(account.name, at_once=account.at_once, now=now)
    if room <= 0 or not free or tx.accounts.health(account.name).held:
        return []
    waiting = tx.items.next_waiting(account.name, now=now, limit=min(room, len(free)))
    held = account.at_once - len(free)
    return [
        _Offer(item=item, slot=slot, held=held) for slot, item in zip(free, waiting, strict=False)
    ]


def _held_slots(offers: list[_Offer]) -> int:
    return offers[0].held if offers else 0


def _feed(tx: Transaction, offer: _Offer, *, engine: Engine, now: datetime) -> AttemptId:
    attempt = _attempt_of(tx, offer.item, now=now)
    tx.accounts.take_slot(offer.item.account, offer.slot, attempt=attempt.id)
    engine.enqueue(tx.connection, attempt.id, priority=offer.item.priority)
    return attempt.id


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
