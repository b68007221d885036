"""Tell people: at least once, and the same message at every try.

A notification is marked as handed over before it is, in its own transaction. A process that dies
between sending and noting leaves one that is sent again later, under the id by which a mailbox
and a program know it.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deskhand.domain.announcement import Announcement
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.notification import DIGEST, Line, Notification, NotificationState
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.ports.clock import Clock
from deskhand.ports.notifier import NotDelivered
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.deliver_events import Patience
from deskhand.use_cases.note_facts import LEASE, take_lease
from deskhand.use_cases.pass_on import NOTIFIER, Secretary, ask_person, pass_on

AT_ONCE = 16
PATIENCE = Patience(
    retry=RetryPolicy(tries=60, first=timedelta(seconds=15), max=timedelta(minutes=15)),
    give_up_after=timedelta(hours=12),
)
"""Twelve hours: a night in which a mail server is away is survived."""

_TYPES = {
    NotificationState.SENT: RecordType.NOTIFICATION_SENT,
    NotificationState.FAILED: RecordType.NOTIFICATION_FAILED,
    NotificationState.DROPPED: RecordType.NOTIFICATION_DROPPED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outgoing:
    """A notification that is handed over, and what it says."""

    notification: Notification
    announcement: Announcement


def next_outgoing(*, secretary: Secretary, holder: WorkerId) -> list[Outgoing]:
    """Return what is to be told now, marked as handed over.

    What was about closed cases only is dropped; what should have left by day, and comes at night
    because a host or a server was away, waits as the night's rule says. One host at a time;
    another one gets nothing.
    """
    now = secretary.clock.now()
    with secretary.store.reading() as tx:
        if not tx.notifications.waiting(now=now):
            return []
    with secretary.store.transaction() as tx:
        if not take_lease(tx, holder=holder, now=now):
            return []
        found = [
            _handed_over(tx, due, secretary, now=now)
            for due in tx.notifications.due(now=now, limit=AT_ONCE)
        ]
    return [one for one in found if one is not None]


def note_told(outgoing: Outgoing, *, secretary: Secretary) -> None:
    """Note that a target's server has taken a notification; once, whoever else has noted it."""
    with secretary.store.transaction() as tx:
        told = _still_due(tx, outgoing)
        if told is not None:
            _end(tx, told, NotificationState.SENT, at=secretary.clock.now())


def note_failure(
    outgoing: Outgoing, why: NotDelivered, *, chance: float, secretary: Secretary
) -> bool:
    """Note a failed try; return whether it was the last one, so that a person is asked."""
    now = secretary.clock.now()
    with secretary.store.transaction() as tx:
        tried = _still_due(tx, outgoing)
        if tried is None:
            return False
        pause = PATIENCE.retry.delay(spent=tried.tries, chance=chance)
        if why.retry_after is not None:
            pause = min(max(pause, why.retry_after), PATIENCE.retry.max)
        last = (
            why.for_good
            or not PATIENCE.retry.allows(spent=tried.tries)
            or now + pause > (tried.since or now) + PATIENCE.give_up_after
        )
        if last:
            _fail(tx, tried, why, secretary, at=now)
        else:
            tx.notifications.save(_put_off(tried, until=now + pause, problem=why.problem))
        return last


def note_trial(target: str, problem: str | None, *, by: Actor, store: Store, clock: Clock) -> None:
    """Record that a person has tried a target out, and what came of it."""
    with store.transaction() as tx:
        tx.record(
            Entry(
                stream="log",
                type=RecordType.NOTIFICATION_TESTED,
                subject="log",
                actor=by,
                at=clock.now(),
                data={"target": target, "problem": problem},
            )
        )


