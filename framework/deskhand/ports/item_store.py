"""Runbooks and the work items that follow them, and the files that items came in."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deskhand.domain.identifiers import (
    AccountName,
    FileId,
    ItemId,
    RunbookHash,
)
from deskhand.domain.intake_file import FileRow, IntakeFile
from deskhand.domain.work_item import ItemState, WorkItem


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRunbook:
    """A runbook's text by the hash of it, with its running number."""

    hash: RunbookHash
    name: str
    number: int
    source: str


class Runbooks(Protocol):
    """Runbooks by content."""

    def add(self, hash: RunbookHash, *, name: str, source: str, by: str, at: datetime) -> int:
        """Keep a runbook's text, once; return its running number."""
        ...

    def known(self, hash: RunbookHash) -> bool:
        """Whether this version is kept."""
        ...

    def get(self, hash: RunbookHash) -> StoredRunbook:
        """Return a runbook; raises `NotFoundError`."""
        ...

    def numbered(self, name: str, number: int) -> StoredRunbook:
        """Return a version of a runbook by its running number; raises `NotFoundError`."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReference:
    """The item that already has a reference, and the digest of its content."""

    item: ItemId
    fields_digest: str
    occurrences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which items to list; None means any."""

    runbook: str | None = None
    client: str | None = None
    state: ItemState | None = None
    reference: str | None = None
    file: FileId | None = None


class Items(Protocol):
    """Work items."""

    def known(
        self, runbook: str, client: str, references: Sequence[str]
    ) -> Mapping[str, KnownReference]:
        """Return which of the references are taken."""
        ...

    def add(self, items: Sequence[WorkItem]) -> None:
        """Insert new items; their first records must stand in the log."""
        ...

    def get(self, id: ItemId) -> WorkItem:
        """Return an item, locked until the transaction ends; raises `NotFoundError`."""
        ...

    def named(self, name: str) -> WorkItem:
        """Return the item with this id, or this reference if only one has it.

        Raises `NotFoundError`, whose advice lists the candidates where there are several.
        """
        ...

    def find(
        self, wanted: ItemFilter, *, limit: int, after: ItemId | None = None
    ) -> list[WorkItem]:
        """Return items in the order of their ids, behind `after`."""
        ...

    def save(self, item: WorkItem) -> None:
        """Write an item's next version; raises `StaleVersionError` if it moved on meanwhile."""
        ...

    def by_ids(self, ids: Sequence[ItemId]) -> dict[ItemId, WorkItem]:
        """Return the items with these ids."""
        ...

    def next_waiting(self, account: AccountName, *, now: datetime, limit: int) -> list[WorkItem]:
        """Return the account's most urgent items that may be performed now, locked.

        None of a runbook's version that is held.
        """
        ...

    def ready_by_account(self) -> Mapping[AccountName, int]:
        """Count each account's waiting items whose file has been taken in as a whole.

        Without those of a runbook's version that is held.
        """
        ...

    def counts(self, wanted: ItemFilter) -> Mapping[ItemState, int]:
        """Count items by state."""
        ...


class Files(Protocol):
    """Files on their way in."""

    def by_content(self, runbook: str, client: str, sha256: str) -> IntakeFile | None:
        """Return the file with this content, whatever its name."""
        ...

    def add(self, file: IntakeFile) -> None:
        """Note a new file."""
        ...

    def save(self, file: IntakeFile) -> None:
        """Write how far a file has come."""
        ...

    def get(self, id: FileId) -> IntakeFile:
        """Return a file; raises `NotFoundError`."""
        ...

    def everything(self) -> list[IntakeFile]:
        """Return every file, oldest first."""
        ...

    def begun(self) -> list[IntakeFile]:
        """Return the files that are being taken in, or were left in the middle, oldest first."""
        ...

    def add_rows(self, rows: Sequence[FileRow]) -> None:
        """Keep the fates of rows."""
        ...

    def rows(self, file: FileId) -> Iterator[FileRow]:
        """Yield a file's rows in order."""
        ...
