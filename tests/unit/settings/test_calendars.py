from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deskhand.domain.business_hours import BusinessTime
from deskhand.domain.calendars import Calendars
from deskhand.errors import NotFoundError, SettingsError
from deskhand.settings.calendars import load_calendars

OFFICE = 'timezone: America/New_York, week: {mon-fri: "08:00-17:00"}'
HOUR = timedelta(hours=1)


def load(folder: Path, text: str) -> Calendars:
    file = folder / "calendars.yaml"
    file.write_text(text, encoding="utf-8")
    return load_calendars(file)


def test_a_calendar_knows_holidays_closed_days_and_days_that_are_open_anyway(
    tmp_path: Path,
) -> None:
    calendars = load(
        tmp_path,
        """
        calendars:
          us-office:
            timezone: America/New_York
            week: {mon-fri: "08:00-17:00"}
            holidays: US-NY
            closed: [2026-12-24]
            extra: [2026-11-28]
        clients: {lakeside: us-office}
        portals: {payer_portal: standard}
        """,
    )
    office = calendars.of_client("lakeside")

    independence_observed = date(2026, 7, 3)  # the fourth is a Saturday
    closed = [date(2026, 11, 26), date(2026, 12, 24), date(2026, 12, 25), independence_observed]
    open_days = [date(2026, 11, 27), date(2026, 11, 28), date(2026, 12, 23), date(2031, 7, 3)]

    assert not any(map(office.works_on, closed))
    assert all(map(office.works_on, open_days))
    saturday = datetime(2026, 11, 28, 13, tzinfo=UTC)
    assert office.between(saturday, saturday + 24 * HOUR) == 9 * HOUR
    both = calendars.shared("lakeside", "payer_portal")
    monday = datetime(2026, 11, 30, tzinfo=UTC)
    assert both.between(monday, monday + 24 * HOUR) == 4 * HOUR  # 13:00 to 17:00 UTC
    assert calendars.shared("lakeside", "another_portal") is office


def test_a_week_may_have_breaks_nights_and_days_of_their_own(tmp_path: Path) -> None:
    calendars = load(
        tmp_path,
        """
        calendars:
          shop:
            timezone: Asia/Kolkata
            week: {"mon,wed": "08:00-12:00, 13:00-17:00", fri-sat: "22:00-24:00"}
            extra: {2026-05-05: "10:00-11:00"}
        """,
    )
    shop = calendars.named("shop")
    monday = datetime(2026, 5, 3, 18, 30, tzinfo=UTC)

    days = [shop.between(monday + n * 24 * HOUR, monday + (n + 1) * 24 * HOUR) for n in range(7)]

    assert days == [8 * HOUR, HOUR, 8 * HOUR, 0 * HOUR, 2 * HOUR, 2 * HOUR, 0 * HOUR]


def test_who_has_no_calendar_has_the_standard_one(tmp_path: Path) -> None:
    calendars = load_calendars(tmp_path / "calendars.yaml")
    friday = datetime(2026, 5, 8, 16, tzinfo=UTC)

    due = calendars.of_client("anybody").after(friday, BusinessTime(days=1))

    assert due == datetime(2026, 5, 11, 16, tzinfo=UTC)
    with pytest.raises(NotFoundError, match=r"no calendar 'us'; calendars\.yaml has: standard"):
        calendars.named("us")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[]", ""),
        ("5", "expected keys such as `calendars: …`"),
        ("calendar: {}", "unknown key `calendar`; did you mean `calendars`?"),
        ("calendars: [x]", "`calendars` is a mapping"),
        ("calendars: {a: 5}", "calendar a: expected keys such as `timezone: …`"),
        ("calendars: {a: {zone: x}}", "calendar a: unknown key `zone`"),
        ("calendars: {a: {timezone: UTC}}", "`week` is missing"),
        ('calendars: {a: {week: {mon: "08:00-17:00"}}}', "`timezone` is missing or no text"),
        (
            'calendars: {a: {timezone: New York, week: {mon: "08:00-17:00"}}}',
            "no time zone `New York` is known here; one is America/New_York",
        ),
        (
            'calendars: {a: {timezone: ../etc/passwd, week: {mon: "08:00-17:00"}}}',
            "no time zone `../etc/passwd`",
        ),
        (
            'calendars: {a: {timezone: UTC, week: {monday: "08:00-17:00"}}}',
            "`monday` is no day of the week",
        ),
        (
            'calendars: {a: {timezone: UTC, week: {fri-mon: "08:00-17:00"}}}',
            "`fri-mon` is no day of the week",
        ),
        ("calendars: {a: {timezone: UTC, week: {mon: 8}}}", "hours are a text in quotes"),
        ('calendars: {a: {timezone: UTC, week: {mon: "8-17"}}}', "`8-17` is no stretch of a day"),
        (
            'calendars: {a: {timezone: UTC, week: {mon: "17:00-08:00"}}}',
            "split what goes on after midnight",
        ),
        ('calendars: {a: {timezone: UTC, week: {mon: "08:00-25:00"}}}', "`08:00-25:00`: "),
        (
            'calendars: {a: {timezone: UTC, week: {mon: "08:00-12:00, 11:00-13:00"}}}',
            "two openings of one day overlap",
        ),
        (
            'calendars: {a: {timezone: UTC, week: {mon-fri: "08:00-12:00", wed: "13:00-17:00"}}}',
            "`week` tells the hours of wed twice",
        ),
        (f"calendars: {{a: {{{OFFICE}, holidays: Atlantis}}}}", "no holidays of `Atlantis`"),
        (f"calendars: {{a: {{{OFFICE}, holidays: US-XX}}}}", "no holidays of `US-XX`"),
        (f"calendars: {{a: {{{OFFICE}, holidays: 5}}}}", "write it in quotes"),
        (f"calendars: {{a: {{{OFFICE}, closed: 2026-12-24}}}}", "`closed` is a list of days"),
        (f'calendars: {{a: {{{OFFICE}, closed: ["24 Dec"]}}}}', "`24 Dec` in `closed` is no day"),
        (f"calendars: {{a: {{{OFFICE}, closed: [2026-13-40]}}}}", "month must be in 1..12"),
        (f"calendars: {{a: {{{OFFICE}}}}}\nclients: {{b: c}}", "clients.b: no calendar `c`"),
        (f"calendars: {{us: {{{OFFICE}}}}}\nportals: {{b: uss}}", "did you mean `us`?"),
    ],
)
def test_each_mistake_is_told_at_its_place(tmp_path: Path, text: str, problem: str) -> None:
    if not problem:
        assert load(tmp_path, text) == Calendars()
        return
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, text)

    assert str(refusal.value).startswith(f"{tmp_path}/calendars.yaml: ")
    assert problem in str(refusal.value)
