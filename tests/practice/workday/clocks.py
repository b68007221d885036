"""What the clocks of cases should have told, by the wall clock alone; and what they told."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deskhand.domain.exception_case import CaseKind, ExceptionCase
from deskhand.ports.store import Transaction
from tests.practice.workday.office import ALWAYS_MINUTES, OPEN_MINUTES, is_open

Fact = tuple[str, str]
"""A type of event, and the case that it is about."""

_TYPES = ("case.at_risk", "case.overdue")
_RISK_AT = 80
_EVERYTHING = 1_000_000


@dataclass(slots=True)
class SweepLog:
    """When the sweeper looked."""

    moments: list[datetime] = field(default_factory=list)

    def note(self, at: datetime) -> None:
        self.moments.append(at)

    def looked(self, *, since: datetime, case: ExceptionCase) -> bool:
        """Whether it looked at an open case at or after a moment.

        A sweep comes before whatever else happens in its minute.
        """
        first = max(since, case.opened_at + timedelta(microseconds=1))
        last = case.closed_at or self.moments[-1]
        return any(first <= moment <= last for moment in self.moments)


def expected_events(cases: Sequence[ExceptionCase], sweeps: SweepLog) -> list[Fact]:
    """Return what should have been told, once each."""
    return list(_expected(cases, sweeps))


def _expected(cases: Sequence[ExceptionCase], sweeps: SweepLog) -> Iterator[Fact]:
    first_of: dict[tuple[object, ...], ExceptionCase] = {}
    for case in sorted(cases, key=lambda case: (case.opened_at, case.id)):
        if case.item is None:
            first = case
        else:
            # Coming back wins no time: the first case of a trouble says when it is due.
            trouble = (case.item, case.code, case.kind is CaseKind.APPROVAL and case.step)
            first = first_of.setdefault(trouble, case)
        queue = first.escalated_from or first.queue
        for told, share in zip(_TYPES, (_RISK_AT, 100), strict=True):
            if sweeps.looked(since=_after(first.opened_at, queue, percent=share), case=case):
                yield told, case.id


def _after(opened: datetime, queue: str, *, percent: int) -> datetime:
    """Return when a share of a queue's time is over, counted minute by minute."""
    if queue in ALWAYS_MINUTES:
        return opened + timedelta(minutes=ALWAYS_MINUTES[queue] * percent // 100)
    left, at = OPEN_MINUTES[queue] * percent // 100, opened
    while left:
        left -= is_open(at)
        at += timedelta(minutes=1)
    return at


def found_events(tx: Transaction) -> "Counter[Fact]":
    """Return what was told, by the outbox, and how often; raises where the log says otherwise."""
    sent = Counter(
        (event.event, event.subject)
        for event in tx.dispatches.unaddressed(limit=_EVERYTHING)
        if event.event in _TYPES
    )
    recorded = Counter(
        (record.type, record.subject.removeprefix("case:"))
        for record in tx.audit_log.all()
        if record.type in _TYPES
    )
    assert sent == recorded, "the outbox and the audit log tell of different facts"
    return sent
