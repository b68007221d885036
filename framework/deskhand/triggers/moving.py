"""Moving files between open folders: atomic, never over another file, harmless when repeated."""

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

CLAIMED: Final = "claimed"
REFUSED: Final = "refused"
OURS: Final = frozenset({CLAIMED, REFUSED})
"""Our own folders within a drop folder: nothing in them is dropped."""

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A folder that is open; its name is for messages."""

    fd: int
    name: str

    def close(self) -> None:
        """Let go of it."""
        os.close(self.fd)


@contextmanager
def working_folder(folder: Opened, name: str, *, mode: int) -> Iterator[Opened]:
    """Open one of our own folders within a drop folder; it is made where it is not there."""
    with suppress(FileExistsError):
        os.mkdir(name, mode, dir_fd=folder.fd)
    fd = os.open(name, _FOLDER, dir_fd=folder.fd)
    try:
        yield Opened(fd=fd, name=f"{folder.name}/{name}")
    finally:
        os.close(fd)


def own_folder(folder: Opened, name: str) -> Opened | None:
    """Open one of our own folders; None where it is not there yet."""
    try:
        fd = os.open(name, _FOLDER, dir_fd=folder.fd)
    except FileNotFoundError:
        return None
    return Opened(fd=fd, name=f"{folder.name}/{name}")


def move(source: Opened, name: str, target: Opened, new: str) -> None:
    """Rename a file, and see that a lost machine cannot undo it; raises `OSError`."""
    os.rename(name, new, src_dir_fd=source.fd, dst_dir_fd=target.fd)
    _flush(target)
    if target.fd != source.fd:
        _flush(source)


def _flush(folder: Opened) -> None:
    try:
        os.fsync(folder.fd)
    except OSError as error:
        # Some network file systems flush files only.
        if error.errno not in (errno.EINVAL, errno.ENOTSUP):
            raise


def move_away(source: Opened, name: str, folder: Path) -> None:
    """Move a file into a folder that may lie on another disk; raises `OSError`.

    There it is copied first, and only then taken away here.
    """
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    for each in reversed(missing):
        # Each by itself: parents that `mkdir` makes along are as open as the umask lets them be.
        each.mkdir(mode=0o750, exist_ok=True)
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    target = Opened(fd=fd, name=str(folder))
    try:
        if _is_there(target, name):
            _finish(source, name, target)
            return
        try:
            move(source, name, target, name)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            _copy(source, name, target)
            os.unlink(name, dir_fd=source.fd)
    finally:
        os.close(fd)


def _is_there(folder: Opened, name: str) -> bool:
    try:
        os.stat(name, dir_fd=folder.fd, follow_symlinks=False)
    except FileNotFoundError:
        return False
    return True


def _finish(source: Opened, name: str, target: Opened) -> None:
    """Take a file away whose copy is complete: the one who copied it died in between."""
    there = os.stat(name, dir_fd=target.fd, follow_symlinks=False)
    try:
        here = os.stat(name, dir_fd=source.fd, follow_symlinks=False)
    except FileNotFoundError:
        return
    if here.st_size != there.st_size:
        raise FileExistsError(errno.EEXIST, "another file of this name is archived")
    os.unlink(name, dir_fd=source.fd)


def _copy(source: Opened, name: str, target: Opened) -> None:
    unfinished = f".{name}.unfinished"
    flags = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW | os.O_CLOEXEC
    read = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=source.fd)
    with os.fdopen(read, "rb") as original:
        write = os.open(unfinished, flags, 0o640, dir_fd=target.fd)
        with os.fdopen(write, "wb") as copy:
            shutil.copyfileobj(original, copy, 1 << 20)
            copy.flush()
            os.fsync(copy.fileno())
    move(target, unfinished, target, name)
