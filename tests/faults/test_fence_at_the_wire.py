"""A worker that was stopped around its click, and wakes, sends nothing that it may not send."""

from datetime import UTC, datetime

import pytest

from deskhand.domain.work_item import ItemState
from deskhand.ports.item_store import ItemFilter
from tests.campaign import more
from tests.faults.conftest import Practice
from tests.faults.workers import WorkerProcess
from tests.practice.project import PracticeProject
from tests.practice.waiting import eventually


@pytest.mark.browser
@pytest.mark.parametrize("place", ["before:may_leave", *more("after:may_leave")])
def test_a_worker_that_was_taken_for_dead_at_its_click_sends_nothing_when_it_wakes(
    practice: Practice, postgres_url: str, place: str
) -> None:
    project = practice.project(database=postgres_url)
    with WorkerProcess(project, at=place, blow="stop") as stopped:
        stopped.until_struck()
        with WorkerProcess(project) as second:
            second.until_rest()
        before = practice.ending(project)

        stopped.wake()
        stopped.until_rest()

    assert (before.state, before.commits) == (ItemState.DONE, 1)
    assert before.acts == ["not_done", "confirmed"]
    assert practice.ending(project) == before
    assert practice.requests(project) == 1


@pytest.mark.browser
@pytest.mark.campaign
def test_a_worker_that_wakes_before_its_item_was_given_to_another_sends_nothing_either(
    practice: Practice, postgres_url: str
) -> None:
    project = practice.project(database=postgres_url)
    with WorkerProcess(project, at="before:may_leave", blow="stop") as stopped:
        stopped.until_struck()
        with WorkerProcess(project) as second:
            eventually(lambda: _waits_again(project), what="the stopped worker is given up")

            stopped.wake()
            stopped.until_rest()
            second.until_rest()

    ending = practice.ending(project)
    assert (ending.state, ending.commits) == (ItemState.DONE, 1)
    assert ending.acts == ["not_done", "confirmed"]
    assert practice.requests(project) == 1


@pytest.mark.browser
@pytest.mark.parametrize("place", ["after:may_leave", *more("before:may_leave")])
def test_an_act_whose_time_has_passed_is_not_sent_by_the_worker_that_still_owns_it(
    practice: Practice, place: str
) -> None:
    project = practice.project(act_within="2s")
    with WorkerProcess(project, at=place, blow="stop") as stopped:
        stopped.until_struck()
        eventually(lambda: _time_has_passed(project), what="the act's last moment passes")

        stopped.wake()
        stopped.until_rest()

    ending = practice.ending(project)
    assert (ending.state, ending.commits) == (ItemState.DONE, 1)
    assert ending.acts == ["not_done", "confirmed"]
    assert practice.requests(project) == 1


def _waits_again(project: PracticeProject) -> bool:
    with project.place() as place, place.store.reading() as tx:
        (item,) = tx.items.find(ItemFilter(), limit=2)
    return item.state is ItemState.WAITING


def _time_has_passed(project: PracticeProject) -> bool:
    with project.place() as place, place.store.reading() as tx:
        (item,) = tx.items.find(ItemFilter(), limit=2)
        (act,) = tx.journal.effects_of(item.id)
    return datetime.now(UTC) > act.act_by
