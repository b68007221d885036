"""`calendars.yaml`: when people and portals work, and whose calendar is which."""

import re
from collections.abc import Container, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from deskhand.domain.business_hours import BusinessHours, Opening, Week
from deskhand.domain.calendars import STANDARD, Calendars
from deskhand.errors import SettingsError
from deskhand.settings.yaml_file import Entry, read_yaml, suggestion

FILE_KEYS = ("calendars", "clients", "portals")
KEYS = ("timezone", "week", "holidays", "closed", "extra")

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_STRETCH = re.compile(r"([0-9]{1,2}):([0-9]{2})\s*-\s*([0-9]{1,2}):([0-9]{2})\Z")


def load_calendars(file: Path) -> Calendars:
    """Read the calendars; a missing file has only the standard one. Raises `SettingsError`."""
    content = read_yaml(file)
    if content is None:
        return Calendars()
    entry = Entry(content, known=FILE_KEYS, file=file, where="")
    hours = {name: _hours(name, told, file=file) for name, told in entry.mapping("calendars")}
    return Calendars(
        hours=hours,
        clients=dict(_users(entry, "clients", known=hours)),
        portals=dict(_users(entry, "portals", known=hours)),
    )


def _users(entry: Entry, key: str, *, known: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    names = sorted({*known, STANDARD})
    for user, calendar in entry.mapping(key):
        if calendar not in names:
            raise SettingsError(
                f"no calendar `{calendar}`; {suggestion(str(calendar), names)}",
                file=entry.file,
                where=f"{key}.{user}",
            )
        yield user, calendar


def _hours(name: str, told: Any, *, file: Path) -> BusinessHours:
    entry = Entry(told, known=KEYS, file=file, where=f"calendar {name}")
    week = _week(entry)
    zone = entry.text("timezone")
    try:
        timezone = ZoneInfo(zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise entry.mistake(
            f"no time zone `{zone}` is known here; one is America/New_York"
        ) from error
    try:
        return BusinessHours(
            timezone=timezone, week=week, closed=_closed(entry), extra=_extra(entry, week)
        )
    except ValueError as error:
        raise entry.mistake(str(error)) from error


def _week(entry: Entry) -> Week:
    week: list[tuple[Opening, ...]] = [()] * 7
    for days, told in entry.mapping("week"):
        for day in _days(entry, days):
            if week[day]:
                raise entry.mistake(f"`week` tells the hours of {_DAYS[day]} twice")
            week[day] = _openings(entry, told)
    if not any(week):
        raise entry.mistake('`week` is missing; one is {mon-fri: "08:00-17:00"}')
    return tuple(week)


def _days(entry: Entry, text: str) -> Iterator[int]:
    for part in text.split(","):
        first, _, last = (word.strip() for word in part.partition("-"))
        ends = [first, last or first]
        if not set(ends) <= set(_DAYS) or _DAYS.index(ends[0]) > _DAYS.index(ends[1]):
            raise entry.mistake(f"`{text}` is no day of the week; one is mon, mon-fri or sat,sun")
        yield from range(_DAYS.index(ends[0]), _DAYS.index(ends[1]) + 1)


def _openings(entry: Entry, told: Any) -> tuple[Opening, ...]:
    if not isinstance(told, str):
        raise entry.mistake('hours are a text in quotes, as in "08:00-12:00, 13:00-17:00"')
    return tuple(_opening(entry, part.strip()) for part in told.split(","))


def _opening(entry: Entry, text: str) -> Opening:
    found = _STRETCH.match(text)
    if found is None:
        raise entry.mistake(f"`{text}` is no stretch of a day; one is 08:00-17:00")
    hour, minute, to_hour, to_minute = map(int, found.groups())
    # The day's end has no time of its own; an opening that closes at 00:00 means it.
    to_hour = 0 if (to_hour, to_minute) == (24, 0) else to_hour
    try:
        return Opening(time(hour, minute), time(to_hour, to_minute))
    except ValueError as error:
        raise entry.mistake(f"`{text}`: {error}") from error


def _extra(entry: Entry, week: Week) -> Mapping[date, tuple[Opening, ...]]:
    """Return the days that are open anyway: with hours of their own, or as an open day has."""
    told = entry.of("extra")
    if isinstance(told, dict):
        return {_date(entry, "extra", day): _openings(entry, hours) for day, hours in told.items()}
    usual = next(filter(None, week))
    return {day: week[day.weekday()] or usual for day in _dates(entry, "extra")}


def _dates(entry: Entry, key: str) -> Sequence[date]:
    told = entry.of(key)
    if not isinstance(told, list | None):
        raise entry.mistake(f"`{key}` is a list of days, as in [2026-12-24]")
    return [_date(entry, key, day) for day in told or []]


def _date(entry: Entry, key: str, day: Any) -> date:
    if not isinstance(day, date) or isinstance(day, datetime):
        raise entry.mistake(f"`{day}` in `{key}` is no day; one is 2026-12-24, without quotes")
    return day


def _closed(entry: Entry) -> Container[date]:
    days = frozenset(_dates(entry, "closed"))
    if "holidays" not in entry:
        return days
    return _ClosedDays(days, _holidays(entry))


def _holidays(entry: Entry) -> Container[date]:
    """Return a place's public holidays, observed days included; years are computed when asked."""
    from holidays import country_holidays  # noqa: PLC0415 - loads slowly, and many need none

    text = entry.text("holidays")
    country, _, part = text.partition("-")
    try:
        return country_holidays(country, subdiv=part or None, observed=True)
    except NotImplementedError as error:
        raise entry.mistake(
            f"no holidays of `{text}` are known; a country is US, a part of it US-NY"
        ) from error


class _ClosedDays(Container[date]):
    """The days that a file lists, and the holidays."""

    def __init__(self, listed: frozenset[date], holidays: Container[date]) -> None:
        self._listed = listed
        self._holidays = holidays

    def __contains__(self, day: object) -> bool:
        return day in self._listed or day in self._holidays
