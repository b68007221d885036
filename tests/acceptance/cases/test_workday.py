"""A simulated day, small: people are slow, so that clocks run out."""

import random

import pytest

from tests.practice.workday.day import Day, Workday

ITEMS = 80
SLOW = 18


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Day:
    chance = random.Random(3)  # noqa: S311 - no secret
    folder = tmp_path_factory.mktemp("day") / "project"
    return Workday(folder=folder, items=ITEMS, chance=chance, slowness=SLOW).run()


def test_at_its_end_everything_is_at_rest(day: Day) -> None:
    assert (day.items, day.not_at_rest) == (ITEMS, 0)
    assert 0 < day.with_a_case < ITEMS / 4


def test_each_clock_that_runs_out_is_told_of_once(day: Day) -> None:
    assert min(day.at_risk, day.overdue) > 2
    assert (day.sla_missed, day.sla_double) == (0, 0)


def test_control_totals_balance_with_the_files_and_with_the_portal(day: Day) -> None:
    assert day.unbalanced == []
    assert day.done > ITEMS * 0.8


def test_no_claim_is_submitted_twice_and_the_log_verifies(day: Day) -> None:
    assert (day.submitted_twice, day.findings) == (0, 0)
