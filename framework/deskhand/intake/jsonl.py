"""JSON lines: one object a line."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from deskhand.errors import BrokenFileError
from deskhand.intake.json_values import ValueDecoder, row_of
from deskhand.intake.text import check_text, open_text
from deskhand.ports.reader import BadRow, Row

_LONGEST_LINE = 1 << 20
_END_OF_LINE = "\r\n"


class JsonLinesReader:
    """Reads JSON lines; numbers keep their own text.

    A line that is no JSON object is a `BadRow`, and the others go on. Empty lines are not rows.
    A file whose first line does not even begin as an object is not JSON lines at all.
    """

    def check(self, file: Path) -> None:
        # Any later line is at worst a bad row.
        next(self.rows(file))

    def rows(self, file: Path) -> Iterator[Row | BadRow]:
        check_text(file)
        with open_text(file) as stream:
            decoder = ValueDecoder()
            number = 0
            for line, text in _lines(stream):
                number += 1
                if number == 1 and not text.startswith("{"):
                    problem = "is not JSON lines: its first line begins with no '{'"
                    raise BrokenFileError(file, problem, line=line)
                yield _row(decoder, text, number=number, line=line)
            if number == 0:
                raise BrokenFileError(file, "has no rows")


def _row(decoder: ValueDecoder, text: str, *, number: int, line: int) -> Row | BadRow:
    if len(text) >= _LONGEST_LINE:
        return _refused("is longer than a million characters", number=number, line=line)
    try:
        decoded = decoder.decode(text)
    except json.JSONDecodeError as error:
        reason = f"is not JSON: {error.msg} (column {error.colno})"
        return _refused(reason, number=number, line=line)
    except RecursionError:
        return _refused("is nested too deeply", number=number, line=line)
    if decoded.end != len(text):
        return _refused("has more text after its object", number=number, line=line)
    return row_of(decoded, number=number, line=line)


def _refused(reason: str, *, number: int, line: int) -> BadRow:
    return BadRow(number=number, line=line, field="row", reason=reason)


def _lines(stream: TextIO) -> Iterator[tuple[int, str]]:
    """The lines that hold text, each with its number; of an endless one only the beginning."""
    number = 0
    while line := stream.readline(_LONGEST_LINE):
        number += 1
        rest = line
        while rest and rest[-1] not in _END_OF_LINE:
            rest = stream.readline(_LONGEST_LINE)
        if text := line.strip():
            yield number, text
