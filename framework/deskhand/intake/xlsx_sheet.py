"""What the library that reads cells does not tell: which cells are no values a person can see.

A formula that was never computed and an error such as #REF! come out of it as empty cells, and
the cells under a merged one, too. Money must not vanish like that: their rows are set aside.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from deskhand.intake.xlsx_package import Attributes, Package, Refused, local

MOST_CELLS: Final = 4_000_000
"""Cells between the first and the last filled one; all of them are held in memory."""

UNCOMPUTED: Final = "holds a formula without a value; open the file in a spreadsheet and save it"
FAULTY: Final = "holds an error of the spreadsheet, such as #REF!"
MERGED: Final = "is merged with other cells"

# Almost every workbook writes the names so; others prefix them.
_LOCAL: Final = {name: name for name in ("c", "v", "f", "t", "is", "row", "mergeCell")}
_CELL = re.compile(r"\$?([A-Z]{1,3})\$?([1-9]\d{0,6})")
_MOST_ROWS: Final = 1_048_576
_MOST_COLUMNS: Final = 16_384
_MOST_MERGED: Final = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A cell of a row that cannot be taken as it is; `column` counts from 0."""

    column: int
    reason: str


@dataclass(slots=True)
class SheetFaults:
    """What was seen of a sheet: the first fault of each row (from 1), and how far it reaches.

    `filled` tells that some cell holds more than an empty text.
    """

    faults: dict[int, Fault] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    rows: tuple[int, int] | None = None
    columns: tuple[int, int] | None = None
    filled: bool = False

    def of_row(self, row: int) -> Fault | None:
        """Return what is wrong with a row."""
        if row in self.faults:
            return self.faults[row]
        at = bisect_right(self.merged, (row, _MOST_ROWS + 1, 0)) - 1
        if at >= 0 and self.merged[at][1] >= row:
            return Fault(column=self.merged[at][2], reason=MERGED)
        return None


def scanned(package: Package, part: str) -> SheetFaults:
    """Look through a sheet, in memory that does not grow with it; raises `Refused`."""
    scan = _Scan()
    package.parse(
        part,
        StartElementHandler=scan.start,
        EndElementHandler=scan.end,
        CharacterDataHandler=scan.text,
    )
    return scan.found()


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet of a workbook: its place among all, its name, its part, whether a person sees it.

    The name is what somebody wrote into the file: of any length, with any characters.
    """

    place: int
    name: str
    part: str
    visible: bool


def sheets_of(package: Package) -> Iterator[Sheet]:
    """Yield each sheet of a workbook; raises `Refused`."""
    sheets: list[Attributes] = []
    targets: dict[str, str] = {}

    def sheet(name: str, values: Attributes) -> None:
        if local(name) == "sheet":
            sheets.append({local(key): value for key, value in values.items()})

    def relation(name: str, values: Attributes) -> None:
        if local(name) == "Relationship":
            targets[values.get("Id", "")] = values.get("Target", "")

    package.parse("xl/workbook.xml", StartElementHandler=sheet)
    package.parse("xl/_rels/workbook.xml.rels", StartElementHandler=relation)
    for place, values in enumerate(sheets):
        yield Sheet(
            place=place,
            name=values.get("name", ""),
            part=_part(targets.get(values.get("id", ""), "")),
            visible=values.get("state", "visible") == "visible",
        )


def _part(target: str) -> str:
    if target.startswith("/"):
        return target[1:]
    return target if target.startswith("xl/") else f"xl/{target}"


class _Scan:
    """Handles what the parser meets; it is called some millions of times."""

    def __init__(self) -> None:
        self._sheet = SheetFaults()
        self._row = 0
        self._column = -1
        self._type = ""
        self._formula = self._value = self._in_value = self._content = False
        self._top = self._left = _MOST_ROWS
        self._bottom = self._right = -1

    def start(self, name: str, values: Attributes) -> None:
        match _LOCAL.get(name) or local(name):
            case "c":
                self._begin_cell(values)
            case "v" | "t":  # a value, or the text of an inline one
                self._in_value = self._content = True
            case "f":
                self._formula = self._content = True
            case "row":
                self._row = _number(values.get("r")) or self._row + 1
                self._column = -1
            case "mergeCell":
                self._merge(values.get("ref", ""))
            case _:
                pass

    def text(self, text: str) -> None:
        if self._in_value and text:
            self._value = True

    def end(self, name: str) -> None:
        match _LOCAL.get(name) or local(name):
            case "c":
                self._end_cell()
            case "v" | "t":
                self._in_value = False
            case _:
                pass

    def found(self) -> SheetFaults:
        """Return what was seen; raises `Refused` for a sheet that is too large to be held."""
        sheet = self._sheet
        if self._bottom >= 0:
            sheet.rows = (self._top, self._bottom)
            sheet.columns = (self._left, self._right)
            height = self._bottom - self._top + 1
            if (cells := height * (self._right - self._left + 1)) > MOST_CELLS:
                raise Refused(
                    f"reaches over {cells:,} cells; at most {MOST_CELLS:,} are read. Delete what "
                    "lies far outside, or split it"
                )
        sheet.merged = _united(sheet.merged)
        return sheet

    def _begin_cell(self, values: Attributes) -> None:
        if "r" in values:
            self._row, self._column = _place(values["r"])
        else:
            self._column += 1
        self._type = values.get("t", "")
        self._formula = self._value = self._content = False

    def _end_cell(self) -> None:
        empty_text = self._formula and self._type == "str"
        if self._formula and not self._value and not empty_text:
            self._fault(UNCOMPUTED)
        elif self._type == "e":
            self._fault(FAULTY)
        if self._content:
            self._reach()
        self._sheet.filled = self._sheet.filled or self._value

    def _fault(self, reason: str) -> None:
        self._sheet.filled = True
        self._sheet.faults.setdefault(self._row, Fault(column=self._column, reason=reason))

    def _reach(self) -> None:
        if not (0 < self._row <= _MOST_ROWS and self._column < _MOST_COLUMNS):
            raise Refused("is damaged: a cell lies outside of the sheet")
        self._top, self._bottom = min(self._top, self._row), max(self._bottom, self._row)
        self._left, self._right = min(self._left, self._column), max(self._right, self._column)

    def _merge(self, area: str) -> None:
        first, _, last = area.partition(":")
        top, left = _place(first)
        bottom, _ = _place(last or first)
        self._sheet.merged.append((top, bottom, left))
        if len(self._sheet.merged) > _MOST_MERGED:
            raise Refused("has too many merged cells")


def _united(areas: list[tuple[int, int, int]]) -> list[tuple[int, int, int]]:
    """Return areas as stretches of rows that do not meet, in order, each with its first column."""
    united: list[tuple[int, int, int]] = []
    for top, bottom, left in sorted(areas):
        if united and top <= united[-1][1]:
            first, last, column = united[-1]
            united[-1] = (first, max(last, bottom), column)
        else:
            united.append((top, bottom, left))
    return united


def _place(name: str) -> tuple[int, int]:
    """Return a cell's row (from 1) and column (from 0) by its name, such as `B3`."""
    found = _CELL.fullmatch(name)
    if found is None:
        raise Refused("is damaged: a cell has no name")
    letters, digits = found.groups()
    return int(digits), _column(letters)


@cache
def _column(letters: str) -> int:
    column = 0
    for letter in letters:
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 7 else 0
