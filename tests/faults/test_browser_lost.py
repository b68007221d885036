"""A browser that dies while it submits: what was not sent is sent, what was sent is looked up."""

from collections.abc import Mapping

import pytest

from deskhand.domain.work_item import ItemState
from tests.faults.conftest import Practice
from tests.faults.workers import WorkerProcess, is_alive, perform_and_die
from tests.practice.waiting import eventually

# How often the request to submit reached the portal at most.
MOMENTS: Mapping[str, int] = {"before:may_leave": 1, "after:may_leave": 2, "before:confirmed": 1}


@pytest.mark.browser
@pytest.mark.parametrize("moment", MOMENTS)
def test_a_claim_is_submitted_once_although_its_browser_died(
    practice: Practice, moment: str
) -> None:
    project = practice.project()

    with WorkerProcess(project, at=moment, blow="kill-browser") as worker:
        worker.until_struck()
        worker.until_rest()

    ending = practice.ending(project)
    assert (ending.state, ending.commits) == (ItemState.DONE, 1)
    assert practice.requests(project) <= MOMENTS[moment]


@pytest.mark.browser
def test_no_browser_outlives_a_worker_that_was_killed(practice: Practice) -> None:
    project = practice.project()

    browsers = perform_and_die(project, at="after:begin")

    assert browsers
    eventually(lambda: not any(map(is_alive, browsers)), what="the browsers end", within=20)
