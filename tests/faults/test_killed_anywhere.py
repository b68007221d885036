"""A worker that dies at the edge of any step leaves nothing lost and nothing done twice."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future

import pytest

from deskhand.domain.work_item import ItemState
from tests.faults.conftest import Practice, chosen, side_by_side
from tests.faults.oracle import Ending
from tests.faults.workers import perform_and_die, perform_to_rest

# What is known of the claim's acts once a second worker has gone on: what was not sent is done
# once more, what was sent is found by its proof.
PLACES = {
    "after:feed": ["confirmed"],
    "after:begin": ["confirmed"],
    "after:login": ["confirmed"],
    "before:intend": ["confirmed"],
    "after:intend": ["not_done", "confirmed"],
    "before:may_leave": ["not_done", "confirmed"],
    "after:may_leave": ["not_done", "confirmed"],
    "before:confirmed": ["confirmed"],
    "after:confirmed": ["confirmed"],
    "before:settle": ["confirmed"],
    "after:settle": ["confirmed"],
}


@pytest.fixture(scope="module")
def performed(
    practice: Practice, request: pytest.FixtureRequest
) -> Iterator[Mapping[str, Future[Ending]]]:
    """The claims' endings, by the place where their first worker died."""

    def perform(place: str) -> Ending:
        project = practice.project()
        perform_and_die(project, at=place)
        perform_to_rest(project)
        return practice.ending(project)

    with side_by_side(perform, chosen(request, "place")) as performing:
        yield performing


@pytest.mark.browser
@pytest.mark.parametrize("place", PLACES)
def test_a_claim_is_submitted_once_wherever_its_worker_was_killed(
    performed: Mapping[str, Future[Ending]], place: str
) -> None:
    ending = performed[place].result()

    assert (ending.state, ending.commits) == (ItemState.DONE, 1)
    assert ending.acts == PLACES[place]
