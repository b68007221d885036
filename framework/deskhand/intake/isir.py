"""ISIR files: institutional student information records, one line of fixed width a transaction."""

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from deskhand.errors import BrokenFileError
from deskhand.intake.isir_layout import LAYOUTS, Layout, NotOfItsKindError
from deskhand.intake.text import check_text, open_text
from deskhand.ports.reader import BadRow, Row

_LONGEST_LINE = 1 << 16
_ENDS = "\r\n"


class IsirReader:
    """Reads ISIR files of the award year 2024-25.

    The first record tells the version: another year, or another length, breaks the file. A
    later record of another length or year, one that is shifted, or one with a field that is
    not of its kind is a `BadRow` whose reason holds nothing of the student. Amounts are whole
    dollars as text, days are ISO text, an empty field is None.
    """

    def check(self, file: Path) -> None:
        # Any later record is at worst a bad row.
        next(self.rows(file))

    def rows(self, file: Path) -> Iterator[Row | BadRow]:
        check_text(file)
        with open_text(file) as stream:
            layout: Layout | None = None
            number = 0
            for line, record in _records(stream):
                number += 1
                layout = layout or _layout(file, record, line=line)
                yield _row(layout, record, number=number, line=line)
            if number == 0:
                raise BrokenFileError(file, "has no records")


def _records(stream: TextIO) -> Iterator[tuple[int, str]]:
    """The lines that hold text, each with its number; of an endless one only the beginning."""
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        rest = line
        while rest and rest[-1] not in _ENDS:
            rest = stream.readline(_LONGEST_LINE)
        if line.strip():
            yield number, line.rstrip(_ENDS)


def _layout(file: Path, record: str, *, line: int) -> Layout:
    known = ", ".join(f"{each.award_year} ({each.length:,})" for each in LAYOUTS.values())
    layout = LAYOUTS.get(record[0])
    if layout is None:
        problem = f"is not an ISIR file of a known award year; known are: {known}"
        raise BrokenFileError(file, problem, line=line)
    if len(record) != layout.length:
        problem = (
            f"is not an ISIR file of {layout.award_year}: its first record has "
            f"{len(record):,} characters, not {layout.length:,}"
        )
        raise BrokenFileError(file, problem, line=line)
    return layout


def _row(layout: Layout, record: str, *, number: int, line: int) -> Row | BadRow:
    def refused(field: str, reason: str) -> BadRow:
        return BadRow(number=number, line=line, field=field, reason=reason)

    if len(record) != layout.length:
        length = f"{len(record):,}" if len(record) < _LONGEST_LINE else "far too many"
        return refused("record", f"has {length} characters, not {layout.length:,}")
    if LAYOUTS.get(record[0]) is not layout:
        return refused("record", f"is not of the file's award year, {layout.award_year}")
    if layout.landmark.cut(record) not in ("", layout.landmark_text):
        return refused("record", "is shifted: its tax information does not stand where it should")
    values: dict[str, object] = {"award_year": layout.award_year}
    for place in layout.places:
        raw = place.cut(record)
        try:
            values[place.name] = place.read(raw) if raw else None
        except NotOfItsKindError as error:
            return refused(place.name, str(error))
    return Row(number=number, line=line, values=values)
