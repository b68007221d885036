"""An `.xlsx` file as a package of parts: looked through before anything unpacks it.

A few kilobytes can unpack to gigabytes, and what a package says of its sizes need not be true.
So every part is unpacked once, without keeping it, and counted.
"""

import os
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Final
from xml.parsers import expat

from deskhand.errors import BrokenFileError
from deskhand.intake.text import unreadable

MOST_BYTES: Final = 300_000_000
"""Bytes of all parts of a workbook, unpacked."""

MOST_PARTS: Final = 5_000
_CHUNK: Final = 1 << 16
_LOCAL_HEADER: Final = 30
_OLE: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK\x03\x04"
_PACKED: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_UTF16: Final = (b"\xff\xfe", b"\xfe\xff")
_REFUSED: Final = (
    ("vbaproject.bin", "holds macros; save it as a workbook without macros (.xlsx)"),
    ("macrosheets/", "holds macros; save it as a workbook without macros (.xlsx)"),
    ("externallinks/", "takes values from other workbooks; save it with the values alone"),
)

Attributes = Mapping[str, str]


class Refused(Exception):  # noqa: N818 - it becomes a `BrokenFileError`, which knows the file
    """The workbook is not read; the message says why."""


class Package:
    """The parts of a workbook. `stamp` is another one when the file has changed."""

    def __init__(self, archive: zipfile.ZipFile, stream: IO[bytes]) -> None:
        self._archive = archive
        self._stream = stream
        self._names = {info.filename.lower(): info.filename for info in archive.infolist()}
        found = os.fstat(stream.fileno())
        self.stamp = (found.st_ino, found.st_size, found.st_mtime_ns)

    def check_parts(self) -> None:
        """Raise `Refused` unless every part is harmless, and as large as it says."""
        _check_parts(self._archive, self._stream)

    def parse(self, name: str, **handlers: Callable[..., Any]) -> None:
        """Parse a part of XML; raises `Refused`. Entities and other encodings are not taken."""
        known = self._names.get(name.lower())
        if known is None:
            raise Refused("is damaged: a part of the workbook is missing")
        parser = expat.ParserCreate()
        parser.StartDoctypeDeclHandler = _refuse_doctype
        parser.XmlDeclHandler = _refuse_encoding
        for handler, called in handlers.items():
            setattr(parser, handler, called)
        try:
            with self._archive.open(known) as part:
                chunk = part.read(_CHUNK)
                if chunk.startswith(_UTF16):
                    raise Refused("has parts that are not UTF-8")
                while chunk:
                    parser.Parse(chunk, False)
                    chunk = part.read(_CHUNK)
                parser.Parse(b"", True)
        except (expat.ExpatError, zipfile.BadZipFile, zlib.error, EOFError) as error:
            raise Refused("is damaged: a part of the workbook cannot be read") from error


@contextmanager
def opened_package(file: Path) -> Iterator[Package]:
    """Open a workbook; what is `Refused` of it meanwhile is raised as a `BrokenFileError`."""
    try:
        with file.open("rb") as stream:
            _check_kind(stream.read(len(_ZIP)))
            stream.seek(0)
            with zipfile.ZipFile(stream) as archive:
                yield Package(archive, stream)
    except Refused as error:
        raise BrokenFileError(file, str(error)) from None
    except (zipfile.BadZipFile, NotImplementedError, struct.error, zlib.error, EOFError):
        raise BrokenFileError(file, "is a damaged workbook, or was cut off") from None
    except OSError as error:
        raise unreadable(file, error) from error


def _check_kind(beginning: bytes) -> None:
    if not beginning:
        raise Refused("is empty")
    if beginning == _OLE:
        raise Refused("is protected by a password, or of the old kind .xls; save it as .xlsx")
    if beginning != _ZIP:
        raise Refused("is no workbook (.xlsx)")


def _check_parts(archive: zipfile.ZipFile, stream: IO[bytes]) -> None:
    parts = archive.infolist()
    names = {part.filename.lower() for part in parts}
    if len(names) < len(parts) or len(parts) > MOST_PARTS:
        raise Refused("is damaged: it has parts of the same name, or too many parts")
    for sign, problem in _REFUSED:
        if any(sign in name for name in names):
            raise Refused(problem)
    if sum(part.file_size for part in parts) > MOST_BYTES:
        raise Refused(f"unpacks to more than {MOST_BYTES:,} bytes")
    for part in parts:
        if part.flag_bits & 1 or part.compress_type not in _PACKED:
            raise Refused("is protected by a password, or packed in a way that is not read")
        if not _has_its_size(part, stream):
            raise Refused("is damaged: a part is larger or smaller than it says")


def _has_its_size(part: zipfile.ZipInfo, stream: IO[bytes]) -> bool:
    """Whether a part unpacks to as many bytes as the package says: no more are ever unpacked."""
    stream.seek(part.header_offset)
    header = stream.read(_LOCAL_HEADER)
    if not header.startswith(_ZIP):
        return False
    stream.seek(sum(struct.unpack("<HH", header[26:30])), 1)
    if part.compress_type == zipfile.ZIP_STORED:
        return part.compress_size == part.file_size
    unpacking = zlib.decompressobj(-zlib.MAX_WBITS)
    packed, size = part.compress_size, 0
    while packed and not unpacking.eof:
        chunk = stream.read(min(_CHUNK, packed))
        if not chunk:
            return False
        packed -= len(chunk)
        while chunk and size <= part.file_size:
            size += len(unpacking.decompress(chunk, _CHUNK))
            chunk = unpacking.unconsumed_tail
        if size > part.file_size:
            return False
    return unpacking.eof and not packed and size == part.file_size


def local(name: str) -> str:
    """Return a name of XML without its prefix."""
    return name.rpartition(":")[2]


def _refuse_doctype(*_: object) -> None:
    raise Refused("declares entities, which no workbook needs")


def _refuse_encoding(_version: str, encoding: str | None, _standalone: int) -> None:
    if (encoding or "utf-8").lower() not in ("utf-8", "utf8", "us-ascii"):
        raise Refused("has parts that are not UTF-8")
