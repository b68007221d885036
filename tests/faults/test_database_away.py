"""The database goes away under a worker, and comes back."""

from pathlib import Path

import pytest

from deskhand.domain.work_item import ItemState
from tests.campaign import more
from tests.faults.conftest import Practice
from tests.faults.workers import WorkerProcess
from tests.postgres import PostgresServer
from tests.practice.away import cut_off
from tests.practice.waiting import eventually


@pytest.mark.browser
@pytest.mark.parametrize("place", ["before:confirmed", *more("before:intend", "before:may_leave")])
def test_a_worker_that_loses_its_database_goes_on_when_it_is_back(
    practice: Practice, postgres_server: PostgresServer, postgres_url: str, place: str
) -> None:
    project = practice.project(database=postgres_url)

    with WorkerProcess(project, at=place, blow="stop") as worker:
        worker.until_struck()
        with cut_off(postgres_server, postgres_url):
            worker.wake()
            eventually(lambda: _noticed(project.state), what="the worker misses its database")
        worker.until_rest()

    ending = practice.ending(project)
    assert (ending.state, ending.commits) == (ItemState.DONE, 1)


def _noticed(state: Path) -> bool:
    log = (state / "logs" / "worker.jsonl").read_text(encoding="utf-8")
    return '"problem"' in log
