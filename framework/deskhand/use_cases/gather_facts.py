"""Gather what people should know: off the log's records, and from how things stand now."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta

from deskhand.audit.record import decode
from deskhand.domain.cause import CauseKind, SystemCode
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import ASKED, CaseState, Told
from deskhand.domain.notification import Fact, Rule
from deskhand.domain.notify_rules import BURST_WITHIN
from deskhand.domain.queue import QueueBook
from deskhand.domain.schedule import SkipReason
from deskhand.errors import RecordInvalidError
from deskhand.ports.notices import Backlog, NotedRecord
from deskhand.ports.store import Transaction
from deskhand.use_cases.hold_version import QUALITY_CRITICAL
from deskhand.use_cases.watch_drops import CLIENT_UNKNOWN, DROP_FAILED

COUNTED_TO = 10_001
"""Waiting items are counted up to here: more of them say nothing more."""

_LOOKED_BACK = timedelta(days=31)
_MISSED = (SkipReason.PASSED.value, SkipReason.NO_CLIENT.value)
_PLAIN = {
    RecordType.CASE_AT_RISK: Rule.CASE_AT_RISK,
    RecordType.CASE_OVERDUE: Rule.CASE_OVERDUE,
    RecordType.FILE_REFUSED: Rule.FILE_REFUSED,
    RecordType.TRIGGER_FAILED: Rule.TRIGGER_MISSED,
}
_BY_CODE = {
    SystemCode.SEAL_BROKEN: Rule.SEAL_FAILED,
    SystemCode.EVENT_UNDELIVERED: Rule.DISPATCH_DEAD,
    QUALITY_CRITICAL: Rule.VERSION_HELD,
    DROP_FAILED: Rule.DROP_FAILED,
    CLIENT_UNKNOWN: Rule.DROP_FAILED,
}
_DIGESTED = {
    Told.NOTHING: Rule.CASE_OPEN,
    Told.RISK: Rule.CASE_AT_RISK,
    Told.OVERDUE: Rule.CASE_OVERDUE,
}


def fact_of(record: NotedRecord) -> Fact | None:
    """Return what a record is to people; None where it is nothing, or no longer so."""
    rule = _rule_of(record)
    if rule is None or record.state is CaseState.CLOSED:
        return None
    return Fact(
        key=f"log:{record.position}",
        rule=rule,
        queue=record.queue or "",
        client=record.client or "",
        due_at=record.due_at,
        case=record.case,
        lockout=rule is Rule.ACCOUNT_HELD
        and (record.cause_group or "").startswith(f"{CauseKind.STOP.value}/"),
    )


def facts_now(tx: Transaction, *, book: QueueBook, now: datetime) -> list[Fact]:
    """Return what is so at this moment, and is so again at the next look."""
    return [*_bursts(tx, now=now), *_stopped(tx, book, now=now), *_held(tx, book, now=now)]


def backlog_facts(tx: Transaction) -> list[Fact]:
    """Return what a digest says: the cases that are not closed, by how urgent they are."""
    return [
        Fact(
            key=f"{place.told.value}:{place.queue}:{place.client}",
            rule=_DIGESTED[place.told],
            queue=place.queue,
            client=place.client,
            count=place.count,
            due_at=place.first_due,
        )
        for place in tx.notices.backlog()
    ]


def _rule_of(record: NotedRecord) -> Rule | None:
    match record.type:
        case RecordType.CASE_OPENED:
            return _opened(record)
        case RecordType.AUDIT_VERIFIED:
            return None if _is_clean(record.body) else Rule.AUDIT_FAILED
        case RecordType.TRIGGER_SKIPPED:
            return Rule.TRIGGER_MISSED if record.reason in _MISSED else None
        case _:
            return _PLAIN.get(record.type)


def _opened(record: NotedRecord) -> Rule | None:
    if record.stream.startswith("account:"):
        return Rule.ACCOUNT_HELD
    if record.kind in ASKED:
        return Rule.APPROVAL_WAITING
    return _BY_CODE.get(record.code or "")


def _is_clean(body: bytes) -> bool:
    """Whether a verification found nothing; a record that cannot be read is a finding."""
    try:
        return decode(body).data.get("clean") is True
    except RecordInvalidError:
        return False


def _bursts(tx: Transaction, *, now: datetime) -> Iterator[Fact]:
    """Yield the places of each cause; a rule's limit is compared with all of them together."""
    found = tx.notices.bursts(since=now - BURST_WITHIN)
    totals: Counter[str] = Counter()
    for burst in found:
        totals[burst.cause_group] += burst.count
    for burst in found:
        yield Fact(
            key=f"burst:{burst.cause_group}:{burst.queue}:{burst.client}",
            rule=Rule.CAUSE_BURST,
            queue=burst.queue,
            client=burst.client,
            count=burst.count,
            lasts=True,
            weight=totals[burst.cause_group],
        )


def _stopped(tx: Transaction, book: QueueBook, *, now: datetime) -> Iterator[Fact]:
    """Yield the places with overdue cases, and for how long nobody has acted in the queue."""
    acts: dict[str, datetime | None] = {}
    for place in tx.notices.overdue():
        if place.queue not in acts:
            acts[place.queue] = tx.notices.last_act(place.queue)
        since = _idle_since(place, acts[place.queue], now=now)
        yield Fact(
            key=f"stopped:{place.queue}:{place.client}",
            rule=Rule.QUEUE_STOPPED,
            queue=place.queue,
            client=place.client,
            count=place.count,
            due_at=place.first_due,
            lasts=True,
            quiet=book.clock(place.queue, place.client).between(since, now),
        )


def _idle_since(place: Backlog, last_act: datetime | None, *, now: datetime) -> datetime:
    """Nobody is idle before the first case is overdue; long ago is long enough."""
    moments = [now - _LOOKED_BACK, place.first_due, last_act]
    return min(now, max(moment for moment in moments if moment is not None))


def _held(tx: Transaction, book: QueueBook, *, now: datetime) -> Iterator[Fact]:
    for held in tx.notices.held_items(limit=COUNTED_TO):
        client = held.account.partition("/")[2]
        since = max(held.held_at, now - _LOOKED_BACK)
        yield Fact(
            key=f"held:{held.account}",
            rule=Rule.QUEUE_STOPPED,
            client=client,
            count=held.count,
            lasts=True,
            quiet=book.calendars.of_client(client).between(since, now),
        )
