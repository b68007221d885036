"""Durations as people write them: `90s`, `5m`, `2h`, `3d`."""

import re
from datetime import timedelta

_UNITS = {"ms": "milliseconds", "s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([0-9]{1,9})(ms|s|m|h|d)\Z")


def parse_duration(text: str) -> timedelta:
    """Read a duration; raises `ValueError` that says what is expected.

    >>> parse_duration("90s")
    datetime.timedelta(seconds=90)
    """
    found = _DURATION.match(text.strip())
    if found is None:
        raise ValueError("a duration is a whole number with ms, s, m, h or d, as in 90s")
    number, unit = found.groups()
    return timedelta(**{_UNITS[unit]: int(number)})
