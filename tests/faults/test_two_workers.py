"""Two workers on one PostgreSQL database: what one lets fall, the other one picks up."""

from contextlib import ExitStack

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.work_item import ItemState
from deskhand.ports.item_store import ItemFilter
from tests.campaign import more
from tests.faults.conftest import Practice
from tests.faults.workers import WorkerProcess
from tests.practice.project import PracticeProject
from tests.practice.waiting import eventually


@pytest.mark.browser
@pytest.mark.parametrize("place", ["before:confirmed", *more("after:intend", "before:settle")])
def test_claims_are_submitted_once_while_one_of_two_workers_is_killed(
    practice: Practice, postgres_url: str, place: str
) -> None:
    project = practice.project(clients=2, database=postgres_url)

    with WorkerProcess(project, at=place) as first:
        eventually(lambda: _has_begun(project), what="the first worker has a claim")
        with WorkerProcess(project) as second:
            first.until_killed()
            second.until_rest()

    _all_done_once(practice, project)


@pytest.mark.browser
def test_two_workers_that_start_on_a_new_database_at_once_share_the_claims(
    practice: Practice, postgres_url: str
) -> None:
    project = practice.project(clients=2, database=postgres_url)

    with ExitStack() as both:
        workers = [both.enter_context(WorkerProcess(project)) for _ in range(2)]
        for worker in workers:
            worker.until_rest()

    _all_done_once(practice, project)


@pytest.mark.browser
def test_a_worker_that_is_stopped_within_a_transaction_does_not_stop_the_other_one(
    practice: Practice, postgres_url: str
) -> None:
    impatient = "?options=-c%20idle_in_transaction_session_timeout%3D2s"
    project = practice.project(database=postgres_url + impatient)

    with WorkerProcess(project, at="within:intend", blow="stop") as stopped:
        stopped.until_struck()
        with WorkerProcess(project) as second:
            second.until_rest()
        stopped.wake()
        stopped.until_rest()

    _all_done_once(practice, project)


def _has_begun(project: PracticeProject) -> bool:
    with project.place() as place, place.store.reading() as tx:
        items = tx.items.find(ItemFilter(), limit=10)
        attempts = [attempt for item in items for attempt in tx.attempts.of_item(item.id)]
    return any(attempt.state is AttemptState.RUNNING for attempt in attempts)


def _all_done_once(practice: Practice, project: PracticeProject) -> None:
    for ending in practice.endings(project).values():
        assert (ending.state, ending.commits) == (ItemState.DONE, 1)
