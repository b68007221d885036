"""CSV files: comma, semicolon or tab, a heading, one row a record."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from deskhand.errors import BrokenFileError
from deskhand.intake.csv_columns import Columns, HeadingError
from deskhand.intake.text import check_text, open_text
from deskhand.ports.reader import BadRow, Row

if TYPE_CHECKING:
    import _csv

_DELIMITERS = ",;\t"
_LONGEST_LINE = 1 << 20
_HEAD = 1 << 16

# A row before its cells are put under their names: its number, its line, the heading, the cells.
_Cells = tuple[int, int, Columns, list[str]]


class CsvReader:
    """Reads UTF-8 CSV files with a heading.

    Cells keep their text; an empty cell is None. Headings such as `lines[1].code`, `codes[1]`
    and `worksheet.agi` nest: groups are counted from 1 and left out when all their cells are
    empty. Lines without any text are not rows. A row whose cells do not match the heading, or
    whose quotes do not, is a `BadRow`; a quote that is never closed breaks the file, because
    nobody can tell how many rows it swallowed.
    """

    def check(self, file: Path) -> None:
        for _ in self._rows(file):
            pass

    def rows(self, file: Path) -> Iterator[Row | BadRow]:
        for read in self._rows(file):
            if isinstance(read, BadRow):
                yield read
            else:
                number, line, columns, cells = read
                yield Row(number=number, line=line, values=columns.values(cells))

    def _rows(self, file: Path) -> Iterator[_Cells | BadRow]:
        check_text(file)
        with open_text(file) as stream:
            delimiter = _delimiter(stream.read(_HEAD))
            stream.seek(0)
            lines = _lines(file, stream)
            yield from _read(file, csv.reader(lines, delimiter=delimiter, strict=True))


def _read(file: Path, records: "_csv.Reader") -> Iterator[_Cells | BadRow]:
    columns = _columns(file, records)
    number = 0
    while True:
        line = records.line_num + 1
        try:
            cells = next(records)
        except StopIteration:
            break
        except csv.Error as error:
            number += 1
            yield _misquoted(file, error, number=number, line=line)
            continue
        if not any(cells):
            continue
        number += 1
        if len(cells) == columns.count:
            yield number, line, columns, cells
        else:
            reason = f"has {len(cells)} cells, the heading has {columns.count}"
            yield BadRow(number=number, line=line, field="row", reason=reason)
    if number == 0:
        raise BrokenFileError(file, "has a heading but no rows")


def _columns(file: Path, records: "_csv.Reader") -> Columns:
    try:
        for cells in records:
            if any(cell.strip() for cell in cells):
                return Columns(cells)
    except csv.Error:
        problem = "the heading's quotes do not match"
        raise BrokenFileError(file, problem, line=records.line_num) from None
    except HeadingError as error:
        raise BrokenFileError(file, str(error), line=records.line_num) from None
    raise BrokenFileError(file, "has no heading and no rows")


def _misquoted(file: Path, error: csv.Error, *, number: int, line: int) -> BadRow:
    # After these two the reader stands inside a cell: what it would read next are not rows.
    if "end of data" in str(error) or "field limit" in str(error):
        problem = "a quote that opens in this row is never closed, or a cell is too long"
        raise BrokenFileError(file, problem, line=line) from None
    return BadRow(number=number, line=line, field="row", reason="a quote is misplaced")


def _delimiter(head: str) -> str:
    """The delimiter that cuts the heading into the most columns; a comma when none does."""

    def width(delimiter: str) -> int:
        records = csv.reader(io.StringIO(head.lstrip("\r\n"), newline=""), delimiter=delimiter)
        try:
            return len(next(records, []))
        except csv.Error:
            return 0

    return max(_DELIMITERS, key=width)


def _lines(file: Path, stream: TextIO) -> Iterator[str]:
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        if len(line) >= _LONGEST_LINE and line[-1] not in "\r\n":
            raise BrokenFileError(file, "has a line of over a million characters", line=number)
        yield line
