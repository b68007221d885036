"""What there is to tell people of, read off the log and the tables."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Protocol

from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import CaseKind, CaseState, Told
from deskhand.domain.identifiers import AccountName, CaseId

NOTED_TYPES = (
    RecordType.CASE_OPENED,
    RecordType.CASE_AT_RISK,
    RecordType.CASE_OVERDUE,
    RecordType.AUDIT_VERIFIED,
    RecordType.FILE_REFUSED,
    RecordType.TRIGGER_FAILED,
    RecordType.TRIGGER_SKIPPED,
)
"""The types of the records that people may be told of."""

SETTLES_AFTER = timedelta(minutes=2)
"""No transaction that writes a record lasts so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogReading:
    """How far the log was read for people: everything up to `settled`, and never needs to be again.

    `seen` was the last record at `seen_at`. Where records may be committed in another order than
    they are counted in, what lies between is read again for a while. Nobody is told of what came
    before `begun_at`.
    """

    begun_at: datetime
    settled: int
    seen: int
    seen_at: datetime

    def up_to(self, head: int, *, now: datetime, in_order: bool) -> "LogReading":
        """Return how far the log is read when `head` was its last record before it was."""
        if in_order:
            return replace(self, settled=head, seen=head, seen_at=now)
        if now - self.seen_at < SETTLES_AFTER:
            return self
        return replace(self, settled=self.seen, seen=head, seen_at=now)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotedRecord:
    """A record that people may be told of, with what the tables say of its subject.

    `reason` is a slot's; `body` is the record itself.
    """

    position: int
    type: str
    stream: str
    body: bytes
    case: CaseId | None = None
    state: CaseState | None = None
    kind: CaseKind | None = None
    code: str | None = None
    cause_group: str | None = None
    queue: str | None = None
    client: str | None = None
    due_at: datetime | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """New cases of one cause in one place."""

    cause_group: str
    queue: str
    client: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Backlog:
    """The unclosed cases of one place of whose clocks the same was told."""

    told: Told
    queue: str
    client: str
    count: int
    first_due: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldItems:
    """Items that wait for an account that is held; beyond a limit they are counted no more."""

    account: AccountName
    held_at: datetime
    count: int


class Notices(Protocol):
    """Questions about what people should know."""

    @property
    def in_order(self) -> bool:
        """Whether records are committed in the order in which they are counted."""
        ...

    def reading(self) -> LogReading | None:
        """Return how far the log was read, None before the first time."""
        ...

    def save_reading(self, reading: LogReading) -> None:
        """Write how far the log was read."""
        ...

    def head(self) -> int:
        """Return the position of the log's last record, 0 where there is none."""
        ...

    def records(self, *, after: int, limit: int) -> list[NotedRecord]:
        """Return the records that people may be told of, in the order of the log."""
        ...

    def bursts(self, *, since: datetime) -> list[Burst]:
        """Count the cases that were opened since then, by cause and place; no questions."""
        ...

    def backlog(self) -> list[Backlog]:
        """Count the cases that are not closed."""
        ...

    def overdue(self) -> list[Backlog]:
        """Count those of which it was told that they are overdue."""
        ...

    def last_act(self, queue: str) -> datetime | None:
        """Return when somebody took or closed a case of a queue for the last time."""
        ...

    def held_items(self, *, limit: int) -> list[HeldItems]:
        """Return the held accounts for which items wait."""
        ...
