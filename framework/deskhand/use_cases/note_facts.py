"""Note what people should know, in notifications that leave when it is time.

The log is read once: what stands in a notification, and how far the log was read, are one
transaction. One host at a time does it: `holder` takes or renews the lease.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deskhand.domain.identifiers import NotificationId, WorkerId, ordered_id
from deskhand.domain.notification import DIGEST, MORNING, Fact, Notification
from deskhand.domain.notify_rules import Gathering, NotifyBook, Told, gathered
from deskhand.domain.queue import QueueBook
from deskhand.ports.clock import Clock
from deskhand.ports.notices import LogReading
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.gather_facts import backlog_facts, fact_of, facts_now

LEASE = timedelta(seconds=90)
"""Longer than any try lasts: whoever takes over does not send beside another."""

READ_AT_ONCE = 2000
READ_ON_AFTER = 5000
"""After so many records the log is noted as read, though nothing in them is news."""

_LEASE_NAME = "notifier"


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookout:
    """What looking for facts needs: where they are, what the rules are, whose hours count."""

    store: Store
    clock: Clock
    book: NotifyBook
    queues: QueueBook


def note_facts(*, lookout: Lookout, holder: WorkerId) -> None:
    """Note what is new in the log, and what is so now.

    The first time nothing is noted: people are told of what happens from now on.
    """
    now = lookout.clock.now()
    with lookout.store.reading() as tx:
        reading = tx.notices.reading()
        idle = reading is not None and not _anything(tx, reading, lookout, now=now)
    if idle:
        return
    after: int | None = None
    while True:
        with lookout.store.transaction() as tx:
            if not take_lease(tx, holder=holder, now=now):
                return
            after = _note_page(tx, lookout, after=after, now=now)
        if after is None:
            return


def take_lease(tx: Transaction, *, holder: WorkerId, now: datetime) -> bool:
    """Take or renew the right to tell people; False while another host has it."""
    return tx.workers.lease(_LEASE_NAME, holder=holder, now=now, until=now + LEASE)


def coming(tx: Transaction, lookout: Lookout, *, now: datetime) -> list[Gathering]:
    """Return what would be noted now; nothing is written."""
    reading = tx.notices.reading()
    if reading is None:
        return []
    records = tx.notices.records(after=reading.settled, limit=READ_AT_ONCE)
    logged = [fact for record in records if (fact := fact_of(record)) is not None]
    return _gathered(tx, [*logged, *facts_now(tx, book=lookout.queues, now=now)], lookout, now=now)


def _anything(tx: Transaction, reading: LogReading, lookout: Lookout, *, now: datetime) -> bool:
    """Whether there is something to note: else no writer is waited for."""
    return bool(
        tx.notices.head() - reading.settled > READ_ON_AFTER
        or tx.notices.records(after=reading.settled, limit=1)
        or _digests_due(tx, reading, lookout.book, now=now)
        or _gathered(tx, facts_now(tx, book=lookout.queues, now=now), lookout, now=now)
    )


def _note_page(
    tx: Transaction, lookout: Lookout, *, after: int | None, now: datetime
) -> int | None:
    """Note one page of the log; return where the next one begins, None after the last.

    With the last page goes what is so now, and how far the log was read.
    """
    head = tx.notices.head()
    reading = tx.notices.reading()
    if reading is None:
        tx.notices.save_reading(LogReading(begun_at=now, settled=head, seen=head, seen_at=now))
        return None
    begin = reading.settled if after is None else after
    records = tx.notices.records(after=begin, limit=READ_AT_ONCE)
    facts = [fact for record in records if (fact := fact_of(record)) is not None]
    if len(records) == READ_AT_ONCE:
        _keep(tx, _gathered(tx, facts, lookout, now=now), now=now)
        return records[-1].position
    facts += facts_now(tx, book=lookout.queues, now=now)
    _keep(tx, _gathered(tx, facts, lookout, now=now), now=now)
    _add_digests(tx, reading, lookout.book, now=now)
    further = reading.up_to(head, now=now, in_order=tx.notices.in_order)
    if further != reading:
        tx.notices.save_reading(further)
    return None


def _gathered(
    tx: Transaction, facts: Sequence[Fact], lookout: Lookout, *, now: datetime
) -> list[Gathering]:
    keys: dict[str, set[str]] = {}
    topics: set[tuple[str, str]] = set()
    for fact in facts:
        for target, _ in lookout.book.addressees(fact):
            keys.setdefault(target, set()).add(fact.key)
            topics |= {(target, fact.rule.value), (target, MORNING)}
    latest = {pair: tx.notifications.latest(*pair) for pair in topics}
    told = Told(
        latest={pair: one for pair, one in latest.items() if one is not None},
        noticed={
            (target, key): at
            for target, wanted in keys.items()
            for key, at in tx.notifications.noticed(target, wanted).items()
        },
    )
    return gathered(facts, book=lookout.book, told=told, now=now)


def _keep(tx: Transaction, gatherings: Sequence[Gathering], *, now: datetime) -> None:
    for gathering in gatherings:
        count = sum(fact.count for fact in gathering.facts)
        wakes = any(fact.wakes for fact in gathering.facts)
        if gathering.joins is None:
            into = Notification(
                id=_new_id(now),
                target=gathering.target,
                topic=gathering.topic,
                opened_at=now,
                next_try_at=gathering.leaves_at,
                count=count,
                pages_from=gathering.leaves_at if wakes else None,
            )
            tx.notifications.add(into)
        else:
            joined = gathering.joins
            into = replace(
                joined,
                next_try_at=gathering.leaves_at,
                count=joined.count + count,
                pages_from=gathering.leaves_at if wakes else joined.pages_from,
            )
            tx.notifications.save(into)
        tx.notifications.take_up(into, gathering.facts, at=now)


def _digests_due(
    tx: Transaction, reading: LogReading, book: NotifyBook, *, now: datetime
) -> list[Notification]:
    """Return today's digests that nobody has written yet; none of a time before we began."""
    last = book.digest.last_one(now=now) if book.digest else None
    if book.digest is None or last is None or last[1] < reading.begun_at:
        return []
    digests = [
        Notification(
            id=NotificationId(f"digest-{last[0]}-{target}"),
            target=target,
            topic=DIGEST,
            opened_at=now,
            next_try_at=now,
        )
        for target in book.digest.to
    ]
    return [one for one in digests if not tx.notifications.known(one.id)]


def _add_digests(tx: Transaction, reading: LogReading, book: NotifyBook, *, now: datetime) -> None:
    due = _digests_due(tx, reading, book, now=now)
    facts = backlog_facts(tx) if due else []
    for digest in due:
        tx.notifications.add(replace(digest, count=sum(fact.count for fact in facts)))
        dated = [replace(fact, key=f"{digest.id}:{fact.key}") for fact in facts]
        tx.notifications.take_up(digest, dated, at=now)


def _new_id(now: datetime) -> NotificationId:
    return NotificationId(ordered_id(at=now, entropy=secrets.token_bytes(10)))
