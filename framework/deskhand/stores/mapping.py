"""Between rows and domain values: a value's fields are its columns."""

from collections.abc import Callable
from dataclasses import fields
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Row

Value = TypeVar("Value")


@cache
def _names(cls: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(cls))


def columns_of(value: Any) -> dict[str, Any]:
    """Return a domain value's fields as columns."""
    cls: Any = type(value)
    return {name: getattr(value, name) for name in _names(cls)}


def changes_of(value: Any) -> dict[str, Any]:
    """Return a domain value's fields but its id, as columns of an update.

    A key that is assigned, even to itself, makes SQLite look at every row that refers to it.
    """
    columns = columns_of(value)
    del columns["id"]
    return columns


def value_of(cls: Callable[..., Value], row: Row[Any]) -> Value:
    """Make a domain value from a row that has a column for each of its fields."""
    columns = row._mapping  # noqa: SLF001 - public in all but name
    return cls(**{name: columns[name] for name in _names(cls)})
