"""The folders into which clients drop files."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deskhand.domain.drop import ClaimedDrop, DroppedFile, DropPlace, Mark, WaitingDrop
from deskhand.domain.identifiers import DropId
from deskhand.errors import DropFolderError


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What lies in the drop folders: to be claimed, and claimed.

    `places` are the folders, one a trigger and folder; `troubles` what could not be looked at, or
    belongs to nobody.
    """

    places: tuple[DropPlace, ...] = ()
    waiting: tuple[WaitingDrop, ...] = ()
    claimed: tuple[ClaimedDrop, ...] = ()
    troubles: tuple[DropFolderError, ...] = ()


class DropFolders(Protocol):
    """Finds dropped files and moves them. Links are never followed, nor anything else opened.

    Moving is atomic: of any number of hosts one gets a file. Whatever is done twice, because a
    process died in between, ends as if it had been done once. All but `look` raise
    `DropFolderError`.
    """

    def look(self) -> Look:
        """Return what lies there, oldest first; what cannot be looked at is told in it."""
        ...

    def claim(self, drop: WaitingDrop, id: DropId) -> ClaimedDrop | None:
        """Take a file out of its drop folder; None when it has gone, or another was faster."""
        ...

    def mark_of(self, drop: ClaimedDrop) -> Mark | None:
        """Return how a claimed file is now; None when it is not there."""
        ...

    def file_of(self, drop: ClaimedDrop) -> Path:
        """Return where a claimed file is read."""
        ...

    def delivered_as(self, drop: ClaimedDrop) -> Path:
        """Return where the client had put it."""
        ...

    def archive(self, drop: ClaimedDrop) -> None:
        """Move a file that was taken in into the archive; nothing there is overwritten."""
        ...

    def take_back(self, drop: DroppedFile) -> bool:
        """Move an archived file that has grown back to the claimed ones; whether it has.

        An upload that stalled goes on in the file, wherever that lies.
        """
        ...

    def refuse(self, drop: ClaimedDrop, *, why: str) -> None:
        """Move a file that is not taken in aside, with a text beside it that says why."""
        ...


class DropAnswers(Protocol):
    """Writes the answers to a dropped file where its client finds them."""

    def write(self, drop: DroppedFile) -> dict[str, int]:
        """Write results, rejects and totals, each whole or not at all; return the totals' counts.

        Raises `AnswerNotWrittenError`.
        """
        ...
