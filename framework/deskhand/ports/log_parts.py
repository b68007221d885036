"""The audit log's rows, and reading them in parts: so that no transaction lasts long."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple, Protocol


class LoggedRecord(NamedTuple):
    """A row of the audit log: its index columns and the bytes that they index.

    A tuple, as `StateClaim`: a verification reads all of them, by the hundred thousand.
    """

    position: int
    stream: str
    seq: int
    type: str
    subject: str
    state: str
    leaf: bytes
    body: bytes


class StateClaim(NamedTuple):
    """What the store claims of a subject: its state, and the record that tells of it.

    `audit_seq` and `version` are None where the store keeps no such number.
    """

    stream: str
    subject: str
    state: str
    audit_seq: int | None
    version: int | None = None


class Link(NamedTuple):
    """The record of a stream that the next one follows: its number, its hash, its position."""

    seq: int
    leaf: bytes
    position: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Streams:
    """The streams whose names come behind `after`, up to `to`; None where there is no bound."""

    after: str | None = None
    to: str | None = None


class LogParts(Protocol):
    """Reads the log stream by stream, or as it grew, a part at a time."""

    def newest(self, type: str, *, limit: int) -> list[LoggedRecord]:
        """Return the last records of a type that people may be told of, newest first."""
        ...

    def last_of_part(self, *, after: str | None, records: int) -> str | None:
        """Return the stream with which so many records behind a stream end; None: all are fewer."""
        ...

    def by_stream(self, streams: Streams) -> Iterator[LoggedRecord]:
        """Yield the records of some streams, ordered by stream and sequence."""
        ...

    def claims(self, streams: Streams) -> Iterator[StateClaim]:
        """Yield what the store claims of everything of which these streams would tell."""
        ...

    def end_of_part(self, *, after: int, up_to: int, records: int) -> int:
        """Return the position at which so many records behind one end, `up_to` at the latest."""
        ...

    def grown(self, *, after: int, to: int) -> Iterator[LoggedRecord]:
        """Yield the records between two positions, ordered by stream and sequence."""
        ...

    def links(self, *, after: int, to: int) -> Mapping[str, Link]:
        """Return, for each stream with records between them, the record before the first one."""
        ...
