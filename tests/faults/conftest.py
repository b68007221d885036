"""The practice portals of the campaign, and the projects on them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from _pytest.mark import ParameterSet

from deploy.demo.files import write_world
from deploy.demo.values import Claim
from deskhand.bootstrap.deliveries import accept
from deskhand.bootstrap.workplace import human
from tests.faults.oracle import Ending, endings
from tests.portals.payer.process import PortalProcess
from tests.practice.claims import practice_claims
from tests.practice.project import RUNBOOK, PracticeProject, new_project

CLIENTS = ("lakeside", "northgate")
_CLAIMS_OF_A_CLIENT = 60
_AT_ONCE = 3


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave the long campaign out, unless it is asked for: `-m campaign`."""
    if "campaign" in str(config.option.markexpr):
        return
    left_out = [item for item in items if item.get_closest_marker("campaign")]
    config.hook.pytest_deselected(items=left_out)
    items[:] = [item for item in items if item not in left_out]


def more(*values: object) -> list[ParameterSet]:
    """Parameters that only the long campaign uses."""
    return [pytest.param(value, marks=pytest.mark.campaign) for value in values]


@dataclass(slots=True, kw_only=True)
class Practice:
    """A practice portal, and projects on it whose claims nobody else has."""

    portal: PortalProcess
    folder: Path
    _numbers: Iterator[int] = field(default_factory=count)
    _claims: Mapping[str, Iterator[Claim]] = field(init=False)
    _one_at_a_time: Lock = field(default_factory=Lock)

    def __post_init__(self) -> None:
        dealt = practice_claims(clients=dict.fromkeys(CLIENTS, _CLAIMS_OF_A_CLIENT))
        self._claims = {client: iter(claims) for client, claims in dealt.of.items()}

    def project(
        self,
        *,
        items: int = 1,
        clients: int = 1,
        database: str = "",
        act_within: str = "4s",
        patience: str = "20s",
    ) -> PracticeProject:
        """A new project that has taken so many claims of each client in; nothing is performed."""
        world = practice_claims(clients=dict.fromkeys(CLIENTS, _CLAIMS_OF_A_CLIENT)).world
        project = new_project(
            self.folder / f"project-{next(self._numbers)}",
            world=world,
            url=self.portal.url,
            variables={"DESKHAND_DATABASE_URL": database} if database else {},
            lanes=clients,
            act_within=act_within,
            patience=patience,
        )
        # Bots are loaded once a process, by one thread.
        with self._one_at_a_time, project.place() as place:
            for client in CLIENTS[:clients]:
                file = project.deliver(client, islice(self._claims[client], items))
                accept(place, RUNBOOK, file, client=None, by=human("test"))
        return project

    def endings(self, project: PracticeProject) -> Mapping[str, Ending]:
        """Tell how the project's claims ended; checks what must always hold."""
        return endings(project, self.portal.ledger())

    def ending(self, project: PracticeProject) -> Ending:
        """Tell how the project's only claim ended; checks what must always hold."""
        (only,) = self.endings(project).values()
        return only

    def requests(self, project: PracticeProject) -> int:
        """How many requests to submit the project's claims have reached the portal."""
        log = (self.folder / "portal" / "portal.log").read_text(encoding="utf-8")
        return sum(
            len(re.findall(rf"POST /claims/new/{number}\.\w+/submit", log))
            for number in self.endings(project)
        )


Opening = Callable[[str], Practice]


def chosen(request: pytest.FixtureRequest, parameter: str) -> Sequence[str]:
    """The values of a parameter with which this module's tests were asked for."""
    parameters: list[dict[str, Any]] = [
        item.callspec.params
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.module is request.module
        and hasattr(item, "callspec")
    ]
    return [*dict.fromkeys(each[parameter] for each in parameters if parameter in each)]


@contextmanager
def side_by_side(
    perform: Callable[[str], Ending], values: Iterable[str]
) -> Iterator[Mapping[str, Future[Ending]]]:
    """Perform scenarios a few at a time: each of them waits more than it works."""
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        performing = {value: pool.submit(perform, value) for value in values}
        yield performing
        pool.shutdown(cancel_futures=True)


def practice_portal(folder: Path, *, faults: str, port: int = 0) -> PortalProcess:
    """Start a practice portal that keeps what it holds in the folder."""
    world = practice_claims(clients=dict.fromkeys(CLIENTS, _CLAIMS_OF_A_CLIENT)).world
    write_world(world, folder / "world.json")
    return PortalProcess.start(
        data_dir=folder / "portal",
        world=folder / "world.json",
        faults=faults,
        today=world.today,
        port=port,
    )


@pytest.fixture(scope="session")
def open_practice(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opening]:
    """Open practice portals, each with faults of its own; one that is open serves again."""
    opened: dict[str, Practice] = {}
    with ExitStack() as running:

        def opening(faults: str) -> Practice:
            if faults not in opened:
                folder = tmp_path_factory.mktemp("practice")
                portal = running.enter_context(practice_portal(folder, faults=faults))
                opened[faults] = Practice(portal=portal, folder=folder)
            return opened[faults]

        yield opening


@pytest.fixture(scope="session")
def practice(open_practice: Opening) -> Practice:
    """A practice portal without faults of its own."""
    return open_practice("none")
