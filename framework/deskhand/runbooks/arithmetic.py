"""What compiled expressions call at run time: exact, limited, and silent about the data."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import (
    ROUND_HALF_UP,
    Context,
    Decimal,
    DivisionByZero,
    Inexact,
    InvalidOperation,
    Overflow,
)
from typing import Any, Final

from deskhand.runbooks.misfits import MisfitError

MAX_TEXT = 10_000
_MAX_INT = 10**36
_MAX_DAYS = 36_600
_FAULTS = [InvalidOperation, DivisionByZero, Overflow]
_EXACT: Final = Context(prec=80, Emin=-200, Emax=200, traps=[*_FAULTS, Inexact])
_DIVIDING: Final = Context(prec=28, Emin=-200, Emax=200, traps=_FAULTS)

plus = _EXACT.add
minus = _EXACT.subtract
times = _EXACT.multiply
negative = _EXACT.minus


def over(value: Any, divisor: Any) -> Decimal:
    """Divide, to 28 digits; zero by zero, too, is a division by zero."""
    if not divisor:
        raise ZeroDivisionError
    return _DIVIDING.divide(value, divisor)


def whole(value: int) -> int:
    """Return a whole number, unless it has grown out of every use."""
    if -_MAX_INT < value < _MAX_INT:
        return value
    raise MisfitError("a number grew too large")


def short(text: str) -> str:
    """Return a text, unless it has grown out of every use."""
    if len(text) > MAX_TEXT:
        raise MisfitError("a text grew too long")
    return text


def total(values: Sequence[Any]) -> Any:
    """Add up whole numbers."""
    return whole(sum(values))


def exact_total(values: Sequence[Any]) -> Decimal:
    """Add up numbers, exactly."""
    result = Decimal(0)
    for value in values:
        result = plus(result, value)
    return result


def size(value: Any) -> Decimal | int:
    """Return a number without its sign."""
    return _EXACT.abs(value) if isinstance(value, Decimal) else abs(value)


def rounded(value: Any, places: int) -> Decimal:
    """Round a number half up, as invoices do."""
    if not 0 <= places <= 12:
        raise MisfitError("a number is rounded to 0 to 12 places")
    return Decimal(value).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _DIVIDING_WIDE)


_DIVIDING_WIDE: Final = Context(prec=80, Emin=-200, Emax=200, traps=_FAULTS)


def least(*values: Any) -> Any:
    """Return the least of several values, or of one list."""
    return min(_several(values))


def greatest(*values: Any) -> Any:
    """Return the greatest of several values, or of one list."""
    return max(_several(values))


def _several(values: tuple[Any, ...]) -> Any:
    several = values[0] if len(values) == 1 else values
    if not several:
        raise MisfitError("the list is empty")
    return several


def within(one: Any, other: Any, tolerance: Any) -> bool:
    """Whether two numbers differ by no more than the tolerance."""
    return bool(_EXACT.abs(minus(Decimal(one), other)) <= tolerance)


def days(number: int) -> timedelta:
    """Return a number of days to add to a date."""
    if abs(number) > _MAX_DAYS:
        raise MisfitError("that many days leave the calendar")
    return timedelta(days=number)


def hours(number: int) -> timedelta:
    """Return a number of hours to add to a time."""
    if abs(number) > _MAX_DAYS * 24:
        raise MisfitError("that many hours leave the calendar")
    return timedelta(hours=number)


def days_between(start: date, end: date) -> int:
    """Return the number of days from one date to another."""
    return (end - start).days


def first(values: Sequence[Any]) -> Any:
    """Return the first of a list, None of an empty one."""
    return values[0] if values else None


def last(values: Sequence[Any]) -> Any:
    """Return the last of a list, None of an empty one."""
    return values[-1] if values else None


def join(values: Sequence[str], separator: str) -> str:
    """Join texts."""
    return short(separator.join(values))


def split(raw: Any, separator: str) -> list[str] | None:
    """Split a text into its parts, without spaces around them and without empty ones."""
    if not separator:
        raise MisfitError("a text is split at something")
    if raw is None:
        return None
    if not isinstance(raw, str):
        raise MisfitError("only a text can be split")
    return [part.strip() for part in raw.split(separator) if part.strip()]


def digits(text: str) -> str:
    """Keep the digits of a text."""
    return "".join([letter for letter in text if "0" <= letter <= "9"])


def present(value: Any) -> bool:
    """Whether there is a value that is not empty."""
    return value is not None and value != "" and value != []


def fallback(value: Any, other: Any) -> Any:
    """Return a value, or the other one where there is none."""
    return other if value is None or value == "" else value


def at(scope: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    """Follow a dotted name, None where any part of it is absent."""
    value: Any = scope
    for part in path:
        value = value.get(part)
        if value is None:
            return None
    return value


def raw(value: Any, name: str) -> Any:
    """Return a named part of raw data: None where there is none, a list's parts as a list."""
    if value is None:
        return None
    if isinstance(value, list | tuple):
        return [raw(part, name) for part in value]
    if not isinstance(value, Mapping):
        raise MisfitError("raw data has no named parts here")
    return value.get(name)


def shown(value: Any) -> str:
    """Return a value as people read it."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M} UTC"
    return str(value)
