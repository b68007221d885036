"""A field: a name, a type, and what stands there when nothing is given."""

from dataclasses import dataclass
from typing import Protocol


class ValueType(Protocol):
    """A type of the language: how raw data becomes a value, and how a value is stored."""

    @property
    def name(self) -> str:
        """The type as the runbook spells it."""
        ...

    @property
    def sensitivity(self) -> str | None:
        """`phi`, `pii`, `fti` or None; of a list or record, that of its most sensitive part."""
        ...

    def parse(self, raw: object) -> object:
        """Turn raw data (text, JSON values, a typed value) into the value.

        Raises `ValueError` with a reason that never contains the data.
        """
        ...

    def plain(self, value: object) -> object:
        """Turn a value into JSON types, such that `parse` gives the same value again."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an item, or of a form that a person fills."""

    name: str
    type: ValueType
    optional: bool = False
    default: object = None
