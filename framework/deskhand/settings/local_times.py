"""Times of day and time zones, as settings spell them."""

import re
from datetime import time
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_TIME = re.compile(r"([0-9]{1,2}):([0-9]{2})\Z")


def time_of_day(text: str) -> time:
    """Read a local time such as 08:00; raises `ValueError`."""
    found = _TIME.match(text.strip())
    hour, minute = map(int, found.groups()) if found else (24, 0)
    if hour > 23 or minute > 59:
        raise ValueError('is a time of day in quotes, as in "08:00"')
    return time(hour, minute)


def time_zone(name: str) -> ZoneInfo:
    """Return a time zone by its name; raises `ValueError` for one that is not known here."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"no time zone `{name}` is known here; one is America/New_York") from error