def _handed_over(
    tx: Transaction, due: Notification, secretary: Secretary, *, now: datetime
) -> Outgoing | None:
    """Mark a notification as handed over; None when there is nothing to hand over now."""
    lines = _lines_now(tx, due)
    if lines is None:
        _end(tx, due, NotificationState.DROPPED, at=now)
        return None
    morning = secretary.book.morning(now)
    wakes = tx.notifications.wakes(due.told_by, before=morning)
    if morning is not None and not wakes and due.topic != DIGEST:
        tx.notifications.save(replace(due, next_try_at=morning))
        return None
    if not PATIENCE.retry.allows(spent=due.tries):
        # Whatever it is that ends every try before it can be noted, somebody must look at it.
        _fail(tx, due, NotDelivered(problem="no try of it came to an end"), secretary, at=now)
        return None
    count = sum(line.count for line in lines)
    left = due.leaving(at=now, again_at=now + LEASE, count=count, wakes=wakes)
    tx.notifications.save(left)
    return Outgoing(notification=left, announcement=_words(tx, left, lines, secretary))


def _lines_now(tx: Transaction, due: Notification) -> list[Line] | None:
    """Return what a notification says; None when nothing of it is so any more.

    From the first try on it says the same; so does one that stands in for another.
    """
    if due.left_at is None and due.in_place_of is None:
        tx.notifications.forget_closed(due.id)
    lines = tx.notifications.lines(due.told_by)
    if due.topic == DIGEST:
        return lines
    over = due.left_at is None and not tx.notifications.still_so(due.told_by)
    return None if over or not lines else lines


def _words(
    tx: Transaction, left: Notification, lines: Sequence[Line], secretary: Secretary
) -> Announcement:
    """Put it in words as of the first try: a message that comes twice says the same twice."""
    at = left.left_at or left.opened_at
    told = secretary.wording.announced(left.told_by, left.topic, lines, at=at)
    if left.in_place_of is None:
        return told
    untold = tx.notifications.get(left.in_place_of)
    return secretary.wording.passed_on(told, id=left.id, target=untold.target)


def _still_due(tx: Transaction, outgoing: Outgoing) -> Notification | None:
    """Return the notification, unless another host has come first."""
    now = tx.notifications.get(outgoing.notification.id)
    tried = outgoing.notification
    same_try = (now.tries, now.since) == (tried.tries, tried.since)
    return now if same_try and now.state is NotificationState.DUE else None


def _put_off(tried: Notification, *, until: datetime, problem: str) -> Notification:
    return replace(tried, next_try_at=until, problem=problem)


def _end(
    tx: Transaction,
    due: Notification,
    state: NotificationState,
    *,
    at: datetime,
    problem: str | None = None,
) -> Notification:
    """Record who was told what, or not, and note it."""
    lines = tx.notifications.lines(due.told_by)
    seq = tx.record(
        Entry(
            stream=due.stream,
            type=_TYPES[state],
            subject="notification",
            state=state.value,
            actor=NOTIFIER,
            at=at,
            data={
                "target": due.target,
                "topic": due.topic,
                "count": sum(line.count for line in lines),
                "rules": _by_rule(lines),
                "tries": due.tries,
                "problem": problem,
                "in_place_of": due.in_place_of,
            },
        )
    )
    ended = due.moved_to(state, audit_seq=seq, at=at, problem=problem)
    tx.notifications.save(ended)
    return ended


def _by_rule(lines: Sequence[Line]) -> list[dict[str, object]]:
    counts: Counter[str] = Counter()
    for line in lines:
        counts[line.rule.value] += line.count
    return [{"rule": rule, "count": count} for rule, count in sorted(counts.items())]


def _fail(
    tx: Transaction, failed: Notification, why: NotDelivered, secretary: Secretary, *, at: datetime
) -> None:
    """Give up: the fallback is told, and a person is asked to see to the target."""
    ended = _end(tx, failed, NotificationState.FAILED, at=at, problem=why.problem)
    to = pass_on(tx, ended, secretary, why="it was given up", at=at)
    if to is not None:
        tx.notifications.save(replace(ended, passed_on_at=ended.passed_on_at or at))
    instead = f"; {to} is told in its place" if to else ""
    ask_person(tx, ended, f"{why.problem}{instead}", secretary, at=at)
