"""Reading a file of a client's into rows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One readable row of a file: the raw values under the file's own names.

    `number` counts the rows of the file from 1, rejected ones included; `line` is the line
    (for X12: the segment) at which the row begins. Values are text as the file has it, or
    for JSON its own null, booleans, lists and objects; **numbers are kept as text**, so that
    `12.10` stays `12.10`. X12 dates are ISO text, X12 amounts are decimal text.
    """

    number: int
    line: int
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class BadRow:
    """One row that cannot be read: it is set aside with its reason, the others go on."""

    number: int
    line: int
    field: str
    reason: str


class BodyReader(Protocol):
    """Reads the body of a request, which is one value in memory."""

    def read(self, body: bytes) -> object:
        """Return the value, its numbers kept as text; raises `BrokenBodyError`."""
        ...


class Reader(Protocol):
    """Reads files of one format, row by row, in memory that does not grow with the file."""

    def check(self, file: Path) -> None:
        """Read the file as a whole; raises `BrokenFileError` for what `rows` would raise.

        Cheaper than `rows` where the format allows; rows that are bad by themselves are fine.
        """
        ...

    def rows(self, file: Path) -> Iterator[Row | BadRow]:
        """Yield the rows in the file's order.

        Raises `BrokenFileError` when the file as a whole cannot be trusted: empty, not of this
        format, of a wrong encoding, truncated. A caller that takes rows in calls `check` first.
        """
        ...
