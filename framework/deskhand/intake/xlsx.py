"""Workbooks (`.xlsx`): a sheet with a heading, one row a record.

The cells of a sheet are held in memory while it is read, some 40 bytes each besides their texts,
and there are at most four million: about 300 MB at the worst. Everything else is read in passing.
"""

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from deskhand.errors import BrokenFileError
from deskhand.intake.csv_columns import Columns, HeadingError
from deskhand.intake.xlsx_package import Package, Refused, opened_package
from deskhand.intake.xlsx_sheet import SheetFaults, scanned, sheets_of
from deskhand.ports.reader import BadRow, Row

_EXACT: Final = 2**53
_DIGITS: Final = 15
"""The digits that a spreadsheet keeps of a number."""

_NAMED: Final = 8
"""So many sheets are named, in so many characters each; the others are counted."""

_LONGEST_NAME: Final = 31
_DAMAGED: Final = "is a damaged workbook, or was cut off"


class XlsxReader:
    """Reads one visible sheet; its first filled row is the heading.

    It is the sheet of this name, in capitals or not; without a name the one that holds something.
    A cell becomes the text that a person sees or typed, whatever its format: `12.1` is `12.1`,
    `007` is `007` if it is a text, dates are ISO dates. Of a formula the value counts that was
    saved with it. A row with a formula without a value, an error (#REF!), a merged cell, or a
    number of more digits than spreadsheets keep is a `BadRow`; empty rows are not rows. A
    workbook with macros, with values from other workbooks, without the sheet, or of which it
    cannot be told which one is meant is broken. Headings nest as those of CSV files do.
    """

    def __init__(self, *, sheet: str | None = None) -> None:
        self._sheet = sheet
        self._looked_at: tuple[_Stamp, _OnlySheet] | None = None

    def check(self, file: Path) -> None:
        # Behind the first row, any other one is at worst a bad row.
        next(self.rows(file))

    def rows(self, file: Path) -> Iterator[Row | BadRow]:
        place, name, faults = self._looked_into(file)
        with _sheet(file, place, name) as sheet:
            yield from _read(file, sheet, faults)

    def _looked_into(self, file: Path) -> "_OnlySheet":
        """Look through the package, once as long as the file does not change."""
        with opened_package(file) as package:
            if self._looked_at is None or self._looked_at[0] != package.stamp:
                package.check_parts()
                found = (
                    _only_sheet(package)
                    if self._sheet is None
                    else _sheet_named(package, self._sheet)
                )
                self._looked_at = (package.stamp, found)
        return self._looked_at[1]


# A sheet's place in the workbook, its name, and what is wrong with its cells.
_OnlySheet = tuple[int, str, SheetFaults]
_Stamp = tuple[int, int, int]


def _only_sheet(package: Package) -> _OnlySheet:
    filled = [
        (sheet.place, sheet.name, faults)
        for sheet in sheets_of(package)
        if sheet.visible and (faults := scanned(package, sheet.part)).filled
    ]
    if not filled:
        raise Refused("has no heading and no rows")
    if len(filled) > 1:
        raise Refused(
            f"has {len(filled)} filled sheets, {_named([name for _, name, _ in filled])}, and "
            "which is meant cannot be told; name it (sheet: in the trigger, or --sheet), or delete "
            "or hide the others"
        )
    return filled[0]


def _sheet_named(package: Package, name: str) -> _OnlySheet:
    sheets = [*sheets_of(package)]
    # To a spreadsheet program, too, capitals make no other name.
    found = [sheet for sheet in sheets if sheet.name.casefold() == name.casefold()]
    if len(found) > 1:
        raise Refused(f"has {len(found)} sheets of the name {_named([name])}")
    if not found:
        there = _named([sheet.name for sheet in sheets if sheet.visible]) or "no visible one"
        raise Refused(f"has no sheet {_named([name])}; it has {there}")
    if not found[0].visible:
        raise Refused(f"has the sheet {_named([name])}, but hidden; show it, if it is meant")
    faults = scanned(package, found[0].part)
    if not faults.filled:
        raise Refused(f"has no heading and no rows in its sheet {_named([name])}")
    return found[0].place, found[0].name, faults


def _named(names: Sequence[str]) -> str:
    """Return names of sheets so that they can break no line, no screen and no log."""
    shown = [f"'{_harmless(name)}'" for name in names[:_NAMED]]
    more = [f"{len(names) - _NAMED} more"] if len(names) > _NAMED else []
    return " and ".join(filter(None, [", ".join(shown), *more]))


def _harmless(name: str) -> str:
    plain = "".join(char if char.isprintable() else "?" for char in name[: _LONGEST_NAME + 1])
    return plain if len(plain) <= _LONGEST_NAME else f"{plain[:_LONGEST_NAME]}…"


