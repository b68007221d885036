"""Forget the ids of signed requests that are so old that nobody can send them again.

A request that was forgotten and comes again, byte for byte, is refused: the time that its
signature holds is long past. One that its sender signs anew is a new one to us, and its rows are
repeats of the items that the first one made.
"""

from datetime import UTC, datetime, time, timedelta

from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction

AT_ONCE = 500
"""Ids that one transaction forgets."""

MOST = 20 * AT_ONCE
"""Ids of one hook that are forgotten at a time; the next time goes on."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORGETTER = Actor(kind=ActorKind.SERVICE, id="sweeper")


def forget_requests(*, kept: timedelta, store: Store, clock: Clock) -> int:
    """Forget what was seen longer ago than `kept`, in whole days; return how many.

    The log tells of it, hook by hook, once a day at most: up to when its ids are forgotten.
    """
    midnight = datetime.combine((clock.now() - kept).date(), time(), tzinfo=UTC)
    with store.reading() as tx:
        hooks = tx.hooks.hooks_before(midnight)
    return sum(_forget(client, hook, midnight, store=store, clock=clock) for client, hook in hooks)


def _forget(client: str, hook: str, before: datetime, *, store: Store, clock: Clock) -> int:
    forgotten = 0
    while forgotten < MOST:
        with store.transaction() as tx:
            stream, now = f"hook-ids:{client}/{hook}", clock.now()
            # Only a lock: of hosts that forget at once, one tells of it.
            tx.workers.lease(stream, holder=_FORGETTER.id, now=now, until=now)
            _tell(tx, stream, before, now=now)
            count = tx.hooks.forget(client, hook, before=before, limit=AT_ONCE)
            tx.workers.free(stream, holder=_FORGETTER.id)
        forgotten += count
        if count < AT_ONCE:
            break
    return forgotten


def _tell(tx: Transaction, stream: str, before: datetime, *, now: datetime) -> None:
    """Record up to when ids are forgotten, unless the log says so already."""
    subject = f"before:{(before - _EPOCH) // timedelta.resolution}"
    if any(record.subject == subject for record in tx.audit_log.of_stream(stream)):
        return
    tx.record(
        Entry(
            stream=stream,
            type=RecordType.WEBHOOKS_FORGOTTEN,
            subject=subject,
            actor=_FORGETTER,
            at=now,
            data={"before": before.isoformat()},
        )
    )
