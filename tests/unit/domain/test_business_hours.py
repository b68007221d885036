"""Open time: counted as people work, through weekends, closed days and changes of the clocks."""

from collections.abc import Container
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.domain.business_hours import (
    HORIZON,
    BusinessHours,
    BusinessTime,
    Opening,
    SharedHours,
    Week,
)

NEW_YORK = ZoneInfo("America/New_York")
HOUR = timedelta(hours=1)
WEEKDAYS = range(5)
DAY_AND_NIGHT = Opening(time(0), time(0))
LUNCH = (Opening(time(8), time(12)), Opening(time(13), time(17)))


class EveryDay(Container[date]):
    """A calendar that is always closed."""

    def __contains__(self, day: object) -> bool:
        return True


def week(*openings: Opening, on: range = WEEKDAYS) -> Week:
    return tuple(openings if day in on else () for day in range(7))


def hours(
    *openings: Opening, zone: str = "America/New_York", on: range = WEEKDAYS
) -> BusinessHours:
    return BusinessHours(timezone=ZoneInfo(zone), week=week(*openings, on=on))


def local(text: str, zone: ZoneInfo = NEW_YORK) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone).astimezone(UTC)


OFFICE = hours(Opening(time(8), time(17)))
CALENDARS = st.builds(
    hours,
    st.sampled_from(
        [
            Opening(time(8), time(17)),
            Opening(time(0), time(3)),
            Opening(time(2, 15), time(2, 45)),
            Opening(time(1, 30), time(0)),
            Opening(time(22), time(0)),
            DAY_AND_NIGHT,
        ]
    ),
    zone=st.sampled_from(["America/New_York", "Europe/London", "Asia/Kolkata"]),
    on=st.sampled_from([range(5), range(7), range(5, 7)]),
)
# Around both changes of the clocks of 2026, in New York and in London, and anywhere.
MOMENTS = st.one_of(
    *(
        st.datetimes(day - timedelta(days=3), day + timedelta(days=3))
        for day in (datetime(2026, 3, 8), datetime(2026, 3, 29), datetime(2026, 11, 1))  # noqa: DTZ001
    ),
    st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)),  # noqa: DTZ001
).map(lambda moment: moment.replace(tzinfo=UTC))
DURATIONS = st.timedeltas(timedelta(0), timedelta(days=3))


@given(CALENDARS, MOMENTS, DURATIONS)
def test_what_is_added_lies_between(
    calendar: BusinessHours, start: datetime, long: timedelta
) -> None:
    end = calendar.add(start, long)

    assert end >= start
    assert calendar.between(start, end) == long
    assert calendar.between(end, start) == -long


@given(CALENDARS, MOMENTS, MOMENTS, MOMENTS)
def test_open_time_adds_up(
    calendar: BusinessHours, one: datetime, two: datetime, three: datetime
) -> None:
    whole = calendar.between(one, three)

    assert calendar.between(one, two) + calendar.between(two, three) == whole
    assert timedelta(0) <= abs(whole) <= abs(three - one)


@given(CALENDARS, MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)), DURATIONS, DURATIONS)
def test_who_begins_later_or_takes_longer_ends_no_sooner(
    calendar: BusinessHours, start: datetime, later: timedelta, long: timedelta, more: timedelta
) -> None:
    assert calendar.add(start, long) <= calendar.add(start + later, long)
    assert calendar.add(start, long) <= calendar.add(start, long + more)


@given(MOMENTS, st.timedeltas(timedelta(0), timedelta(days=9)), st.integers(0, 9))
def test_business_days_keep_the_order_of_their_beginnings(
    start: datetime, later: timedelta, days: int
) -> None:
    duration = BusinessTime(days=days, hours=HOUR)

    assert OFFICE.after(start, duration) <= OFFICE.after(start + later, duration)
    assert OFFICE.after(start, duration) <= OFFICE.after(
        start, BusinessTime(days=days + 1, hours=HOUR)
    )


