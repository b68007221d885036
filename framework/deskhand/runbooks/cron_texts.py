"""The text of a time table, and what is wrong with one."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from cronsim import CronSim, CronSimError

from deskhand.runbooks.diagnostics import did_you_mean

_FIELDS = ("minute", "hour", "day of the month", "month", "weekday")
_EXAMPLE = 'for example "0 6 * * mon-fri": at 6:00, from Monday to Friday'
_WEEKDAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_WEEKDAY = re.compile(r"[a-z]{3}(-[a-z]{3})?(/[1-9]|#[1-5])?|\*(/[1-9])?")
_SOME_DAY = datetime(2024, 1, 1)  # noqa: DTZ001 - a wall clock, in no zone


def cron_mistake(text: str) -> tuple[str, str] | None:
    """Return what is wrong with a time table and what helps; None when it is right.

    >>> cron_mistake("0 6 * * 1-5")[0]
    'weekdays go by their names: tools disagree whether 1 is Monday or Sunday'
    """
    fields = text.split()
    if len(fields) != len(_FIELDS):
        return f"a time table has five fields: {', '.join(_FIELDS)}", _EXAMPLE
    for term in fields[-1].lower().split(","):
        if wrong := _weekday_mistake(term):
            return wrong
    try:
        next(CronSim(text, _SOME_DAY))
    except CronSimError as error:
        return f"this is no time table: {_told(error)}", _EXAMPLE
    except StopIteration:
        return "there is no such day in fifty years", ""
    return None


def zone_mistake(name: str) -> tuple[str, str] | None:
    """Return what is wrong with the name of a time zone and what helps; None when it is right."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        advice = did_you_mean(name, available_timezones())
        return f"there is no time zone `{name}`", advice or "for example America/New_York"
    return None


def _weekday_mistake(term: str) -> tuple[str, str] | None:
    if term[:1].isdigit():
        return (
            "weekdays go by their names: tools disagree whether 1 is Monday or Sunday",
            "write mon, tue, wed, thu, fri, sat, sun, or a stretch: mon-fri",
        )
    days = re.findall("[a-z]+", term)
    strange = [day for day in days if day not in _WEEKDAYS]
    if strange:
        advice = did_you_mean(strange[0], _WEEKDAYS) or f"they are {', '.join(_WEEKDAYS[1:])}, sun"
        return f"there is no weekday `{strange[0]}`", advice
    if not _WEEKDAY.fullmatch(term):
        return f"`{term}` says no weekday", "write mon, mon-fri, mon#1 (the first Monday) or *"
    if len(days) == 2 and _WEEKDAYS.index(days[0]) > _WEEKDAYS.index(days[1]):
        return f"`{term}` runs past the end of the week", "list the days: fri,sat,sun"
    return None


def _told(error: CronSimError) -> str:
    return str(error).lower().replace("-", " ").replace("bad", "look at its")
