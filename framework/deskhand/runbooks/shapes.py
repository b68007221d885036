"""What is known of a value before there is one: the static types of expressions."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum


class Kind(Enum):
    """The kinds of value that an expression can have, as people call them."""

    TEXT = "text"
    INT = "a whole number"
    DECIMAL = "a decimal number"
    BOOL = "true or false"
    DATE = "a date"
    DATETIME = "a date with a time"
    DAYS = "a number of days"
    HOURS = "a stretch of time"
    LIST = "a list"
    RECORD = "a record"
    RAW = "raw data"  # a row of a file: anything, or nothing
    UNKNOWN = "unknown"  # a mistake was told already; nothing more is said about it


NUMBERS = frozenset({Kind.INT, Kind.DECIMAL})
SCALARS = frozenset({Kind.TEXT, Kind.BOOL, Kind.DATE, Kind.DATETIME}) | NUMBERS

SENSITIVITIES = ("pii", "phi", "fti")
"""Personal data, health data, federal tax information: each stricter than the one before."""

_RANKS: Mapping[str | None, int] = {None: 0, "pii": 1, "phi": 2, "fti": 3}


def strongest(*sensitivities: str | None) -> str | None:
    """Return the most sensitive of several sensitivities.

    >>> strongest(None, "phi", "pii")
    'phi'
    """
    return max(sensitivities, key=lambda word: _RANKS.get(word, 2), default=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One static type.

    `absent` tells that there may be no value at all; `element` is what a list holds,
    `fields` what a record holds; `options` are the only texts that a choice can be.
    """

    kind: Kind
    sensitivity: str | None = None
    absent: bool = False
    element: "Shape | None" = None
    fields: Mapping[str, "Shape"] | None = None
    options: frozenset[str] | None = None

    @property
    def words(self) -> str:
        """How messages call it."""
        if self.kind is Kind.LIST and self.element and self.element.kind is not Kind.UNKNOWN:
            return f"a list ({self.element.words})"
        return self.kind.value

    @property
    def sensitive(self) -> str | None:
        """Its sensitivity, or that of its most sensitive part."""
        inner = [part.sensitive for part in (self.fields or {}).values()]
        if self.element is not None:
            inner.append(self.element.sensitive)
        return strongest(self.sensitivity, *inner)

    def sealed_parts(self, path: str = "") -> frozenset[str]:
        """Return the dotted paths of what is sensitive in a value; the empty one for all of it.

        The entries of a list share the list's own path.
        """
        if self.sensitivity is not None:
            return frozenset({path})
        found: set[str] = set()
        for name, part in (self.fields or {}).items():
            found |= part.sealed_parts(f"{path}.{name}".lstrip("."))
        if self.element is not None:
            found |= self.element.sealed_parts(path)
        return frozenset(found)

    def there(self) -> "Shape":
        """Return the shape of the value where it is known to be there."""
        return replace(self, absent=False) if self.absent else self

    def maybe(self) -> "Shape":
        """Return the shape of the value where it may be missing."""
        return self if self.absent else replace(self, absent=True)

    def sealed(self, sensitivity: str | None) -> "Shape":
        """Return the shape with at least this sensitivity."""
        together = strongest(self.sensitivity, sensitivity)
        return self if together == self.sensitivity else replace(self, sensitivity=together)


UNKNOWN = Shape(kind=Kind.UNKNOWN)
RAW = Shape(kind=Kind.RAW)
TEXT = Shape(kind=Kind.TEXT)
INT = Shape(kind=Kind.INT)
DECIMAL = Shape(kind=Kind.DECIMAL)
BOOL = Shape(kind=Kind.BOOL)
DATE = Shape(kind=Kind.DATE)
DATETIME = Shape(kind=Kind.DATETIME)


def fits(given: Shape, wanted: Shape) -> bool:
    """Whether a value of the one shape may stand where the other is wanted; absence aside."""
    if Kind.UNKNOWN in (given.kind, wanted.kind):
        return True
    if given.kind is Kind.INT and wanted.kind is Kind.DECIMAL:
        return True
    if given.kind is not wanted.kind:
        return False
    if given.element is not None and wanted.element is not None:
        return fits(given.element, wanted.element)
    return True


def comparable(one: Shape, other: Shape) -> bool:
    """Whether two values can be equal at all."""
    kinds = {one.kind, other.kind}
    if Kind.UNKNOWN in kinds or kinds == {Kind.RAW, Kind.TEXT}:
        return True
    return one.kind is other.kind or kinds <= NUMBERS


def united(one: Shape, other: Shape) -> Shape | None:
    """Return the shape of a value that is either; None where that would be a mixture."""
    kind = _united_kind(one.kind, other.kind)
    if kind is None or (kind is Kind.RECORD and one.fields != other.fields):
        return None
    element = one.element
    if element is not None and other.element is not None:
        element = united(element, other.element)
        if element is None:
            return None
    return replace(
        one,
        kind=kind,
        sensitivity=strongest(one.sensitivity, other.sensitivity),
        absent=one.absent or other.absent,
        options=one.options | other.options if one.options and other.options else None,
        element=element,
    )


def _united_kind(one: Kind, other: Kind) -> Kind | None:
    kinds = {one, other}
    if len(kinds) == 1:
        return one
    for wider in (Kind.UNKNOWN, Kind.RAW):
        if wider in kinds:
            return wider
    return Kind.DECIMAL if kinds == NUMBERS else None
