"""X12 files cut into segments, with the delimiters that each interchange announces."""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, NamedTuple

from deskhand.errors import BrokenFileError
from deskhand.intake.text import not_utf8, unreadable

_CHUNK = 1 << 18
_LONGEST_SEGMENT = 1 << 16
_HEADER_LENGTH = 106
_HEADER_ELEMENTS = 16
_SPACE = "\r\n\t "


@dataclass(frozen=True, slots=True, kw_only=True)
class Delimiters:
    """The four characters that cut an interchange, as its ISA segment has them."""

    element: str
    repetition: str
    component: str
    segment: str


class Segment(NamedTuple):
    """One segment: its number in the file from 1, its text without the terminator."""

    number: int
    text: str
    delimiters: Delimiters

    @property
    def id(self) -> str:
        return self.text.partition(self.delimiters.element)[0]

    def elements(self) -> list[str]:
        """The segment's id and its elements; element NM109 is at 9."""
        return self.text.split(self.delimiters.element)


def segments(file: Path) -> Iterator[Segment]:
    """Yield the segments of a file in its order, in constant memory.

    Raises `BrokenFileError` for what is not X12: no ISA header where one must be, delimiters
    that cannot cut, a segment without an end, bytes that are not UTF-8.
    """
    try:
        with file.open("rb") as stream:
            yield from _Cutter(file, stream).segments()
    except OSError as error:
        raise unreadable(file, error) from error


class _Cutter:
    def __init__(self, file: Path, stream: BinaryIO) -> None:
        self._file = file
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder("utf-8-sig")()
        self._text = ""
        self._number = 0

    def segments(self) -> Iterator[Segment]:
        while self._begins():
            delimiters = self._delimiters()
            yield from self._interchange(delimiters)
        if self._number == 0:
            raise BrokenFileError(self._file, "is empty")

    def _begins(self) -> bool:
        """Whether another interchange follows: any text that is not space."""
        while True:
            self._text = self._text.lstrip(_SPACE)
            if len(self._text) >= _HEADER_LENGTH or not self._read():
                return bool(self._text)

    def _delimiters(self) -> Delimiters:
        header = self._text[:_HEADER_LENGTH]
        if not header.startswith("ISA"):
            problem = "is not X12: an interchange begins with an ISA segment"
            raise self._broken(problem)
        if len(header) < _HEADER_LENGTH or header.count(header[3], 0, -1) != _HEADER_ELEMENTS:
            raise self._broken("has an ISA segment that is not 106 characters with 16 elements")
        delimiters = Delimiters(
            element=header[3], repetition=header[82], component=header[104], segment=header[105]
        )
        cutting = header[3] + header[82] + header[104] + header[105]
        if len(set(cutting)) != len(cutting) or any(char.isalnum() for char in cutting):
            raise self._broken("announces delimiters that cannot cut: they must be four signs")
        return delimiters

    def _interchange(self, delimiters: Delimiters) -> Iterator[Segment]:
        at = 0
        while True:
            end = self._text.find(delimiters.segment, at)
            if end < 0:
                self._text = self._text[at:]
                at = 0
                self._more_of_a_segment()
                continue
            text = self._text[at:end].strip("\r\n").lstrip()
            at = end + 1
            if not text:
                continue
            self._number += 1
            yield Segment(self._number, text, delimiters)
            if text.startswith("IEA"):
                self._text = self._text[at:]
                return

    def _more_of_a_segment(self) -> None:
        if len(self._text) > _LONGEST_SEGMENT:
            raise self._broken("has a segment of over 65,000 characters")
        if self._read():
            return
        if self._text.strip():
            raise self._broken("ends in the middle of a segment: it is truncated")
        raise self._broken("ends before its IEA segment: it is truncated")

    def _read(self) -> bool:
        chunk = self._stream.read(_CHUNK)
        try:
            more = self._decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError:
            raise not_utf8(self._file, line=self._number + 1) from None
        self._text += more
        return bool(chunk)

    def _broken(self, problem: str) -> BrokenFileError:
        return BrokenFileError(self._file, problem, line=self._number + 1)
