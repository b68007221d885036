"""The portal takes a claim in and never says so: it is found by its proof, not sent again."""

import pytest

from deskhand.domain.work_item import ItemState
from tests.faults.conftest import Opening
from tests.faults.workers import perform_and_die, perform_to_rest


@pytest.mark.browser
def test_claims_whose_answer_was_lost_are_found_and_not_sent_again(open_practice: Opening) -> None:
    practice = open_practice("drop-after-commit:CLM-0000001,timeout-after-commit:CLM-0000061")
    project = practice.project(clients=2)

    perform_to_rest(project)

    found = practice.endings(project)
    assert practice.portal.faults()["injected"] == {
        "drop-after-commit": 1,
        "timeout-after-commit": 1,
    }
    assert [(e.state, e.commits) for e in found.values()] == [(ItemState.DONE, 1)] * 2
    assert [list(e.acts) for e in found.values()] == [["confirmed"]] * 2


@pytest.mark.browser
def test_a_claim_whose_answer_was_lost_is_found_by_the_worker_after_the_one_that_died(
    open_practice: Opening,
) -> None:
    practice = open_practice("drop-after-commit")
    project = practice.project()
    perform_and_die(project, at="before:unknown")

    perform_to_rest(project)

    ending = practice.ending(project)
    assert (ending.state, ending.commits, list(ending.acts)) == (ItemState.DONE, 1, ["confirmed"])


@pytest.mark.browser
def test_a_claim_that_the_portal_broke_on_is_sent_once_more_only_when_it_is_not_there(
    open_practice: Opening,
) -> None:
    practice = open_practice("error-before-commit")
    project = practice.project()

    perform_to_rest(project)

    ending = practice.ending(project)
    assert (ending.state, ending.commits) == (ItemState.DONE, 1)
    assert ending.acts == ["not_done", "confirmed"]
    assert practice.requests(project) == 2
