"""Which slots fire, and which are skipped."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.domain.runbook import CatchUp
from deskhand.domain.schedule import SkipReason, Slot, SlotRules, judged

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
GRACE = timedelta(minutes=10)


class Weekdays:
    def works_on(self, day: date) -> bool:
        return day.weekday() < 5


def slot(minutes_ago: int) -> Slot:
    at = NOON - timedelta(minutes=minutes_ago)
    return Slot(wall=f"{at:%Y-%m-%dT%H:%M}", at=at)


def told(slots: list[Slot], *, more: bool = False, **rules: object) -> list[str]:
    """Say what was decided: how many each fires for, or why it is skipped."""
    given = {"grace": GRACE, "catch_up": CatchUp.LATEST, **rules}
    judgement = judged(slots, SlotRules(**given), now=NOON, more=more)  # type: ignore[arg-type]
    verdicts = judgement.verdicts
    assert [verdict.slot for verdict in verdicts] == slots
    return [one.skipped.value if one.skipped else str(one.stands_for) for one in verdicts]


OLD = [slot(90), slot(60), slot(30)]


@pytest.mark.parametrize(
    ("slots", "catch_up", "decided"),
    [
        ([slot(0)], CatchUp.LATEST, ["1"]),
        ([slot(10)], CatchUp.NONE, ["1"]),
        ([slot(9), slot(5)], CatchUp.LATEST, ["1", "1"]),
        (OLD, CatchUp.LATEST, ["stood_for", "stood_for", "3"]),
        (OLD, CatchUp.ALL, ["1", "1", "1"]),
        (OLD, CatchUp.NONE, ["passed", "passed", "passed"]),
        ([*OLD, slot(0)], CatchUp.LATEST, ["stood_for", "stood_for", "stood_for", "4"]),
        ([*OLD, slot(0)], CatchUp.NONE, ["passed", "passed", "passed", "1"]),
    ],
)
def test_slots_that_passed_are_caught_up_as_the_runbook_says(
    slots: list[Slot], catch_up: CatchUp, decided: list[str]
) -> None:
    assert told(slots, catch_up=catch_up) == decided


def test_where_later_slots_have_come_too_one_of_those_stands_for_what_passed() -> None:
    assert told(OLD, more=True) == ["stood_for", "stood_for", "stood_for"]


def test_a_paused_trigger_fires_nothing() -> None:
    assert told([*OLD, slot(0)], paused=True) == ["paused"] * 4


def test_nothing_fires_on_a_day_on_which_nobody_works() -> None:
    sunday = Slot(wall="2026-05-03T12:00", at=NOON - timedelta(days=1))

    assert told([sunday, slot(0)], working_days=Weekdays()) == ["closed_day", "1"]


@given(
    ago=st.lists(st.integers(0, 500), unique=True, max_size=12),
    catch_up=st.sampled_from(CatchUp),
    more=st.booleans(),
    owed=st.integers(0, 3),
)
def test_every_slot_is_decided_about_once_and_stood_for_at_most_once(
    ago: list[int], catch_up: CatchUp, more: bool, owed: int
) -> None:
    slots = [slot(minutes) for minutes in sorted(ago, reverse=True)]
    rules = SlotRules(grace=GRACE, catch_up=catch_up)

    judgement = judged(slots, rules, now=NOON, more=more, owed=owed)

    assert [verdict.slot for verdict in judgement.verdicts] == slots
    stood_for = sum(verdict.stands_for - 1 for verdict in judgement.verdicts)
    left = sum(verdict.skipped is SkipReason.STOOD_FOR for verdict in judgement.verdicts)
    assert stood_for + judgement.owed == left + owed
    passed = any(verdict.skipped is SkipReason.STOOD_FOR for verdict in judgement.verdicts)
    assert more or judgement.owed in (0, owed) or not passed
