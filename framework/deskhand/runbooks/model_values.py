"""Durations, counts and names, read from texts exactly as a runbook has them."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Annotated

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
_DURATION = re.compile(r"([1-9][0-9]{0,5})([smhd])")
_COUNT = re.compile(r"0|[1-9][0-9]{0,5}")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_QUEUE = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_DOTTED = re.compile(r"[a-z][a-z0-9_]{0,62}(\.[a-z][a-z0-9_]{0,62}){0,3}")


def _mistake(message: str, suggestion: str = "") -> PydanticCustomError:
    # Not as a template: a file's braces must not be taken for its places.
    return PydanticCustomError("runbook", "{message}", {"message": message, "help": suggestion})


def _duration(value: object) -> timedelta:
    parts = _DURATION.fullmatch(value) if isinstance(value, str) else None
    if not parts:
        raise _mistake("this is not a duration", "write a number and its unit: 60s, 5m, 2h or 1d")
    return timedelta(**{_UNITS[parts[2]]: int(parts[1])})


def _count(value: object) -> int:
    if not isinstance(value, str) or not _COUNT.fullmatch(value):
        advice = "numbers have no leading zeros" if str(value).startswith("0") else ""
        raise _mistake("this is not a whole number", advice)
    return int(value)


def _tries(value: object) -> int:
    count = _count(value)
    if not count:
        raise _mistake("`tries` counts the first one, too: at least 1")
    return count


def _version(value: object) -> int:
    if value != "1":
        raise _mistake("this deskhand knows version 1 of the language", "write `deskhand: 1`")
    return 1


def _matching(pattern: re.Pattern[str], what: str, letters: str = "`_`") -> Callable[[object], str]:
    def check(value: object) -> str:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            advice = f"small letters, digits and {letters}, a letter first"
            raise _mistake(f"this is not {what}", advice)
        return value

    return check


Duration = Annotated[timedelta, BeforeValidator(_duration)]
Count = Annotated[int, BeforeValidator(_count)]
Version = Annotated[int, BeforeValidator(_version)]
Tries = Annotated[int, BeforeValidator(_tries)]
Name = Annotated[str, BeforeValidator(_matching(_NAME, "a name"))]
DottedName = Annotated[str, BeforeValidator(_matching(_DOTTED, "a dotted name"))]
QueueName = Annotated[str, BeforeValidator(_matching(_QUEUE, "the name of a queue", "`_` or `-`"))]
