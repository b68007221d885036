"""The practice portals of the campaign, and the projects on them."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import pytest

from deskhand.bootstrap.deliveries import accept
from deskhand.bootstrap.workplace import human
from tests.faults.oracle import Ending, endings
from tests.practice.portal import CLIENTS, practice_portal
from tests.practice.portal import Practice as DealtPractice
from tests.practice.project import RUNBOOK, PracticeProject

_AT_ONCE = 3


@dataclass(slots=True, kw_only=True)
class Practice(DealtPractice):
    """A practice portal, projects with claims on it, and what became of them."""

    _one_at_a_time: Lock = field(default_factory=Lock)

    def project(self, *, items: int = 1, clients: int = 1, **settings: Any) -> PracticeProject:
        """A new project that has taken so many claims of each client in; nothing is performed."""
        database = settings.pop("database", "")
        variables = {"DESKHAND_DATABASE_URL": database} if database else {}
        project = self.empty_project(lanes=clients, variables=variables, **settings)
        # Bots are loaded once a process, by one thread.
        with self._one_at_a_time, project.place() as place:
            for client in CLIENTS[:clients]:
                file = project.deliver(client, self.deal(client, items))
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
