"""A project's host: its worker, and every loop that the project has."""

from collections.abc import Iterator
from contextlib import contextmanager

from deskhand.bootstrap.clocks import sweeper_loop
from deskhand.bootstrap.triggers import trigger_loops
from deskhand.bootstrap.workplace import Workplace
from deskhand.runtime.host import Host, Loop, Service


@contextmanager
def host(place: Workplace) -> Iterator[Host]:
    """Put a host together; on SQLite it is the only worker while the context lasts.

    Raises `StoreBusyError`, `RunbookInvalidError`, `SettingsError`.
    """
    with (
        place.worker() as worker,
        trigger_loops(place, stage=worker.stage, holder=worker.id) as watching,
    ):
        # Whatever a host does besides performing items is one entry here: again and again …
        loops: list[Loop] = [
            *watching,
            sweeper_loop(place, worker.thread),
        ]
        # … or all the time.
        services: list[Service] = []
        yield Host(worker=worker, loops=loops, services=services, observer=place.observer)
