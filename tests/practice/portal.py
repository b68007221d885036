"""A practice portal that tests start, and projects on it whose claims nobody else has."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from typing import Any

from deploy.demo.files import write_world
from deploy.demo.values import Claim, World
from tests.portals.payer.process import PortalProcess
from tests.practice.claims import PracticeClaims, practice_claims
from tests.practice.project import PracticeProject, new_project

CLIENTS = ("lakeside", "northgate")
_CLAIMS_OF_A_CLIENT = 60


@dataclass(slots=True, kw_only=True)
class Practice:
    """A practice portal, and projects on it; each claim is dealt once."""

    portal: PortalProcess
    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)
    _claims: Mapping[str, Iterator[Claim]] = field(init=False)

    def __post_init__(self) -> None:
        self._claims = {client: iter(claims) for client, claims in _invented().of.items()}

    def deal(self, client: str, number: int) -> Sequence[Claim]:
        """Claims of a client that the portal will take, and that nobody has had before."""
        return [*islice(self._claims[client], number)]

    def empty_project(self, **settings: Any) -> PracticeProject:
        """A new project on this portal (`new_project`) that has taken nothing in."""
        folder = self.folder / f"project-{next(self._numbers)}"
        return new_project(folder, world=practice_world(), url=self.portal.url, **settings)


def practice_world() -> World:
    """The world that every practice portal of these tests knows."""
    return _invented().world


def practice_portal(folder: Path, *, faults: str = "none", port: int = 0) -> PortalProcess:
    """Start a practice portal that keeps what it holds in the folder."""
    world = practice_world()
    write_world(world, folder / "world.json")
    return PortalProcess.start(
        data_dir=folder / "portal",
        world=folder / "world.json",
        faults=faults,
        today=world.today,
        port=port,
    )


def _invented() -> PracticeClaims:
    return practice_claims(clients=dict.fromkeys(CLIENTS, _CLAIMS_OF_A_CLIENT))
