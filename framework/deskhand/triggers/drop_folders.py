"""Drop folders on a file system: looked at again and again, which works on network folders too.

Every step below a client's folder goes from an open folder to the next one by name, without
following links: whoever may write there cannot lead it elsewhere, nor swap a folder under way.
"""

import errno
import os
import stat
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path, PurePosixPath

from deskhand.domain.drop import (
    ClaimedDrop,
    DroppedFile,
    DropPlace,
    Mark,
    WaitingDrop,
    claimed_on,
    is_unfinished,
    safe_name,
)
from deskhand.domain.file_pattern import FilePattern, is_literal
from deskhand.domain.identifiers import DropId
from deskhand.errors import DropFolderError
from deskhand.ports.drop_folders import Look
from deskhand.triggers.drop_sights import FileWatch, Found, Sight, mark_of
from deskhand.triggers.moving import CLAIMED, OURS, REFUSED, Opened, move, move_away, working_folder

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC


class PolledFolders:
    """The drop folders below a project's folder (`deskhand.ports.drop_folders.DropFolders`)."""

    def __init__(self, root: Path, *, watches: Sequence[FileWatch], archive: Path) -> None:
        self._root = root
        self._watches = watches
        self._archive = archive

    def look(self) -> Look:
        found = Found()
        for watch in self._watches:
            self._find_folders(watch, found)
        for at, watching in found.folders.items():
            sight = Sight(at=at, watching=watching)
            found.places += sight.places
            try:
                with self._opened(at) as folder:
                    sight.look(folder, found)
            except OSError as error:
                found.trouble(at, _said(error))
        found.waiting.sort(key=lambda drop: (drop.mark.modified, drop.name))
        found.claimed.sort(key=lambda drop: drop.id)
        return Look(
            places=tuple(found.places),
            waiting=tuple(found.waiting),
            claimed=tuple(found.claimed),
            troubles=tuple(found.troubles),
        )

    def claim(self, drop: WaitingDrop, id: DropId) -> ClaimedDrop | None:
        claimed = ClaimedDrop(id=id, place=drop.place, name=drop.name, mark=drop.mark)
        with self._at(drop.place) as folder, working_folder(folder, CLAIMED, mode=0o700) as ours:
            try:
                move(folder, drop.name, ours, claimed.own_name)
            except FileNotFoundError:
                return None
            mark = mark_of(os.stat(claimed.own_name, dir_fd=ours.fd, follow_symlinks=False))
        return ClaimedDrop(id=id, place=drop.place, name=drop.name, mark=mark)

    def mark_of(self, drop: ClaimedDrop) -> Mark | None:
        with self._at(drop.place) as folder, working_folder(folder, CLAIMED, mode=0o700) as ours:
            try:
                found = os.stat(drop.own_name, dir_fd=ours.fd, follow_symlinks=False)
            except FileNotFoundError:
                return None
        return mark_of(found)

    def file_of(self, drop: ClaimedDrop) -> Path:
        return self._root / drop.place.folder / CLAIMED / drop.own_name

    def delivered_as(self, drop: ClaimedDrop) -> Path:
        parts = PurePosixPath(drop.place.folder).parts
        links = self._links(parts)
        # Below, nothing was a link when it was claimed; what is one by now is not followed.
        fixed = self._root.joinpath(*parts[:links]).resolve()
        return fixed.joinpath(*parts[links:], safe_name(drop.name))

    def archive(self, drop: ClaimedDrop) -> None:
        target = self._archive / drop.place.client / claimed_on(drop.id).isoformat()
        with self._at(drop.place) as folder, working_folder(folder, CLAIMED, mode=0o700) as ours:
            move_away(ours, drop.own_name, target)

    def take_back(self, drop: DroppedFile) -> bool:
        archived = self._archive / drop.client / claimed_on(drop.id).isoformat()
        try:
            found = os.lstat(archived / drop.own_name)
        except OSError:
            return False
        if not stat.S_ISREG(found.st_mode) or found.st_size == drop.size:
            return False
        with (
            self._at(drop.place) as folder,
            working_folder(folder, CLAIMED, mode=0o700) as ours,
            _plain_folder(archived) as fd,
        ):
            move(Opened(fd=fd, name=str(archived)), drop.own_name, ours, drop.own_name)
        return True

    def refuse(self, drop: ClaimedDrop, *, why: str) -> None:
        with (
            self._at(drop.place) as folder,
            working_folder(folder, CLAIMED, mode=0o700) as ours,
            working_folder(folder, REFUSED, mode=0o755) as refused,
        ):
            # First the reason: a refused file without one would tell its client nothing.
            _write(refused, f"{drop.own_name}.why.txt", why)
            try:
                move(ours, drop.own_name, refused, drop.own_name)
            except FileNotFoundError:
                return  # moved before, by one that died behind it

    def _find_folders(self, watch: FileWatch, found: Found) -> None:
        parts = watch.pattern.folders

        def descend(fd: int, at: tuple[str, ...], client: str) -> None:
            if len(at) == len(parts):
                found.folders.setdefault(at, []).append((watch, client or "main"))
                return
            for name, named in self._inner(watch.pattern, fd, at):
                try:
                    with _inner_folder(fd, name, links=_may_be_links(parts, len(at))) as inner:
                        descend(inner, (*at, name), named or client)
                except FileNotFoundError:
                    continue
                except OSError as error:
                    found.trouble((*at, name), _said(error))

        try:
            with _plain_folder(self._root) as root:
                descend(root, (), "")
        except OSError as error:
            found.trouble((), _said(error))

    def _inner(self, pattern: FilePattern, fd: int, at: tuple[str, ...]) -> list[tuple[str, str]]:
        """Return the folders that the pattern's next part names, each with its client, if any."""
        part = pattern.folders[len(at)]
        if is_literal(part):
            return [(part, "")]
        with os.scandir(fd) as entries:
            names = sorted(
                entry.name
                for entry in entries
                if entry.name not in OURS
                and not is_unfinished(entry.name)
                and not entry.is_file(follow_symlinks=False)
            )
        clients = ((name, pattern.client_in(len(at), name)) for name in names)
        return [(name, client) for name, client in clients if client is not None]

    @contextmanager
    def _at(self, place: DropPlace) -> Iterator[Opened]:
        try:
            with self._opened(PurePosixPath(place.folder).parts) as folder:
                yield folder
        except OSError as error:
            advice = ""
            if error.errno == errno.EXDEV:
                advice = (
                    f"{CLAIMED}/ and {REFUSED}/ must be plain folders of the drop folder's disk"
                )
            raise DropFolderError(place.folder, _said(error), advice=advice) from error

    @contextmanager
    def _opened(self, at: Sequence[str]) -> Iterator[Opened]:
        """Open a drop folder, step by step."""
        links = self._links(at)

        def step(fd: int, depth: int) -> Iterator[Opened]:
            if depth == len(at):
                yield Opened(fd=fd, name="/".join(at))
                return
            with _inner_folder(fd, at[depth], links=depth < links) as inner:
                yield from step(inner, depth + 1)

        with _plain_folder(self._root) as root:
            yield from step(root, 0)

    def _links(self, at: Sequence[str]) -> int:
        """Return how many of a drop folder's first parts may be links."""
        matched = (_first_matched(w.pattern.folders) for w in self._watches if _leads_to(w, at))
        return min(matched, default=0)