@contextmanager
def _sheet(file: Path, place: int, name: str) -> Iterator[CalamineSheet]:
    try:
        with CalamineWorkbook.from_path(file) as workbook:
            yield _named_sheet(file, workbook, place, name)
    except CalamineError:
        raise BrokenFileError(file, _DAMAGED) from None
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # no class of ours or Python's: a fault there
            raise BrokenFileError(file, _DAMAGED) from None
        raise


def _named_sheet(file: Path, workbook: CalamineWorkbook, place: int, name: str) -> CalamineSheet:
    if workbook.sheet_names[place : place + 1] != [name]:
        raise BrokenFileError(file, "is damaged: its sheets are not told apart")
    return workbook.get_sheet_by_index(place)


def _read(file: Path, sheet: CalamineSheet, faults: SheetFaults) -> Iterator[Row | BadRow]:
    if not _same_area(sheet, faults):
        raise BrokenFileError(file, "is damaged: its cells are not told apart")
    # It begins with the sheet's first row, filled or not, and with the first filled column.
    lines = enumerate(sheet.iter_rows(), start=1)
    names, columns = _heading(file, lines, faults)
    left = sheet.start[1] if sheet.start else 0
    number = 0
    for line, cells in lines:
        fault = faults.of_row(line)
        if fault is not None:
            number += 1
            yield _bad(names, fault.column - left, fault.reason, number=number, line=line)
        elif any(cell != "" for cell in cells):
            number += 1
            yield _row(names, columns, cells, number=number, line=line)
    if number == 0:
        raise BrokenFileError(file, "has a heading but no rows")


def _heading(
    file: Path, lines: Iterator[tuple[int, list[Any]]], faults: SheetFaults
) -> tuple[list[str], Columns]:
    """Take the first filled row; raises `BrokenFileError` when it names no columns."""
    for line, cells in lines:
        if (fault := faults.of_row(line)) is not None:
            raise BrokenFileError(file, f"a cell of the heading {fault.reason}", line=line)
        if any(cell != "" for cell in cells):
            names = [cell_text(cell) or "" for cell in cells]
            try:
                return names, Columns(names)
            except HeadingError as error:
                raise BrokenFileError(file, str(error), line=line) from None
    raise BrokenFileError(file, "has no heading and no rows")


def _same_area(sheet: CalamineSheet, faults: SheetFaults) -> bool:
    """Whether no cell is read that was not looked at."""
    if sheet.start is None or sheet.end is None:
        return True
    if faults.rows is None or faults.columns is None:
        return False
    rows, columns = zip(sheet.start, sheet.end, strict=True)
    return (
        faults.rows[0] <= rows[0] + 1
        and rows[1] + 1 <= faults.rows[1]
        and faults.columns[0] <= columns[0]
        and columns[1] <= faults.columns[1]
    )


def _row(
    names: list[str], columns: Columns, cells: list[Any], *, number: int, line: int
) -> Row | BadRow:
    texts: list[str] = []
    for place, cell in enumerate(cells):
        text = cell if type(cell) is str else cell_text(cell)
        if text is None:
            reason = "holds a number with more digits than spreadsheets keep; format it as text"
            return _bad(names, place, reason, number=number, line=line)
        texts.append(text)
    return Row(number=number, line=line, values=columns.values(texts))


def _bad(names: list[str], place: int, reason: str, *, number: int, line: int) -> BadRow:
    name = names[place] if 0 <= place < len(names) else ""
    return BadRow(number=number, line=line, field=name or "row", reason=f"a cell {reason}")


def cell_text(cell: Any) -> str | None:
    """Return a cell as text; None for a number that cannot be told exactly.

    >>> [cell_text(cell) for cell in (12.1, 12.0, 1e15, True, date(2026, 5, 4), 0.1 + 0.2)]
    ['12.1', '12', '1000000000000000', 'true', '2026-05-04', '0.3']
    """
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, int | float):
        return _number_text(float(cell))
    if isinstance(cell, datetime):
        return _date_text(cell)
    if isinstance(cell, timedelta):
        return _duration_text(cell)
    return cell.isoformat() if isinstance(cell, date | time) else str(cell)


def _number_text(number: float) -> str | None:
    if number.is_integer():
        return str(int(number)) if abs(number) < _EXACT else None
    shown = Decimal(format(number, f".{_DIGITS}g"))
    # A spreadsheet shows 0.3 for 0.30000000000000004: that is noise of its own computing.
    if abs(float(shown) - number) > 4 * math.ulp(number):
        return None
    return format(shown, "f")


def _date_text(moment: datetime) -> str:
    whole = (moment + timedelta(microseconds=500_000)).replace(microsecond=0)
    return whole.date().isoformat() if whole.time() == time() else whole.isoformat()


def _duration_text(duration: timedelta) -> str:
    seconds = round(duration.total_seconds())
    sign = "-" if seconds < 0 else ""
    hours, rest = divmod(abs(seconds), 3600)
    return f"{sign}{hours}:{rest // 60:02}:{rest % 60:02}"
