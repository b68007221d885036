"""What the store keeps of dropped files."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from deskhand.domain.drop import DroppedFile
from deskhand.domain.identifiers import DropId, FileId


class Drops(Protocol):
    """Files that came through drop folders."""

    def find(self, id: DropId) -> DroppedFile | None:
        """Return a dropped file, locked; None before a worker saw to it."""
        ...

    def add(self, drop: DroppedFile) -> None:
        """Note that a worker sees to a claimed file, once."""
        ...

    def save(self, drop: DroppedFile) -> None:
        """Write how far it has come."""
        ...

    def of_file(self, file: FileId) -> Sequence[DroppedFile]:
        """Return every drop that had this content, oldest first."""
        ...

    def since(self, moment: datetime) -> Sequence[DroppedFile]:
        """Return the drops that were claimed since then and taken in, oldest first."""
        ...

    def unended(self) -> Sequence[DroppedFile]:
        """Return the drops for which something is left to do, oldest first."""
        ...