@given(MOMENTS, MOMENTS)
def test_who_is_always_there_counts_every_hour(start: datetime, end: datetime) -> None:
    assert hours(DAY_AND_NIGHT, on=range(7)).between(start, end) == end - start


@pytest.mark.parametrize(
    ("start", "duration", "end"),
    [
        ("2026-05-04T09:00", HOUR, "2026-05-04T10:00"),
        ("2026-05-04T16:30", HOUR, "2026-05-05T08:30"),
        ("2026-05-04T16:00", HOUR, "2026-05-04T17:00"),
        ("2026-05-08T16:30", HOUR, "2026-05-11T08:30"),
        ("2026-05-09T12:00", HOUR, "2026-05-11T09:00"),
        ("2026-05-04T05:00", 9 * HOUR, "2026-05-04T17:00"),
        ("2026-05-04T23:00", 10 * HOUR, "2026-05-06T09:00"),
    ],
)
def test_only_open_hours_count(start: str, duration: timedelta, end: str) -> None:
    assert OFFICE.add(local(start), duration) == local(end)


@pytest.mark.parametrize(
    ("start", "days", "end"),
    [
        ("2026-05-04T09:00", 1, "2026-05-05T09:00"),
        ("2026-05-08T16:00", 1, "2026-05-11T16:00"),
        ("2026-05-08T09:00", 3, "2026-05-13T09:00"),
        ("2026-05-04T22:00", 1, "2026-05-05T17:00"),
        ("2026-05-09T11:00", 1, "2026-05-11T17:00"),
        ("2026-05-11T06:00", 1, "2026-05-11T17:00"),
        ("2026-05-11T08:00", 1, "2026-05-12T08:00"),
    ],
)
def test_a_business_day_leads_to_the_same_time_of_a_working_day_or_to_its_closing(
    start: str, days: int, end: str
) -> None:
    assert OFFICE.after(local(start), BusinessTime(days=days)) == local(end)


def test_the_hours_of_a_business_time_are_counted_behind_its_days() -> None:
    due = OFFICE.after(local("2026-05-08T16:00"), BusinessTime(days=1, hours=2 * HOUR))

    assert due == local("2026-05-12T09:00")


def test_a_shorter_day_ends_what_would_have_lasted_longer() -> None:
    calendar = BusinessHours(
        timezone=NEW_YORK,
        week=week(Opening(time(8), time(17))),
        extra={date(2026, 5, 9): (Opening(time(9), time(13)),)},
    )

    assert calendar.after(local("2026-05-08T16:00"), BusinessTime(days=1)) == local(
        "2026-05-09T13:00"
    )
    assert calendar.after(local("2026-05-08T08:00"), BusinessTime(days=1)) == local(
        "2026-05-09T09:00"
    )


def test_closed_and_extra_days_are_counted_as_such() -> None:
    thanksgiving, friday, saturday = date(2026, 11, 26), date(2026, 11, 27), date(2026, 11, 28)
    calendar = BusinessHours(
        timezone=NEW_YORK,
        week=week(Opening(time(8), time(17))),
        closed={thanksgiving, friday},
        extra={saturday: LUNCH, friday: (Opening(time(8), time(10)),)},
    )

    working = [
        day
        for day in (thanksgiving, friday, saturday, date(2026, 11, 29))
        if calendar.works_on(day)
    ]

    assert working == [friday, saturday]
    assert calendar.add(local("2026-11-25T16:00"), 4 * HOUR) == local("2026-11-28T09:00")
    assert calendar.add(local("2026-11-28T11:00"), 2 * HOUR) == local("2026-11-28T14:00")


@pytest.mark.parametrize(
    ("day", "real"),
    [("2026-03-08", 2), ("2026-11-01", 4), ("2026-05-03", 3)],
)
def test_an_opening_over_a_change_of_the_clocks_has_its_real_length(day: str, real: int) -> None:
    calendar = hours(Opening(time(0), time(3)), on=range(7))
    start = local(f"{day}T00:00")

    assert calendar.between(start, start + timedelta(days=1) - 2 * HOUR) == real * HOUR


