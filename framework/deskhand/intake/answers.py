"""The answers that go back to a client: what became of each row, as CSV beside their file."""

import csv
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, fields
from decimal import Decimal
from pathlib import Path
from secrets import token_hex
from typing import Final, TextIO

# Spreadsheets run a cell that begins so as a formula, also in its full-width form.
_FORMULA: Final = tuple("=+-@＝＋－＠")  # noqa: RUF001 - these are the ones that are meant
_BIDI: Final = (0x61C, 0x200E, 0x200F, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
_CONTROL: Final = (*range(0x20), *range(0x7F, 0xA0), *range(0xD800, 0xE000))
_SPACES: Final = "\t\n\r\v\f\x85\u2028\u2029"
_CLEAN: Final = dict.fromkeys((*_CONTROL, *_BIDI)) | dict.fromkeys(map(ord, _SPACES), " ")


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """What became of one item: its status in words, the portal's number, the row it came from."""

    reference: str
    status: str
    portal_number: str = ""
    reason: str = ""
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectRow:
    """One row of the client's file that was set aside, and why."""

    row: int
    line: int
    field: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TotalLine:
    """One line of the totals that a client reconciles by."""

    name: str
    count: int
    amount: Decimal | None = None


def write_results(target: Path, rows: Iterable[ResultRow]) -> None:
    """Write what became of the items to `target`, whole or not at all."""
    _write(target, ResultRow, rows)


def write_rejects(target: Path, rows: Iterable[RejectRow]) -> None:
    """Write the rows that were set aside to `target`, whole or not at all."""
    _write(target, RejectRow, rows)


def write_totals(target: Path, totals: Sequence[TotalLine]) -> None:
    """Write the totals to `target`, whole or not at all."""
    _write(target, TotalLine, totals)


def write_table(target: Path, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write rows under headings to `target`, whole or not at all."""
    with _whole(target) as stream:
        writer = csv.writer(stream)
        writer.writerow(headings)
        writer.writerows([safe_cell(value) for value in row] for row in rows)


def safe_cell(value: object) -> str:
    """A value as a cell that no spreadsheet runs and no screen shows in another order.

    Numbers stay as they are; text loses its control and bidirectional characters, and gets an
    apostrophe before a leading `=`, `+`, `-` or `@`.
    """
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return format(value, "f")
    if not isinstance(value, str):
        return str(value)
    text = value.translate(_CLEAN).strip()
    return f"'{text}" if text.startswith(_FORMULA) else text


def _write(
    target: Path,
    kind: type[ResultRow | RejectRow | TotalLine],
    rows: Iterable[ResultRow | RejectRow | TotalLine],
) -> None:
    write_table(target, [field.name for field in fields(kind)], map(astuple, rows))


@contextmanager
def _whole(target: Path) -> Iterator[TextIO]:
    """A file that appears at `target` only when it is complete and on the disk."""
    # Not named after the target: with more behind it, its name would be longer than names may be.
    unfinished = target.with_name(f".{token_hex(16)}.unfinished")
    try:
        with unfinished.open("x", encoding="utf-8", newline="") as stream:
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    _sync_folder(target.parent)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
