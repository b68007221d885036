"""A worker that dies at the edge of any step leaves nothing lost and nothing done twice."""

import pytest

from deskhand.domain.work_item import ItemState
from tests.faults.conftest import Practice
from tests.faults.workers import perform_and_die, perform_to_rest

# What is known of the claim's acts once a second worker has gone on: what was not sent is done
# once more, what was sent is found by its proof.
PLACES = {
    "after:feed": ["confirmed"],
    "before:begin": ["confirmed"],
    "after:begin": ["confirmed"],
    "before:intend": ["confirmed"],
    "after:intend": ["not_done", "confirmed"],
    "before:may_leave": ["not_done", "confirmed"],
    "after:may_leave": ["not_done", "confirmed"],
    "before:confirmed": ["confirmed"],
    "after:confirmed": ["confirmed"],
    "before:settle": ["confirmed"],
    "after:settle": ["confirmed"],
}


@pytest.mark.browser
@pytest.mark.parametrize("place", PLACES)
def test_a_claim_is_submitted_once_wherever_its_worker_was_killed(
    practice: Practice, place: str
) -> None:
    project = practice.project()
    perform_and_die(project, at=place)

    perform_to_rest(project)

    ending = practice.ending(project)
    assert (ending.state, ending.commits) == (ItemState.DONE, 1)
    assert ending.acts == PLACES[place]
