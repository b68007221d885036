"""What lies in an open drop folder: what is waiting, what is claimed, and whose pattern it fits."""

import os
import stat
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from deskhand.domain.drop import (
    ClaimedDrop,
    DropKind,
    DropPlace,
    Mark,
    WaitingDrop,
    is_answer,
    is_delivery,
    is_unfinished,
    safe_name,
    split_own_name,
)
from deskhand.domain.file_pattern import FilePattern
from deskhand.domain.identifiers import TriggerName
from deskhand.errors import DropFolderError
from deskhand.triggers.moving import CLAIMED, OURS, Opened, own_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class FileWatch:
    """What is watched for: files that fit the pattern, of clients that have an account."""

    trigger: TriggerName
    runbook: str
    pattern: FilePattern
    clients: frozenset[str]


@dataclass(slots=True)
class Found:
    """What one look has found so far."""

    folders: dict[tuple[str, ...], list[tuple[FileWatch, str]]] = field(default_factory=dict)
    places: list[DropPlace] = field(default_factory=list)
    waiting: list[WaitingDrop] = field(default_factory=list)
    claimed: list[ClaimedDrop] = field(default_factory=list)
    troubles: list[DropFolderError] = field(default_factory=list)

    def trouble(self, at: Sequence[str], problem: str, *, advice: str = "") -> None:
        self.troubles.append(DropFolderError("/".join(at) or ".", problem, advice=advice))


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One drop folder: where it is, and who watches it, for which client."""

    at: tuple[str, ...]
    watching: Sequence[tuple[FileWatch, str]]

    @property
    def places(self) -> list[DropPlace]:
        """The folder, as each of its triggers sees it."""
        return [place_of(watch, self.at, client) for watch, client in self.watching]

    def look(self, folder: Opened, found: Found) -> None:
        """Find what lies in the open folder; raises `OSError`."""
        strange: set[str] = set()
        for name, mark in _entries(folder.fd).items():
            if name in OURS or is_unfinished(name) or is_answer(name):
                continue
            place = self._place_of(name, found)
            if place is not None:
                found.waiting.append(WaitingDrop(place=place, name=name, mark=mark))
            elif is_delivery(name) and not self._fitting(name):
                strange.add(PurePosixPath(name).suffix.lower())
        if strange:
            kinds = ", ".join(sorted(strange))
            advice = "let a file trigger's pattern name them, or move them away"
            found.trouble(self.at, f"no trigger takes {kinds} files here", advice=advice)
        claimed = own_folder(folder, CLAIMED)
        if claimed is not None:
            with closing(claimed):
                self._look_at_claimed(claimed, found)

    def _look_at_claimed(self, claimed: Opened, found: Found) -> None:
        for own, mark in _entries(claimed.fd).items():
            split = split_own_name(own)
            if split is None:
                continue
            drop_id, name = split
            place = self._place_of(name, found)
            if place is not None:
                found.claimed.append(ClaimedDrop(id=drop_id, place=place, name=name, mark=mark))
            else:
                found.trouble((*self.at, CLAIMED), "a file here fits no runbook, or two")

    def _place_of(self, name: str, found: Found) -> DropPlace | None:
        """Return the place of the one runbook whose pattern a name fits."""
        fitting = self._fitting(name)
        runbooks = sorted({watch.runbook for watch, _ in fitting})
        if len(runbooks) > 1:
            found.trouble(self.at, f"a file fits the runbooks {' and '.join(runbooks)}")
            return None
        return place_of(fitting[0][0], self.at, fitting[0][1]) if fitting else None

    def _fitting(self, name: str) -> list[tuple[FileWatch, str]]:
        """Return who watches for a file of this name."""
        path = PurePosixPath(safe_name(name))
        return [(watch, client) for watch, client in self.watching if watch.pattern.names(path)]


def place_of(watch: FileWatch, at: Sequence[str], client: str) -> DropPlace:
    """Return a drop folder as a trigger sees it."""
    return DropPlace(
        trigger=watch.trigger, client=client, folder="/".join(at), known=client in watch.clients
    )


def mark_of(found: os.stat_result) -> Mark:
    """Return what tells whether a file has changed."""
    return Mark(
        kind=_kind(found), size=found.st_size, modified=found.st_mtime_ns, inode=found.st_ino
    )


def _entries(fd: int) -> dict[str, Mark]:
    with os.scandir(fd) as entries:
        marks = ((entry.name, _stat(entry)) for entry in entries)
        return {name: mark for name, mark in marks if mark is not None}


def _stat(entry: "os.DirEntry[str]") -> Mark | None:
    try:
        return mark_of(entry.stat(follow_symlinks=False))
    except FileNotFoundError:
        return None


def _kind(found: os.stat_result) -> DropKind:
    mode = found.st_mode
    if stat.S_ISREG(mode):
        return DropKind.FILE if found.st_nlink == 1 else DropKind.LINKED
    if stat.S_ISLNK(mode):
        return DropKind.LINK
    return DropKind.FOLDER if stat.S_ISDIR(mode) else DropKind.OTHER
