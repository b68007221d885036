"""Between a runbook's plain values and a bot's annotated ones."""

import types
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from deskhand.domain.redaction import sensitive_forms
from deskhand.domain.result import ItemFields, Result
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError
from deskhand.ports.action import ActionSignature


def bound(signature: ActionSignature, arguments: Mapping[str, object]) -> dict[str, object]:
    """Return the arguments as the action declares them: sealed, and classes built from mappings.

    Raises `BotError` naming the parameter, never the value.
    """
    unknown = arguments.keys() - signature.parameters.keys()
    missing = signature.required - arguments.keys()
    if unknown or missing:
        wrong = ", ".join(sorted(unknown or missing))
        does = "takes no" if unknown else "needs"
        raise BotError(f"{signature.path} {does} {wrong}")
    return {
        name: _converted(value, signature.parameters[name], at=f"{signature.path}.{name}")
        for name, value in arguments.items()
    }


def answered(signature: ActionSignature, value: object) -> object:
    """Return what an action answered, once it is what the action says that it answers.

    A portal that has no text where one was awaited makes a `str` None; a condition over it would
    hold by accident. Raises `BotError` naming the field, never its value.
    """
    declared = _members(signature.returns)
    if object in declared or Any in declared:
        return value
    classes = tuple(each for each in declared if isinstance(each, type))
    if not isinstance(value, classes):
        says = " | ".join(_name(each) for each in declared)
        raise BotError(f"{signature.path} returned {_name(type(value))}; it says: -> {says}")
    if not isinstance(value, Result):
        return value
    return _built(_opened(value), type(value), at=f"{signature.path}: {type(value).__name__}")


def plain(value: object) -> object:
    """Return a result as plain values: classes as mappings, sealed values opened.

    Texts are composed as those of items are, or a portal's `é` of two signs were no `é`.
    """
    match value:
        case str() if not isinstance(value, Enum):
            return value if value.isascii() else unicodedata.normalize("NFC", value)
        case Sealed():
            return plain(value.reveal())
        case Enum():
            return plain(value.value)
        case Result() | ItemFields():
            return {field.name: plain(getattr(value, field.name)) for field in fields(value)}
        case Mapping():
            return {key: plain(inner) for key, inner in value.items()}
        case _:
            pass
    return [plain(inner) for inner in value] if isinstance(value, list | tuple) else value


def sealed_forms(value: object) -> frozenset[str]:
    """Return the forms of every sealed value inside: what a page or a message must not show."""
    match value:
        case Sealed():
            return _forms_inside(value.reveal())
        case Result() | ItemFields():
            inner = [getattr(value, field.name) for field in fields(value)]
        case Mapping():
            inner = list(value.values())
        case list() | tuple():
            inner = list(value)
        case _:
            return frozenset()
    return frozenset().union(*(sealed_forms(each) for each in inner))


def _members(declared: object) -> tuple[Any, ...]:
    """Return the classes of a union; what is no union is the only one of its own."""
    if get_origin(declared) in {Union, types.UnionType}:
        return get_args(declared)
    return (type(None) if declared is None else declared,)


def _name(declared: Any) -> str:
    return "None" if declared is type(None) else getattr(declared, "__name__", str(declared))


def _opened(value: object) -> Any:
    """Return results and rows as mappings, so that each of their fields is looked at."""
    if isinstance(value, Result | ItemFields):
        return {field.name: _opened(getattr(value, field.name)) for field in fields(value)}
    return [_opened(inner) for inner in value] if isinstance(value, list | tuple) else value


def _forms_inside(value: object) -> frozenset[str]:
    if isinstance(value, Mapping):
        return frozenset().union(*(_forms_inside(each) for each in value.values()))
    if isinstance(value, list | tuple):
        return frozenset().union(*(_forms_inside(each) for each in value))
    if is_dataclass(value) and not isinstance(value, type):
        return frozenset().union(*(_forms_inside(getattr(value, f.name)) for f in fields(value)))
    return sensitive_forms(value)


def _converted(value: object, declared: object, *, at: str) -> object:
    origin = get_origin(declared)
    if origin is Sealed:
        inner = value.reveal() if isinstance(value, Sealed) else value
        return Sealed(_converted(inner, get_args(declared)[0], at=at))
    if origin in {Union, types.UnionType}:
        return _first_fitting(value, get_args(declared), at=at)
    if origin is Literal:
        return _checked(value, fits=value in get_args(declared), declared=declared, at=at)
    if origin in {list, Sequence, tuple}:
        return _list_of(value, get_args(declared), declared=declared, at=at)
    return _one(value, origin or declared, at=at)


def _one(value: object, declared: object, *, at: str) -> object:
    if isinstance(declared, type) and issubclass(declared, Result | ItemFields):
        return _built(value, declared, at=at)
    if isinstance(declared, type) and issubclass(declared, Enum):
        return _member(value, declared, at=at)
    return _scalar(value, declared, at=at)


def _first_fitting(value: object, members: tuple[object, ...], *, at: str) -> object:
    for member in members:
        try:
            return _converted(value, member, at=at)
        except BotError:
            continue
    raise BotError(f"{at} is none of the types that the bot declares for it")


def _list_of(
    value: object, members: tuple[object, ...], *, declared: object, at: str
) -> list[object]:
    _checked(value, fits=isinstance(value, list | tuple), declared=declared, at=at)
    member = members[0] if members else object
    values: Sequence[object] = value if isinstance(value, list | tuple) else ()
    return [_converted(inner, member, at=f"{at}[{at_}]") for at_, inner in enumerate(values)]


def _built(value: object, declared: type[Result | ItemFields], *, at: str) -> object:
    if isinstance(value, declared):
        return value
    if not isinstance(value, Mapping):
        raise BotError(f"{at} must be a mapping that makes a {declared.__name__}")
    annotated: Any = declared  # mypy takes a class made by `dataclass_transform` for unhashable
    hints = _hints(annotated)
    given: dict[str, Any] = {}
    for field in fields(declared):
        if field.name in value:
            inner = value[field.name]
            given[field.name] = _converted(inner, hints[field.name], at=f"{at}.{field.name}")
        elif field.default is MISSING and field.default_factory is MISSING:
            raise BotError(f"{at} has no {field.name}, which {declared.__name__} declares")
    return declared(**given)


@lru_cache(maxsize=256)
def _hints(declared: type) -> Mapping[str, object]:
    return get_type_hints(declared)


def _scalar(value: object, declared: object, *, at: str) -> object:
    if declared is Decimal and isinstance(value, int) and not isinstance(value, bool):
        return Decimal(value)
    if declared in {object, Any}:
        return value
    if declared in {None, type(None)}:
        return _checked(value, fits=value is None, declared=None, at=at)
    fits = isinstance(declared, type) and isinstance(value, declared)
    # Python's kinship of bool with int, and of datetime with date, is none of a runbook's.
    if declared is int and isinstance(value, bool):
        fits = False
    if declared is date and isinstance(value, datetime):
        fits = False
    return _checked(value, fits=fits, declared=declared, at=at)


def _member(value: object, declared: type[Enum], *, at: str) -> Enum:
    for member in declared:
        if value is member or value == member.value:
            return member
    raise BotError(f"{at} is no {declared.__name__}")


def _checked(value: object, *, fits: bool, declared: object, at: str) -> object:
    if not fits:
        name = declared.__name__ if isinstance(declared, type) else str(declared)
        raise BotError(f"{at} must be {name}, and is {type(value).__name__}")
    return value
