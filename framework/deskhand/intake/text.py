"""Text files as clients send them: looked through once, then read in one encoding."""

import codecs
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from deskhand.errors import BrokenFileError, FileUnreadableError

_CHUNK = 1 << 20
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def check_text(file: Path) -> None:
    """Raise `BrokenFileError` unless the file is UTF-8 text without NUL characters, and not empty.

    The whole file is looked through, in constant memory, so that nothing of a file in another
    encoding is ever taken in; the error names the line of the first byte that does not fit.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines = 0
    for chunk in _chunks(file):
        if lines == 0 and chunk.startswith(_UTF16_MARKS):
            raise BrokenFileError(file, "is UTF-16; save it as UTF-8 and send it again", line=1)
        if (nul := chunk.find(b"\0")) >= 0:
            problem = "holds a NUL character: it is damaged, UTF-16, or not a text file"
            raise BrokenFileError(file, problem, line=lines + chunk.count(b"\n", 0, nul) + 1)
        try:
            decoder.decode(chunk)
        except UnicodeDecodeError as error:
            line = lines + error.object[: error.start].count(b"\n") + 1
            raise not_utf8(file, line=line) from None
        lines += chunk.count(b"\n")
    if decoder.getstate()[0]:
        raise not_utf8(file, line=lines + 1)


def not_utf8(file: Path, *, line: int | None = None) -> BrokenFileError:
    """The error of a file that is in another encoding, with what to do about it."""
    problem = "is not UTF-8 (perhaps Windows-1252); save it as UTF-8 and send it again"
    return BrokenFileError(file, problem, line=line)


def unreadable(file: Path, error: OSError) -> FileUnreadableError:
    """The error of a file that the operating system does not give out."""
    return FileUnreadableError(file, f"cannot be read ({error.strerror or type(error).__name__})")


@contextmanager
def open_text(file: Path) -> Iterator[TextIO]:
    """Open a checked file as text, with or without a byte order mark, its newlines as they are."""
    try:
        with file.open(encoding="utf-8-sig", newline="") as stream:
            yield stream
    except UnicodeDecodeError:
        raise not_utf8(file) from None
    except OSError as error:
        raise unreadable(file, error) from error


def _chunks(file: Path) -> Iterator[bytes]:
    empty = True
    try:
        with file.open("rb") as stream:
            while chunk := stream.read(_CHUNK):
                empty = False
                yield chunk
    except OSError as error:
        raise unreadable(file, error) from error
    if empty:
        raise BrokenFileError(file, "is empty")
