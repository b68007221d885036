"""What stands in the audit log, and the facts that go out to others."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deskhand.domain.identifiers import (
    ItemId,
)
from deskhand.ports.log_parts import LoggedRecord, StateClaim


class AuditLog(Protocol):
    """Reading the log; writing is `Transaction.record`."""

    def of_stream(self, stream: str) -> list[LoggedRecord]:
        """Return a stream's records in order."""
        ...

    def all(self) -> Iterator[LoggedRecord]:
        """Yield every record in the order of writing."""
        ...

    def by_stream(self) -> Iterator[LoggedRecord]:
        """Yield every record, ordered by stream and sequence."""
        ...

    def claims(self) -> Iterator[StateClaim]:
        """Yield what the store claims of everything that has a state."""
        ...

    def count(self) -> int:
        """Count the records."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact for others, kept in the outbox until it is delivered.

    `item` is None when it is about none, as an account's case.
    """

    event: str
    item: ItemId | None
    subject: str
    body: str
    emitted_at: datetime


class Outbox(Protocol):
    """Events on their way out."""

    def add(self, event: Event) -> None:
        """Keep an event, once a subject."""
        ...

    def of_item(self, item: ItemId) -> list[Event]:
        """Return an item's events."""
        ...
