"""A browser that dies while it submits: what was not sent is sent, what was sent is looked up."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest

from deskhand.domain.work_item import ItemState
from tests.faults.conftest import Practice, chosen, side_by_side
from tests.faults.oracle import Ending
from tests.faults.workers import WorkerProcess, is_alive, perform_and_die
from tests.practice.waiting import eventually


@pytest.fixture(scope="module")
def performed(
    practice: Practice, request: pytest.FixtureRequest
) -> Iterator[Mapping[str, Future[Ending]]]:
    """The claims' endings, by the moment at which their browser died."""

    def perform(moment: str) -> Ending:
        project = practice.project()
        with WorkerProcess(project, at=moment, blow="kill-browser") as worker:
            worker.until_struck()
            worker.until_rest()
        return practice.ending(project)

    with side_by_side(perform, chosen(request, "moment")) as performing:
        yield performing


@pytest.mark.browser
@pytest.mark.parametrize("moment", ["before:may_leave", "after:may_leave", "before:confirmed"])
def test_a_claim_is_submitted_once_although_its_browser_died(
    performed: Mapping[str, Future[Ending]], moment: str
) -> None:
    ending = performed[moment].result()

    assert (ending.state, ending.commits) == (ItemState.DONE, 1)


@pytest.mark.browser
def test_no_browser_outlives_a_worker_that_was_killed(practice: Practice) -> None:
    project = practice.project()

    browsers = perform_and_die(project, at="after:begin")

    assert browsers
    eventually(lambda: not any(map(is_alive, browsers)), what="the browsers end", within=20)
