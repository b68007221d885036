"""Raw data → values, inside expressions: `money(row.Total)`. Nothing stays nothing."""

from datetime import date, datetime
from decimal import Decimal

from deskhand.runbooks import readings
from deskhand.runbooks.arithmetic import shown
from deskhand.runbooks.misfits import MisfitError


def as_money(raw: object) -> Decimal | None:
    """Return raw data as an amount."""
    text = _text(raw)
    return None if text is None else readings.money(text)


def as_number(raw: object) -> Decimal | None:
    """Return raw data as a decimal number."""
    text = _text(raw)
    return None if text is None else readings.decimal_number(text)


def as_date(raw: object) -> date | None:
    """Return raw data as a date; of a time, its day in UTC."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    text = _text(raw)
    return None if text is None else readings.calendar_date(text)


def as_text(raw: object) -> str | None:
    """Return raw data as text."""
    return _text(raw)


def _text(raw: object) -> str | None:
    if raw is None:
        return None
    if isinstance(raw, str):
        return raw.strip() or None
    if isinstance(raw, bool | int | Decimal | date):
        return shown(raw)
    raise MisfitError("is a list or a record where one value is wanted")
