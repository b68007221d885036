"""A bot's Python annotations → the language's static types."""

import types
import typing
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from deskhand.domain.result import ItemFields, NotThere, Refused, Result, Unsure
from deskhand.domain.sealed import Sealed
from deskhand.runbooks.shapes import SENSITIVITIES, UNKNOWN, Kind, Shape, strongest

_KINDS: Final[Mapping[object, Kind]] = {
    str: Kind.TEXT,
    Path: Kind.TEXT,
    int: Kind.INT,
    Decimal: Kind.DECIMAL,
    bool: Kind.BOOL,
    date: Kind.DATE,
    datetime: Kind.DATETIME,
}
_NO_RESULT: Final = (NotThere, Unsure, Refused, type(None))
_NOT_THERE: Final = {NotThere: "NotThere", Unsure: "Unsure", type(None): "None"}


class AnnotationError(Exception):
    """An annotation means nothing to the language; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a parameter of an action, or a field of an `ItemFields` class, wants.

    `fields` are those of an `ItemFields` class, `required` the ones without a default.
    """

    kind: Kind
    sealed: bool = False
    optional: bool = False
    element: "Wanted | None" = None
    fields: Mapping[str, "Wanted"] | None = None
    required: frozenset[str] = field(default_factory=frozenset)

    @property
    def shape(self) -> Shape:
        """The shape of the values that fit."""
        element = self.element.shape if self.element else None
        return Shape(kind=self.kind, element=element, absent=self.optional)

    @property
    def words(self) -> str:
        """How messages call it."""
        return self.shape.words


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What an action gives: the class of its result and its shape; None where it gives nothing.

    `misses` names what it may answer instead: `NotThere`, `Unsure`, `None`.
    """

    result: type[Result] | None
    shape: Shape | None
    misses: tuple[str, ...] = ()


def given_by(annotation: object) -> Given:
    """Return what an action with this return annotation gives; raises `AnnotationError`."""
    parts = _parts(annotation)
    results = [part for part in parts if part not in _NO_RESULT]
    if not results:
        return Given(result=None, shape=None)
    if len(results) > 1 or not (isinstance(results[0], type) and issubclass(results[0], Result)):
        raise AnnotationError("an action returns one subclass of Result, or nothing")
    misses = tuple(name for part, name in _NOT_THERE.items() if part in parts)
    return Given(result=results[0], shape=_result_shape(results[0]), misses=misses)


def wanted_by(annotation: object) -> Wanted:
    """Return what a parameter with this annotation wants; raises `AnnotationError`."""
    parts = _parts(annotation)
    values = [part for part in parts if part is not type(None)]
    if len(values) != 1:
        raise AnnotationError("a parameter is of one type, or of it and None")
    made = _wanted(values[0])
    return _made_optional(made) if len(values) < len(parts) else made


def _wanted(annotation: Any) -> Wanted:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Sealed:
        inner = wanted_by(arguments[0])
        return Wanted(kind=inner.kind, sealed=True, optional=inner.optional, element=inner.element)
    if origin in (list, tuple) and arguments:
        return Wanted(kind=Kind.LIST, element=wanted_by(arguments[0]))
    if origin is typing.Literal:
        return Wanted(kind=Kind.TEXT)
    if isinstance(annotation, type) and issubclass(annotation, ItemFields):
        return _fields_wanted(annotation)
    return Wanted(kind=_kind(annotation))


def _fields_wanted(declared: type) -> Wanted:
    hints = _hints(declared)
    return Wanted(
        kind=Kind.RECORD,
        fields={name: wanted_by(hints[name]) for name in hints},
        required=frozenset(
            part.name
            for part in fields(declared)
            if part.default is MISSING and part.default_factory is MISSING
        ),
    )


def _made_optional(made: Wanted) -> Wanted:
    return Wanted(
        kind=made.kind,
        sealed=made.sealed,
        optional=True,
        element=made.element,
        fields=made.fields,
        required=made.required,
    )


def _result_shape(result: type, *, within: str | None = None) -> Shape:
    # A record inside a result is no less sensitive than the result.
    sealed_as = strongest(_sensitivity(result), within)
    shapes = {name: _shape(hint, sealed_as) for name, hint in _hints(result).items()}
    return Shape(kind=Kind.RECORD, fields=shapes)


def _sensitivity(result: type) -> str:
    declared = result.sealed_as if issubclass(result, Result) else Result.sealed_as
    if declared not in SENSITIVITIES:
        known = ", ".join(SENSITIVITIES)
        raise AnnotationError(
            f"`{result.__name__}` has the sensitivity `{declared}`; there are: {known}"
        )
    return declared


def _shape(annotation: object, sealed_as: str | None) -> Shape:
    parts = _parts(annotation)
    values = [part for part in parts if part is not type(None)]
    if len(values) != 1:
        raise AnnotationError("a field of a result is of one type, or of it and None")
    shape = _value_shape(values[0], sealed_as)
    return shape.maybe() if len(values) < len(parts) else shape


def _value_shape(annotation: Any, sealed_as: str | None) -> Shape:
    origin, arguments = typing.get_origin(annotation), typing.get_args(annotation)
    if origin is Sealed:
        return _shape(arguments[0], sealed_as).sealed(sealed_as)
    if origin in (list, tuple) and arguments:
        return Shape(kind=Kind.LIST, element=_shape(arguments[0], sealed_as))
    if origin is typing.Literal and all(isinstance(word, str) for word in arguments):
        return Shape(kind=Kind.TEXT, options=frozenset(arguments))
    if isinstance(annotation, type) and is_dataclass(annotation):
        return _result_shape(annotation, within=sealed_as)
    return Shape(kind=_kind(annotation))


def _kind(annotation: object) -> Kind:
    if annotation in (object, Any):
        return UNKNOWN.kind
    kind = _KINDS.get(annotation) if isinstance(annotation, type) else None
    if kind is not None:
        return kind
    name = getattr(annotation, "__name__", str(annotation))
    advice = {float: "; amounts are Decimal", timedelta: "; give a number or a text"}
    raise AnnotationError(f"the language has no `{name}`" + advice.get(annotation, ""))  # type: ignore[call-overload]


def _parts(annotation: object) -> tuple[Any, ...]:
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        return typing.get_args(annotation)
    return (type(None) if annotation is None else annotation,)


def _hints(declared: type) -> dict[str, Any]:
    try:
        hints = typing.get_type_hints(declared)
    except NameError as error:
        raise AnnotationError(f"`{declared.__name__}` names an unknown type: {error}") from error
    return {part.name: hints[part.name] for part in fields(declared)}