def test_a_local_time_that_is_left_out_is_the_moment_of_the_change() -> None:
    calendar = hours(Opening(time(2, 15), time(2, 45)), on=range(7))
    until = hours(Opening(time(0), time(2, 30)), on=range(7))
    start = local("2026-03-08T00:00")

    assert calendar.between(start, start + 12 * HOUR) == timedelta(0)
    assert until.add(start, 2 * HOUR) == local("2026-03-08T03:00")
    assert calendar.after(local("2026-03-07T02:30"), BusinessTime(days=1)) == local(
        "2026-03-08T03:00"
    )


def test_an_opening_may_last_until_midnight_and_go_on_behind_it() -> None:
    calendar = BusinessHours(
        timezone=NEW_YORK,
        week=(
            (Opening(time(22), time(0)),),
            (Opening(time(0), time(6)),),
            *[()] * 5,
        ),
    )

    assert calendar.add(local("2026-05-04T21:00"), 3 * HOUR) == local("2026-05-05T01:00")
    assert calendar.add(local("2026-05-04T21:00"), 2 * HOUR) == local("2026-05-05T00:00")


def test_a_calendar_that_never_opens_again_ends_the_search() -> None:
    calendar = BusinessHours(timezone=NEW_YORK, week=OFFICE.week, closed=EveryDay())
    start = local("2026-05-04T09:00")

    assert calendar.add(start, HOUR) == start + HORIZON
    assert calendar.after(start, BusinessTime(days=1)) == start + HORIZON


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        (week(), "open on one of them at least"),
        ((), "a week has seven days"),
        (week(Opening(time(8), time(12)), Opening(time(11), time(17))), "overlap"),
        (week(DAY_AND_NIGHT, Opening(time(23), time(0))), "overlap"),
        (week(Opening(time(8), time(12)), Opening(time(8), time(12))), "overlap"),
    ],
)
def test_a_week_that_is_never_open_or_twice_at_a_time_is_refused(wrong: Week, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        BusinessHours(timezone=NEW_YORK, week=wrong)


@pytest.mark.parametrize("closes", [time(8), time(7)])
def test_an_opening_closes_behind_its_beginning(closes: time) -> None:
    with pytest.raises(ValueError, match="split what goes on after midnight"):
        Opening(time(8), closes)


def test_shared_hours_are_those_of_both_and_days_those_of_the_first() -> None:
    office = hours(*LUNCH)
    portal = hours(Opening(time(14), time(20)), zone="Europe/Berlin", on=range(7))  # 8 to 14 here

    both = SharedHours(office, portal)
    monday, friday = local("2026-05-04T00:00"), local("2026-05-08T13:30")

    assert both.between(monday, monday + timedelta(days=7)) == 5 * 5 * HOUR
    assert both.add(local("2026-05-04T11:00"), 2 * HOUR) == local("2026-05-04T14:00")
    assert both.after(friday, BusinessTime(days=1)) == local("2026-05-11T13:30")
    assert both.after(local("2026-05-08T16:00"), BusinessTime(days=1)) == local("2026-05-11T14:00")
    assert not both.works_on(date(2026, 5, 9))


@given(CALENDARS, CALENDARS, MOMENTS, DURATIONS)
def test_shared_hours_add_what_they_count_whatever_the_clocks_do(
    first: BusinessHours, second: BusinessHours, begun: datetime, long: timedelta
) -> None:
    both = SharedHours(first, second)
    end = both.add(begun, long)

    assert end == begun + HORIZON or both.between(begun, end) == long
    assert both.between(begun, end) <= first.between(begun, end)
    assert both.between(begun, end) <= second.between(begun, end)


def test_what_is_never_open_at_the_same_time_is_open_at_the_horizon() -> None:
    weekend = hours(Opening(time(9), time(12)), on=range(5, 7))
    never = SharedHours(hours(*LUNCH), weekend)
    monday = local("2026-05-04T09:00")

    assert never.add(monday, HOUR) == monday + HORIZON
    assert never.after(monday, BusinessTime(days=1)) == monday + HORIZON
