"""The state folder: made where there is none, and held by one worker on SQLite."""

import errno
import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from deskhand.errors import StoreBusyError, StoreUnavailableError
from deskhand.settings.project import Project
from deskhand.stores.database import sqlite_file


def make_folder(folder: Path) -> None:
    """Make a folder where there is none, its owner's alone; raises `StoreUnavailableError`.

    The process's umask does not count: what lies in the state is nobody else's business.
    """
    try:
        missing = [each for each in (folder, *folder.parents) if not each.exists()]
        for each in reversed(missing):
            each.mkdir(mode=0o700, exist_ok=True)
        if not folder.is_dir():
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))
    except OSError as error:
        raise StoreUnavailableError(str(folder), str(error.strerror)) from error


def make_database_file(file: Path) -> None:
    """Make an SQLite database's file where there is none, its owner's alone.

    What SQLite puts beside it gets the same mode. Raises `StoreUnavailableError`.
    """
    make_folder(file.parent)
    try:
        os.close(os.open(file, os.O_CREAT | os.O_RDONLY | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreUnavailableError(str(file), str(error.strerror)) from error


@contextmanager
def only_worker(project: Project) -> Iterator[None]:
    """On SQLite, hold the state folder and the database; the kernel frees them whatever happens.

    Raises `StoreBusyError` when another worker holds one of them, `StoreUnavailableError`.
    """
    file = sqlite_file(project.database)
    if file is None:
        yield
        return
    make_folder(project.state)
    with _held(project.state / "worker.lock", place=str(project.state)):
        # A project with another state folder may have the same database.
        whole = file.resolve()
        make_folder(whole.parent)
        with _held(whole.with_name(f"{whole.name}.lock"), place=str(file)):
            yield


@contextmanager
def _held(lock: Path, *, place: str) -> Iterator[None]:
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise StoreUnavailableError(place, str(error.strerror)) from error
    with os.fdopen(descriptor, "r+") as held:
        try:
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            holder = f"process {held.read().strip() or 'unknown'}"
            raise StoreBusyError(place, holder=holder) from error
        held.truncate(0)
        held.write(str(os.getpid()))
        held.flush()
        yield
