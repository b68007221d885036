"""When the slots of time tables come."""

from datetime import UTC, datetime, timedelta
from itertools import islice, pairwise, takewhile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskhand.domain.runbook import CronTrigger
from deskhand.domain.schedule import Slot
from deskhand.domain.step import Call
from deskhand.triggers.cron import CronTimeTable

NEW_YORK = "America/New_York"


def table(cron: str, zone: str = NEW_YORK) -> CronTrigger:
    return CronTrigger(cron=cron, timezone=zone, source=Call(action="ledger.rows"), rows="rows")


def coming(cron: str, after: str, count: int, *, zone: str = NEW_YORK) -> list[Slot]:
    begin = datetime.fromisoformat(after).replace(tzinfo=UTC)
    return list(islice(CronTimeTable().slots(table(cron, zone), after=begin), count))


def told(slots: list[Slot]) -> list[tuple[str, str]]:
    return [(slot.wall, f"{slot.at:%H:%M}") for slot in slots]


def test_slots_are_named_by_the_wall_clock_and_come_at_its_moments() -> None:
    assert told(coming("0 6 * * mon-fri", "2026-05-01T12:00", 2)) == [
        ("2026-05-04T06:00", "10:00"),
        ("2026-05-05T06:00", "10:00"),
    ]


def test_a_slot_that_is_now_has_come_already() -> None:
    assert told(coming("0 6 * * *", "2026-05-04T10:00", 1)) == [("2026-05-05T06:00", "10:00")]


def test_a_time_that_does_not_exist_comes_when_the_clocks_have_been_put_forward() -> None:
    before, gap, after = coming("30 2 * * *", "2026-03-07T00:00", 3)

    assert told([before, gap, after]) == [
        ("2026-03-07T02:30", "07:30"),
        ("2026-03-08T02:30", "07:00"),
        ("2026-03-09T02:30", "06:30"),
    ]
    assert gap.note == "02:30 does not exist that day: fires at 03:00"
    assert (before.note, after.note) == ("", "")


def test_a_time_that_comes_twice_fires_once_at_the_first() -> None:
    first, second = coming("30 1 * * *", "2026-11-01T00:00", 2)

    assert told([first, second]) == [("2026-11-01T01:30", "05:30"), ("2026-11-02T01:30", "06:30")]
    assert first.note == "01:30 comes twice that day: fires at the first"


def test_every_half_hour_goes_by_the_time_that_passes() -> None:
    forward = coming("*/30 * * * *", "2026-03-08T06:00", 4)
    back = coming("*/30 * * * *", "2026-11-01T04:30", 6)

    assert told(forward) == [
        ("2026-03-08T01:30", "06:30"),
        ("2026-03-08T03:00", "07:00"),
        ("2026-03-08T03:30", "07:30"),
        ("2026-03-08T04:00", "08:00"),
    ]
    assert told(back) == [
        ("2026-11-01T01:00", "05:00"),
        ("2026-11-01T01:30", "05:30"),
        ("2026-11-01T01:00-0500", "06:00"),
        ("2026-11-01T01:30-0500", "06:30"),
        ("2026-11-01T02:00", "07:00"),
        ("2026-11-01T02:30", "07:30"),
    ]
    assert back[2].note == "the second 01:00 of that day"


def test_midnight_that_does_not_exist_comes_at_one() -> None:
    (slot,) = coming("0 0 6 9 *", "2026-08-01T00:00", 1, zone="America/Santiago")

    assert told([slot]) == [("2026-09-06T00:00", "04:00")]
    assert slot.note == "00:00 does not exist that day: fires at 01:00"


def test_a_weekday_is_the_day_that_it_names() -> None:
    slots = coming("0 6 * * mon", "2026-05-01T00:00", 4)

    assert {slot.day.strftime("%A") for slot in slots} == {"Monday"}


CRONS = ["30 2 * * *", "15,45 1-3 * * *", "*/20 * * * *", "0 */2 * * sun", "0 0 1 * *"]
ZONES = [NEW_YORK, "Europe/Berlin", "Australia/Lord_Howe", "America/Havana", "Asia/Tokyo"]


@settings(max_examples=60)
@given(
    cron=st.sampled_from(CRONS),
    zone=st.sampled_from(ZONES),
    hours=st.integers(0, 366 * 24),
    look=st.integers(1, 90),
)
def test_wherever_one_looks_from_the_slots_are_the_same(
    cron: str, zone: str, hours: int, look: int
) -> None:
    begin = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    end = begin + timedelta(days=3)
    middle = begin + timedelta(minutes=look * 47)

    def between(after: datetime, until: datetime) -> list[Slot]:
        slots = CronTimeTable().slots(table(cron, zone), after=after)
        return list(takewhile(lambda slot: slot.at <= until, slots))

    whole = between(begin, end)

    assert between(begin, min(middle, end)) + between(min(middle, end), end) == whole
    assert len({slot.wall for slot in whole}) == len(whole)
    assert all(one.at <= other.at for one, other in pairwise(whole))


@pytest.mark.parametrize("zone", ZONES)
def test_a_daily_slot_comes_once_on_each_day_of_a_year(zone: str) -> None:
    begin = datetime(2025, 12, 31, 20, tzinfo=UTC)
    slots = list(islice(CronTimeTable().slots(table("30 2 * * *", zone), after=begin), 365))

    days = [slot.day for slot in slots]
    assert [(other - one).days for one, other in pairwise(days)] == [1] * 364
