from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from deskhand.domain.verification import DueVerification, LastVerified, VerificationRhythm

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
NIGHTLY = VerificationRhythm(timezone=ZoneInfo("America/New_York"))
TONIGHT = datetime(2026, 5, 4, 7, tzinfo=UTC)
"""Three in the morning in New York."""


def verified(slot: datetime, *, whole: datetime, clean: bool = True) -> LastVerified:
    return LastVerified(at=slot + HOUR, clean=clean, slot=slot, up_to=7, whole_slot=whole)


@pytest.mark.parametrize(
    ("every", "now", "slot"),
    [
        (DAY, TONIGHT, TONIGHT),
        (DAY, TONIGHT - timedelta(seconds=1), TONIGHT - DAY),
        (DAY, TONIGHT + 23 * HOUR, TONIGHT),
        (6 * HOUR, TONIGHT + 13 * HOUR, TONIGHT + 12 * HOUR),
        (5 * HOUR, TONIGHT - HOUR, TONIGHT - 4 * HOUR),
        (timedelta(minutes=5), TONIGHT + HOUR, TONIGHT + HOUR),
    ],
    ids=["on time", "before", "after", "four times a day", "an odd time", "often"],
)
def test_a_time_of_day_is_the_beginning_of_every_interval(
    every: timedelta, now: datetime, slot: datetime
) -> None:
    rhythm = VerificationRhythm(every=every, timezone=NIGHTLY.timezone)

    assert rhythm.last_slot(now=now) == slot


def test_every_third_day_is_the_same_day_for_every_host() -> None:
    rhythm = VerificationRhythm(every=3 * DAY, timezone=NIGHTLY.timezone)

    slots = {rhythm.last_slot(now=TONIGHT + hours * HOUR) for hours in range(9 * 24)}

    assert len(slots) in (3, 4)
    assert {b - a for a, b in zip(sorted(slots), sorted(slots)[1:], strict=False)} == {3 * DAY}


@pytest.mark.parametrize(
    ("day", "hours"),
    [(datetime(2026, 3, 8, tzinfo=UTC), 7), (datetime(2026, 11, 1, tzinfo=UTC), 8)],
)
def test_where_the_clocks_change_it_stays_the_same_local_time(day: datetime, hours: int) -> None:
    slot = NIGHTLY.last_slot(now=day + 20 * HOUR)

    assert slot == day + hours * HOUR
    assert slot.astimezone(NIGHTLY.timezone).time() == time(3)


def test_what_was_never_verified_is_due_as_a_whole_at_once() -> None:
    due = NIGHTLY.due(None, now=TONIGHT - HOUR)

    assert due == DueVerification(slot=TONIGHT - DAY, whole_slot=TONIGHT - DAY)
    assert due.whole


def test_a_verification_by_hand_does_not_count_for_one_that_is_due() -> None:
    by_hand = LastVerified(at=TONIGHT, clean=True)

    assert NIGHTLY.due(by_hand, now=TONIGHT + HOUR) is not None


def test_the_new_records_are_due_each_night_and_once_a_week_all_of_them() -> None:
    last = verified(TONIGHT, whole=TONIGHT)
    kinds = []
    for night in range(1, 16):
        slot = TONIGHT + night * DAY
        assert NIGHTLY.due(last, now=slot - HOUR) is None
        due = NIGHTLY.due(last, now=slot + HOUR)
        assert due is not None
        kinds.append(due.whole)
        last = verified(slot, whole=due.whole_slot)

    assert [night for night, whole in enumerate(kinds, start=1) if whole] == [7, 14]


def test_as_long_as_the_log_does_not_hold_all_of_it_is_verified_each_night() -> None:
    damaged = verified(TONIGHT, whole=TONIGHT, clean=False)

    due = NIGHTLY.due(damaged, now=TONIGHT + DAY)

    assert NIGHTLY.due(damaged, now=TONIGHT + HOUR) is None
    assert due is not None
    assert due.whole


def test_a_verification_is_late_when_two_of_its_times_have_passed() -> None:
    last = verified(TONIGHT, whole=TONIGHT)

    assert not NIGHTLY.is_late(last, now=last.at + 2 * DAY)
    assert NIGHTLY.is_late(last, now=last.at + 2 * DAY + HOUR)
