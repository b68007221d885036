"""What people may decide while nobody knows whether a claim was submitted, and what comes of it."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit

import pytest

from deskhand.bootstrap.workplace import human
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.decide_case import done_by_hand, reject_case, retry_case
from deskhand.use_cases.desk import Desk, Word
from tests.faults.conftest import Practice
from tests.faults.oracle import Ending
from tests.faults.workers import perform_to_rest
from tests.practice.portal import practice_portal
from tests.practice.project import PracticeProject

COMMITTED = ("CLM-0000001", "CLM-0000002", "CLM-0000003", "CLM-0000004", "CLM-0000005")
NOT_COMMITTED = "CLM-0000006"
# The portal takes all but one in and tells nothing of any; from then on its search lags behind:
# whoever asks hears neither yes nor no.
DUMB = f"timeout-after-commit,error-before-commit:{NOT_COMMITTED},stale-read@2x*/subject~3600"

Decide = Callable[[Desk, Word], Any]


@pytest.fixture(scope="module")
def in_doubt(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Practice, PracticeProject]]:
    """A project whose every claim is in doubt; its portal has come to its senses since."""
    folder = tmp_path_factory.mktemp("doubt")
    with practice_portal(folder, faults=DUMB) as portal:
        practice = Practice(portal=portal, folder=folder)
        project = practice.project(items=6, patience="1s")
        perform_to_rest(project)
        port = urlsplit(portal.url).port or 0
    with practice_portal(folder, faults="none", port=port) as portal:
        practice.portal = portal
        yield practice, project


@pytest.fixture(scope="module")
def decided(in_doubt: tuple[Practice, PracticeProject]) -> Mapping[str, Ending]:
    """How the claims ended after a person had decided each in another way."""
    practice, project = in_doubt
    before = practice.endings(project)
    assert {tuple(ending.cases) for ending in before.values()} == {("OUTCOME_UNKNOWN",)}
    assert {ending.acts[-1] for ending in before.values()} == {"unknown"}
    numbers = {row["claim_number"]: row["confirmation"] for row in practice.portal.ledger()}
    _decide(project, COMMITTED[0], lambda desk, word: retry_case(word, desk=desk))
    _decide(project, COMMITTED[1], _done(numbers[COMMITTED[1]]))
    _decide(project, COMMITTED[2], _done("ACM-9999999"))
    _decide(project, COMMITTED[3], _not_there)
    _decide(project, NOT_COMMITTED, _not_there)
    perform_to_rest(project)
    return practice.endings(project)


@pytest.mark.browser
def test_what_is_asked_again_is_found(decided: Mapping[str, Ending]) -> None:
    found = decided[COMMITTED[0]]

    assert (found.state, found.commits, list(found.acts)) == (ItemState.DONE, 1, ["confirmed"])


@pytest.mark.browser
def test_the_right_number_of_a_person_settles_the_doubt(decided: Mapping[str, Ending]) -> None:
    right = decided[COMMITTED[1]]

    assert (right.state, right.commits, list(right.acts)) == (ItemState.DONE, 1, ["confirmed"])


@pytest.mark.browser
def test_a_wrong_number_comes_back_to_a_person_and_settles_nothing(
    decided: Mapping[str, Ending],
) -> None:
    wrong = decided[COMMITTED[2]]

    assert (wrong.state, wrong.commits) == (ItemState.WITH_PERSON, 1)
    assert list(wrong.cases) == ["NUMBER_NOT_FOUND"]
    assert wrong.acts[-1] == "unknown"


@pytest.mark.browser
def test_a_person_who_says_wrongly_that_it_is_not_there_does_not_make_it_twice(
    decided: Mapping[str, Ending],
) -> None:
    denied = decided[COMMITTED[3]]

    assert (denied.state, denied.commits) == (ItemState.DUPLICATE, 1)


@pytest.mark.browser
def test_what_a_person_did_not_find_is_submitted_once_more(decided: Mapping[str, Ending]) -> None:
    missing = decided[NOT_COMMITTED]

    assert (missing.state, missing.commits) == (ItemState.DONE, 1)
    assert list(missing.acts) == ["not_done", "confirmed"]


@pytest.mark.browser
@pytest.mark.parametrize(
    "decide",
    [
        lambda desk, word: reject_case(word, desk=desk),
        lambda desk, word: fix_case(word, Correction(changes={"prior_auth": "A1"}), desk=desk),
    ],
    ids=["reject", "fix"],
)
def test_what_may_be_with_the_portal_is_neither_rejected_nor_changed(
    in_doubt: tuple[Practice, PracticeProject], decide: Decide
) -> None:
    practice, project = in_doubt

    with pytest.raises(DecisionRefusedError, match="not known yet"):
        _decide(project, COMMITTED[4], decide)

    undecided = practice.endings(project)[COMMITTED[4]]
    assert (undecided.state, undecided.commits) == (ItemState.WITH_PERSON, 1)
    assert list(undecided.cases) == ["OUTCOME_UNKNOWN"]


def _decide(project: PracticeProject, number: str, decide: Decide) -> None:
    with project.place() as place:
        with place.store.reading() as tx:
            cases = tx.cases.find(CaseFilter(unclosed=True), limit=100)
        (case,) = [case for case in cases if number in case.reference]
        decide(place.desk, Word(case=case.id, by=human("ann"), reason="looked at the portal"))


def _done(number: str) -> Decide:
    return lambda desk, word: done_by_hand(word, number=number, desk=desk)


def _not_there(desk: Desk, word: Word) -> object:
    return retry_case(word, desk=desk, not_there=True)
