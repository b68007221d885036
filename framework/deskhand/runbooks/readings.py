"""Reading the basic types from text: exact, and never a guess.

Reasons never contain the data.
"""

import re
import unicodedata
from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Final

from deskhand.runbooks.misfits import MisfitError

_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_UNPRINTABLE_BUT_LINES = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}").fullmatch
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}(?:\.[0-9]{1,12})?").fullmatch
_MONEY = re.compile(r"-?\$?(?:[0-9]{1,15}|[0-9]{1,3}(?:,[0-9]{3}){1,4})(?:\.[0-9]{1,2})?").fullmatch
_AMERICAN_DATE = re.compile(r"([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})").fullmatch
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}").fullmatch
_ISO_DATETIME = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]{1,6})?)?"
    r"(?:Z|[+-][0-9]{2}:?[0-9]{2})"
).fullmatch
_CENT = Decimal("0.01")
_ASCII_PRINTABLE = re.compile(r"[\x20-\x7e]*").fullmatch

MAX_STRING = 1_000
MAX_TEXT = 10_000


def one_line(text: str) -> str:
    """Read a text of one line."""
    if len(text) > MAX_STRING:
        raise MisfitError(f"is longer than {MAX_STRING} characters")
    if _ASCII_PRINTABLE(text):
        return text
    if _UNPRINTABLE.search(text):
        raise MisfitError("holds a line break or a character that cannot be printed")
    return unicodedata.normalize("NFC", text)


def many_lines(text: str) -> str:
    """Read a text that may have several lines."""
    if len(text) > MAX_TEXT:
        raise MisfitError(f"is longer than {MAX_TEXT} characters")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if _UNPRINTABLE_BUT_LINES.search(text):
        raise MisfitError("holds a character that cannot be printed")
    return unicodedata.normalize("NFC", text)


def whole_number(text: str) -> int:
    """Read a whole number of up to 18 digits."""
    if not _WHOLE(text):
        raise MisfitError("is not a whole number")
    return int(text)


def decimal_number(text: str) -> Decimal:
    """Read an exact decimal number."""
    if not _DECIMAL(text):
        raise MisfitError("is not a decimal number")
    return Decimal(text)


def money(text: str) -> Decimal:
    """Read an amount: at most two decimals; `$` and thousands separators are tolerated.

    >>> money("$1,200.5")
    Decimal('1200.50')
    """
    if not _MONEY(text):
        raise MisfitError("is not an amount of money with at most two decimals")
    return Decimal(text.replace(",", "").replace("$", "")).quantize(_CENT)


_BOOLS: Final[Mapping[str, bool]] = {
    **dict.fromkeys(("true", "yes", "y", "1"), True),
    **dict.fromkeys(("false", "no", "n", "0"), False),
}


def truth(text: str) -> bool:
    """Read true or false."""
    value = _BOOLS.get(text.lower())
    if value is None:
        raise MisfitError("is neither true nor false")
    return value


def calendar_date(text: str) -> date:
    """Read a date: YYYY-MM-DD, or MM/DD/YYYY as American portals print it."""
    try:
        if _ISO_DATE(text):
            return date.fromisoformat(text)
        if parts := _AMERICAN_DATE(text):
            return date(int(parts[3]), int(parts[1]), int(parts[2]))
    except ValueError:
        raise MisfitError("is not a day of the calendar") from None
    raise MisfitError("is not a date (YYYY-MM-DD or MM/DD/YYYY)")


def moment(text: str) -> datetime:
    """Read a date with a time and its offset; the value is in UTC."""
    if not _ISO_DATETIME(text):
        raise MisfitError("is not a date with a time and an offset (2026-01-31T09:30:00Z)")
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        raise MisfitError("is not a time of the calendar") from None


def relative_path(text: str) -> str:
    """Read the name of a file below the item's own folder."""
    text = one_line(text)
    parts = text.split("/")
    if "\\" in text or ":" in text or not all(parts) or {".", ".."} & set(parts):
        raise MisfitError("is not the name of a file below the item's folder")
    return text
