"""Which reader reads which file."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from deskhand.errors import BrokenFileError
from deskhand.intake.csv import CsvReader
from deskhand.intake.isir import IsirReader
from deskhand.intake.json import JsonReader
from deskhand.intake.jsonl import JsonLinesReader
from deskhand.intake.x12 import X12ProfessionalClaimReader
from deskhand.intake.xlsx import XlsxReader
from deskhand.ports.reader import Reader

_WORKBOOK: Final = ".xlsx"
_READERS: Final[dict[str, Callable[[], Reader]]] = {
    ".csv": CsvReader,
    ".json": JsonReader,
    ".jsonl": JsonLinesReader,
    ".ndjson": JsonLinesReader,
    _WORKBOOK: XlsxReader,
    ".837": X12ProfessionalClaimReader,
    ".x12": X12ProfessionalClaimReader,
    ".edi": X12ProfessionalClaimReader,
    ".isir": IsirReader,
    ".dat": IsirReader,
}


def has_sheets(file: Path) -> bool:
    """Whether a file of this name is a workbook, of which a sheet can be named."""
    return file.suffix.lower() == _WORKBOOK


def reader_for(file: Path, *, sheet: str | None = None) -> Reader:
    """The reader for a file of this name; raises `BrokenFileError` when there is none.

    `sheet` names the one of a workbook that is read; other files have none.
    """
    if sheet is not None and has_sheets(file):
        return XlsxReader(sheet=sheet)
    reader = _READERS.get(file.suffix.lower())
    if reader is None:
        known = " ".join(_READERS)
        kind = f"kind {file.suffix!r}" if file.suffix else "kind without a suffix"
        problem = f"is of a {kind}, which no reader knows; known are {known}"
        raise BrokenFileError(file, problem)
    return reader()
