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
"""Ids that are forgotten at a time; the next time goes on."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_FORGETTER = Actor(kind=ActorKind.SERVICE, id="sweeper")
_LEASE = "forgetting"


def forget_requests(*, kept: timedelta, store: Store, clock: Clock) -> int:
    """Forget what was seen longer ago than `kept`, in whole days; return how many.

    The log tells of it, hook by hook, once a day at most: up to when its ids are forgotten.
    """
    midnight = datetime.combine((clock.now() - kept).date(), time(), tzinfo=UTC)
    with store.reading() as tx:
        if not tx.hooks.seen_before(midnight, limit=1):
            return 0
    forgotten = 0
    while forgotten < MOST:
        count = _forget_some(midnight, store=store, now=clock.now())
        forgotten += count
        if count < AT_ONCE:
            break
    return forgotten


def _forget_some(before: datetime, *, store: Store, now: datetime) -> int:
    with store.transaction() as tx:
        # Only a lock: of hosts that forget at once, one tells of it.
        tx.workers.lease(_LEASE, holder=_FORGETTER.id, now=now, until=now)
        old = tx.hooks.seen_before(before, limit=AT_ONCE)
        ids: dict[tuple[str, str], list[str]] = {}
        for request in old:
            ids.setdefault((request.client, request.hook), []).append(request.id)
        for (client, hook), of_hook in sorted(ids.items()):
            _tell(tx, f"hook-ids:{client}/{hook}", before, now=now)
            tx.hooks.forget(client, hook, of_hook)
        tx.workers.free(_LEASE, holder=_FORGETTER.id)
    return len(old)


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
