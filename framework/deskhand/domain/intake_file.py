"""A client's file on its way in, and what came of each of its rows."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from deskhand.domain.identifiers import FileId, ItemId, RunbookHash


class FileState(Enum):
    """Where a file stands."""

    TAKING = "taking"  # rows are being taken in; a restart goes on behind `taken_rows`
    TAKEN = "taken"  # every row is an item, a repeat or rejected
    REFUSED = "refused"  # broken as a whole; none of its items is performed


class RowFate(Enum):
    """What became of one row at intake."""

    ACCEPTED = "accepted"
    REPEAT = "repeat"
    CONFLICT = "conflict"
    REJECTED = "rejected"


@dataclass(frozen=True, slots=True, kw_only=True)
class IntakeFile:
    """A file by its content: the same bytes under another name are the same file.

    `sheet` is the one of a workbook that was named; two sheets of one workbook are two files, and
    `sha256` is followed by the sheet's name. Of a dropped file that changed before all of its rows
    were in, it is followed by the drop's id: what was taken in is not that content as a whole.
    """

    id: FileId
    runbook: str
    runbook_hash: RunbookHash
    client: str
    name: str
    path: str
    sha256: str
    state: FileState
    taken_rows: int
    rejected_rows: int
    received_at: datetime
    sheet: str | None = None

    @property
    def stream(self) -> str:
        """The audit stream that tells this file's story."""
        return f"file:{self.id}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileRow:
    """One row of a file and its fate. `problem` never contains the row's values."""

    file: FileId
    row: int
    line: int
    fate: RowFate
    reference: str = ""
    item: ItemId | None = None
    field: str = ""
    problem: str = ""
