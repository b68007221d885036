"""JSON files: one array of objects, alone or as the only one inside an object."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from deskhand.errors import BrokenFileError
from deskhand.intake.json_values import Decoded, ValueDecoder, row_of
from deskhand.intake.text import check_text, open_text
from deskhand.ports.reader import BadRow, Row

_CHUNK = 1 << 16
_LONGEST_VALUE = 1 << 22
# An error this close to the end of what has been read may only mean: there is more to read.
_MARGIN = 64
_SPACE = " \t\r\n"


class JsonReader:
    """Reads a JSON array of objects, value by value.

    Accepted are a top-level array of objects, and an object with exactly one array of objects
    among its members. Numbers keep their own text. An element that is no object is a `BadRow`;
    a mistake in the JSON itself breaks the file, because nothing after it can be trusted.
    """

    def check(self, file: Path) -> None:
        for _ in self.rows(file):
            pass

    def rows(self, file: Path) -> Iterator[Row | BadRow]:
        check_text(file)
        with open_text(file) as stream:
            source = _Source(file, stream)
            found = False
            for row in _array(source) if source.peek() == "[" else _object(source):
                found = True
                yield row
            if source.peek():
                raise source.broken("has more text after its end")
            if not found:
                raise BrokenFileError(file, "has no rows")


def _array(source: "_Source") -> Iterator[Row | BadRow]:
    for number, (line, decoded) in enumerate(_elements(source), start=1):
        yield row_of(decoded, number=number, line=line)


def _object(source: "_Source") -> Iterator[Row | BadRow]:
    found = False
    source.take("{", expected="an array or an object")
    if source.peek() == "}":
        source.take("}")
        return
    while True:
        if source.peek() != '"':
            raise source.broken("has a member without a name")
        source.value()
        source.take(":")
        if source.peek() == "[" and source.peek_inside() == "{":
            if found:
                raise source.broken("has two arrays of objects; which of them holds the rows?")
            found = True
            yield from _array(source)
        else:
            _skip(source)
        if source.peek() == "}":
            source.take("}")
            return
        source.take(",")


def _skip(source: "_Source") -> None:
    if source.peek() != "[":
        source.value()
        return
    for line, decoded in _elements(source):
        if isinstance(decoded.value, dict):
            problem = "has an object in an array whose first element is none"
            raise BrokenFileError(source.file, problem, line=line)


def _elements(source: "_Source") -> Iterator[tuple[int, Decoded]]:
    source.take("[")
    if source.peek() == "]":
        source.take("]")
        return
    while True:
        source.peek()
        line = source.line
        yield line, source.value()
        if source.peek() == "]":
            source.take("]")
            return
        source.take(",")


class _Source:
    """The text of the file, of which only the part around the present value is held."""

    def __init__(self, file: Path, stream: TextIO) -> None:
        self.file = file
        self._stream = stream
        self._decoder = ValueDecoder()
        self._text = ""
        self._at = 0
        self._counted = 0
        self._line = 1
        self._ended = False

    @property
    def line(self) -> int:
        """The line of the present place."""
        self._line += self._text.count("\n", self._counted, self._at)
        self._counted = self._at
        return self._line

    def broken(self, problem: str) -> BrokenFileError:
        return BrokenFileError(self.file, problem, line=self.line)

    def peek(self) -> str:
        """The next character that is no space; empty at the end of the file."""
        while True:
            while self._at < len(self._text) and self._text[self._at] in _SPACE:
                self._at += 1
            if self._at < len(self._text):
                return self._text[self._at]
            if self._ended:
                return ""
            self._read(_CHUNK)

    def peek_inside(self) -> str:
        """The first character inside the array that begins here."""
        at = 1
        while True:
            while self._at + at < len(self._text):
                if self._text[self._at + at] not in _SPACE:
                    return self._text[self._at + at]
                at += 1
            if self._ended or at > _LONGEST_VALUE:
                return ""
            self._read(_CHUNK)

    def take(self, char: str, *, expected: str = "") -> None:
        """Step over the character that must come next."""
        found = self.peek()
        if found == char:
            self._at += 1
            return
        if not found:
            raise self.broken("ends too early: it is truncated")
        raise self.broken(
            f"is not JSON of the expected shape ({expected or repr(char)} is missing)"
        )

    def value(self) -> Decoded:
        """Decode the value that comes next, and step over it."""
        self.peek()
        size = _CHUNK
        while True:
            decoded = self._decoded()
            if decoded is not None:
                self._at = decoded.end
                return decoded
            if len(self._text) - self._at > _LONGEST_VALUE:
                raise self.broken("has a value of over four million characters")
            self._read(size)
            size *= 2

    def _decoded(self) -> Decoded | None:
        """The next value, or None when more of the file must be read to know it."""
        try:
            decoded = self._decoder.decode(self._text, self._at)
        except RecursionError:
            raise self.broken("is nested too deeply") from None
        except json.JSONDecodeError as error:
            unclosed = "Unterminated" in error.msg or error.pos + _MARGIN >= len(self._text)
            if unclosed and not self._ended:
                return None
            raise self._mistake(error) from None
        if decoded.end == len(self._text) and not self._ended:
            return None
        return decoded

    def _mistake(self, error: json.JSONDecodeError) -> BrokenFileError:
        line = self.line + self._text.count("\n", self._at, error.pos)
        if self._ended and error.pos >= len(self._text.rstrip()):
            return BrokenFileError(self.file, "ends too early: it is truncated", line=line)
        return BrokenFileError(self.file, f"is not JSON: {error.msg}", line=line)

    def _read(self, size: int) -> None:
        more = self._stream.read(size)
        self._ended = not more
        self._line = self.line
        self._text = self._text[self._at :] + more
        self._at = self._counted = 0
