"""The types of the language: how raw data becomes a value, and how a value is stored.

`parse` is called for every field of every row of every file, so each type does its work with few
calls. Reasons never contain the data.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Protocol

from deskhand.domain.fields import Field, ValueType
from deskhand.runbooks.misfits import MISSING, MisfitError, UnfitPartsError, parts_of
from deskhand.runbooks.shapes import Kind, Shape, strongest


class LanguageType(ValueType, Protocol):
    """A type that the checker can reason about."""

    @property
    def shape(self) -> Shape:
        """What is known of its values before there is one."""
        ...


Reading = Callable[[str], object]
Writing = Callable[[object], object]


def as_it_is(value: object) -> object:
    """Return a value that JSON has, too."""
    return value


@dataclass(frozen=True, slots=True, kw_only=True)
class Scalar:
    """A type whose values come as one text.

    `read` turns a trimmed, non-empty text into the value, or raises `ValueError` with a reason;
    `takes` are the Python classes that are values already; `checks` are the declared limits,
    `limits` the same in words.
    """

    name: str
    kind: Kind
    read: Reading
    write: Writing = as_it_is
    takes: tuple[type, ...] = ()
    sensitivity: str | None = None
    options: frozenset[str] | None = None
    checks: tuple[Callable[[object], None], ...] = ()
    limits: tuple[str, ...] = ()

    @property
    def shape(self) -> Shape:
        """A scalar's shape."""
        return Shape(kind=self.kind, sensitivity=self.sensitivity, options=self.options)

    def parse(self, raw: object) -> object:
        if raw.__class__ is str:
            text = raw.strip()
            if not text:
                raise MisfitError(MISSING)
            value = self._read(text)
        else:
            value = self._typed(raw)
        for check in self.checks:
            check(value)
        return value

    def plain(self, value: object) -> object:
        return self.write(value)

    def _read(self, text: str) -> object:
        try:
            return self.read(text)
        except MisfitError:
            raise
        except ValueError as error:
            # From a project's own type; Python's own messages quote what they were given.
            said = str(error)
            raise MisfitError("does not fit its type" if text in said else said) from None

    def _typed(self, raw: object) -> object:
        if raw is None:
            raise MisfitError(MISSING)
        if isinstance(raw, str | int | Decimal) and not isinstance(raw, bool):
            return self._read(f"{raw:f}" if isinstance(raw, Decimal) else str(raw))
        if type(raw) in self.takes:
            # Through its text, so that a typed value meets the same checks as a written one.
            return self._read(str(self.write(raw)))
        if isinstance(raw, float):
            raise MisfitError("is a binary fraction, which is not exact: give it as text")
        raise MisfitError(f"is not {self.kind.value}")


@dataclass(frozen=True, slots=True, kw_only=True)
class ListOf:
    """A list of values of one type, with its least and greatest length."""

    element: ValueType
    least: int = 0
    most: int = 1000

    @property
    def name(self) -> str:
        """`list of …`."""
        return f"list of {self.element.name}"

    @property
    def sensitivity(self) -> str | None:
        return self.element.sensitivity

    @property
    def shape(self) -> Shape:
        """A list's shape."""
        return Shape(kind=Kind.LIST, element=shape_of(self.element))

    def parse(self, raw: object) -> object:
        if raw is None:
            raw = []
        if not isinstance(raw, list | tuple):
            raise MisfitError("is not a list")
        if not self.least <= len(raw) <= self.most:
            raise MisfitError(self._length(len(raw)))
        try:
            return [*map(self.element.parse, raw)]
        except ValueError:
            raise UnfitPartsError(self._faults(raw)) from None

    def plain(self, value: object) -> object:
        return [*map(self.element.plain, value)] if isinstance(value, list | tuple) else value

    def _length(self, length: int) -> str:
        if not length:
            return MISSING
        wanted = f"at least {self.least}" if length < self.least else f"at most {self.most}"
        return f"has {length} entries, {wanted} are allowed"

    def _faults(self, raw: list[object] | tuple[object, ...]) -> list[tuple[str, str]]:
        faults = []
        for number, part in enumerate(raw, start=1):
            try:
                self.element.parse(part)
            except ValueError as error:
                faults += [(f"[{number}]{path}", why) for path, why in parts_of(error)]
        return faults


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordOf:
    """A mapping with named fields."""

    fields: Mapping[str, Field]
    _parsers: tuple[tuple[str, Field, Callable[[object], object]], ...] = field(
        init=False, repr=False, compare=False
    )

    def __post_init__(self) -> None:
        parsers = tuple((name, part, part.type.parse) for name, part in self.fields.items())
        object.__setattr__(self, "_parsers", parsers)

    @property
    def name(self) -> str:
        """`record`."""
        return "record"

    @property
    def sensitivity(self) -> str | None:
        return strongest(*(part.type.sensitivity for part in self.fields.values()))

    @property
    def shape(self) -> Shape:
        """A record's shape."""
        return Shape(kind=Kind.RECORD, fields=shapes_of(self.fields))

    def parse(self, raw: object) -> object:
        if raw is None:
            raise MisfitError(MISSING)
        if not isinstance(raw, Mapping):
            raise MisfitError("is not a record with named fields")
        values: dict[str, object] = {}
        faults: list[tuple[str, str]] = []
        for name, part, parse in self._parsers:
            given = raw.get(name)
            try:
                if given is None or given == "" or (given.__class__ is str and not given.strip()):
                    values[name] = absent_value(part)
                else:
                    values[name] = parse(given)
            except ValueError as error:
                faults += [(f".{name}{path}", why) for path, why in parts_of(error)]
        if faults:
            raise UnfitPartsError(faults)
        return values

    def plain(self, value: object) -> object:
        if not isinstance(value, Mapping):
            return value
        return {name: plain_part(part, value.get(name)) for name, part in self.fields.items()}


def shapes_of(fields: Mapping[str, Field]) -> dict[str, Shape]:
    """Return the static types of a record's fields."""
    return {name: shape_of(part.type, optional=part.optional) for name, part in fields.items()}


def shape_of(value_type: ValueType, *, optional: bool = False) -> Shape:
    """Return the static type of a type's values; a type from elsewhere is taken for a text."""
    known = getattr(value_type, "shape", None)
    shape = known if isinstance(known, Shape) else Shape(kind=Kind.TEXT)
    return replace(shape, absent=True) if optional else shape


def absent_value(part: Field) -> object:
    """Return what a field holds when the data has nothing for it; raises `ValueError`."""
    if part.default is not None:
        return part.default
    return None if part.optional else part.type.parse(None)


def plain_part(part: Field, value: object) -> object:
    """Return a field's value in JSON types."""
    return None if value is None else part.type.plain(value)


def limited(scalar: Scalar, check: Callable[[object], None], words: str) -> Scalar:
    """Return a scalar type with a further check, which the words describe."""
    return replace(scalar, checks=(*scalar.checks, check), limits=(*scalar.limits, words))


def iso(value: object) -> object:
    """Return a date or datetime as ISO text."""
    return value.isoformat() if isinstance(value, date) else value
