"""Workers that die at a transaction drawn at random, on a portal with faults drawn at random.

A few seeds run with all tests; `./run test -m campaign tests/faults` runs many.
"""

from random import Random

import pytest

from deskhand.domain.work_item import ItemState
from tests.campaign import more
from tests.faults.conftest import Opening
from tests.faults.workers import WorkerProcess, perform_to_rest
from tests.practice.project import PracticeProject

USUAL_SEEDS = 1
ALL_SEEDS = 40
# What an item's performance takes, in transactions, with room for a second one.
TRANSACTIONS = 60
DEATHS = 2
FAULTS = (
    "slow%5/request~0.2,unavailable%10,session-expiry%10,drop-after-commit%25,"
    "timeout-after-commit%25,error-before-commit%10,toast%10,field-wiped%10"
)

SEEDS = range(1, ALL_SEEDS + 1)


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.parametrize("seed", [*SEEDS[:USUAL_SEEDS], *more(*SEEDS[USUAL_SEEDS:])])
def test_every_claim_is_submitted_once_or_with_a_person_whatever_strikes(
    open_practice: Opening, seed: int
) -> None:
    practice = open_practice(FAULTS)
    project = practice.project(clients=2)

    _perform_and_die_at_random(project, seed=seed)
    perform_to_rest(project)

    for ending in practice.endings(project).values():
        if ending.state is not ItemState.WITH_PERSON:
            assert (ending.state, ending.commits) == (ItemState.DONE, 1)


@pytest.mark.browser
@pytest.mark.timeout(600)
@pytest.mark.campaign
@pytest.mark.parametrize("seed", SEEDS)
def test_two_workers_that_die_in_turn_submit_every_claim_once_or_ask_a_person(
    open_practice: Opening, postgres_url: str, seed: int
) -> None:
    practice = open_practice(FAULTS)
    project = practice.project(clients=2, items=2, database=postgres_url)

    with WorkerProcess(project) as steady:
        _perform_and_die_at_random(project, seed=seed)
        steady.until_rest()

    for ending in practice.endings(project).values():
        if ending.state is not ItemState.WITH_PERSON:
            assert (ending.state, ending.commits) == (ItemState.DONE, 1)


def _perform_and_die_at_random(project: PracticeProject, *, seed: int) -> None:
    """Let workers die one after the other; one that comes to rest before its end has done well."""
    random = Random(seed)  # noqa: S311 - the same seed, the same deaths
    for _ in range(DEATHS):
        place = f"{random.choice(('before', 'after'))}:commit#{random.randint(1, TRANSACTIONS)}"
        with WorkerProcess(project, at=place) as doomed:
            doomed.until_rest_or_killed()
