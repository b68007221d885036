"""How domain values stand in columns."""

import json
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any, TypeVar

from sqlalchemy import BigInteger, Column, ColumnElement, Dialect, Text, TypeDecorator, literal

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)

E = TypeVar("E", bound=Enum)


class Moment(TypeDecorator[datetime]):
    """A time in UTC, as microseconds since 1970: exact and ordered alike on every database."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> int | None:  # noqa: ARG002 - SQLAlchemy's signature
        return None if value is None else (value - _EPOCH) // _MICROSECOND

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        return None if value is None else _EPOCH + timedelta(microseconds=int(value))


class Word(TypeDecorator[E]):
    """An Enum by its value."""

    impl = Text
    cache_ok = True

    def __init__(self, enum: type[E]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: E | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else str(value.value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> E | None:  # noqa: ARG002
        return None if value is None else self.enum(value)


def in_text(column: Column[E], value: E) -> ColumnElement[E]:
    """Return a value in the statement's own text: so indexes with such a condition are used."""
    return literal(value, type_=column.type, literal_execute=True)


class Names(TypeDecorator[tuple[str, ...]]):
    """Names in their order, as a JSON list."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: Any | None, dialect: Dialect) -> tuple[str, ...] | None:  # noqa: ARG002
        return None if value is None else tuple(json.loads(value))