@contextmanager
def _plain_folder(root: Path) -> Iterator[int]:
    fd = os.open(root, _FOLDER)
    try:
        yield fd
    finally:
        os.close(fd)


@contextmanager
def _inner_folder(fd: int, name: str, *, links: bool) -> Iterator[int]:
    inner = os.open(name, _FOLDER | (0 if links else os.O_NOFOLLOW), dir_fd=fd)
    try:
        yield inner
    finally:
        os.close(inner)


def _may_be_links(parts: Sequence[str], depth: int) -> bool:
    """Whether a folder at this depth may be a link: only where nobody but us chose its name."""
    return depth < _first_matched(parts)


def _first_matched(parts: Sequence[str]) -> int:
    return next((i for i, part in enumerate(parts) if not is_literal(part)), len(parts))


def _leads_to(watch: FileWatch, at: Sequence[str]) -> bool:
    pattern = watch.pattern
    return len(pattern.folders) == len(at) and all(
        pattern.client_in(depth, name) is not None for depth, name in enumerate(at)
    )


def _write(folder: Opened, name: str, text: str) -> None:
    """Write a small file, whole or not at all."""
    unfinished = f".{name}.unfinished"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    with os.fdopen(
        os.open(unfinished, flags, 0o644, dir_fd=folder.fd), "w", encoding="utf-8"
    ) as to:
        to.write(text)
        to.flush()
        os.fsync(to.fileno())
    move(folder, unfinished, folder, name)


def _said(error: OSError) -> str:
    if error.errno in (errno.ELOOP, errno.ENOTDIR):
        which = f"{error.filename}/ in it " if error.filename in OURS else ""
        return f"{which}is a link or no folder; only real folders are looked into"
    return (error.strerror or type(error).__name__).lower()
