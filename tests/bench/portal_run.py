"""A practice portal without faults, and a project whose bots work on it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deskhand.bootstrap.workplace import Workplace
from tests.bench.practice import Practice, write_project
from tests.portals.payer.process import PortalProcess


@dataclass(frozen=True, slots=True, kw_only=True)
class PortalRun:
    """What a bench works with while its portal runs."""

    url: str
    place: Workplace


@contextmanager
def running_portal(
    practice: Practice, folder: Path, *, clients: Sequence[str]
) -> Iterator[PortalRun]:
    """Lend a portal that knows the practice's members, and a project of these clients."""
    world = practice.save(folder / "world.json")
    with PortalProcess.start(
        data_dir=folder / "portal", world=world, today=practice.today
    ) as portal:
        logins = [practice.logins[f"{client}-bot"] for client in clients]
        place = write_project(folder / "project", clients=clients, url=portal.url, logins=logins)
        yield PortalRun(url=portal.url, place=place)
        place.store.close()
