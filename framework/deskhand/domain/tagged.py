"""Typed values as JSON and back: exact amounts stay amounts, dates stay dates."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from deskhand.domain.sealed import Sealed


def to_tagged(value: object) -> Any:  # noqa: PLR0911 - one return a case
    """Return a value as JSON types; amounts, dates and times carry their type as a tag.

    Sealed values are opened: the JSON is to be sealed as a whole.

    >>> to_tagged({"total": Decimal("12.50")})
    {'total': {'$decimal': '12.50'}}
    """
    match value:
        case Sealed():
            return to_tagged(value.reveal())
        case Decimal():
            return {"$decimal": str(value)}
        case datetime():
            return {"$time": value.isoformat()}
        case date():
            return {"$date": value.isoformat()}
        case Mapping():
            return {str(key): to_tagged(inner) for key, inner in value.items()}
        case list() | tuple():
            return [to_tagged(inner) for inner in value]
        case _:
            return value


def from_tagged(value: Any) -> Any:
    """Return what `to_tagged` was given.

    >>> from_tagged({'on': {'$date': '2026-03-01'}})
    {'on': datetime.date(2026, 3, 1)}
    """
    match value:
        case {"$decimal": str(text), **rest} if not rest:
            return Decimal(text)
        case {"$time": str(text), **rest} if not rest:
            return datetime.fromisoformat(text)
        case {"$date": str(text), **rest} if not rest:
            return date.fromisoformat(text)
        case dict():
            return {key: from_tagged(inner) for key, inner in value.items()}
        case list():
            return [from_tagged(inner) for inner in value]
        case _:
            return value
