"""Comparing what was submitted with what the portal now holds, field by field."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from deskhand.domain.sealed import Sealed

_PLACE = re.compile(r"\[[0-9]+\]")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChecks:
    """How often one field was compared, over all entries of a list, and how often it differed."""

    name: str
    checked: int
    wrong: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadBack:
    """How many fields were compared, and the paths of those that differ; never their values.

    `by_field` says the same for each field, in the order of comparing.
    """

    checked: int
    wrong: tuple[str, ...] = ()
    by_field: tuple[FieldChecks, ...] = field(default=(), repr=False)

    @property
    def holds(self) -> bool:
        """Whether the portal holds what was submitted."""
        return not self.wrong


def compare(
    submitted: Mapping[str, object], held: Mapping[str, object], *, fields: Iterable[str]
) -> ReadBack:
    """Compare the named fields of two records; lists and nested records count each leaf.

    A value is right when it is the same after what portals do to text: case, spacing, and the
    way amounts and dates are written do not matter; a digit does.

    >>> compare({"total": Decimal("12.50")}, {"total": "12.5"}, fields=["total"])
    ReadBack(checked=1, wrong=())
    >>> compare({"name": "Ann  Lee"}, {"name": "ANN LEA"}, fields=["name"]).wrong
    ('name',)
    """
    checked = 0
    wrong: list[str] = []
    counts: dict[str, list[int]] = {}
    for name in fields:
        for path, right in _leaves(name, submitted.get(name), held.get(name)):
            checked += 1
            if not right:
                wrong.append(path)
            count = counts.setdefault(field_name(path), [0, 0])
            count[0] += 1
            count[1] += not right
    by_field = (FieldChecks(name=name, checked=c, wrong=w) for name, (c, w) in counts.items())
    return ReadBack(checked=checked, wrong=tuple(wrong), by_field=tuple(by_field))


def field_name(path: str) -> str:
    """Return the field that a path leads to, whatever the place in a list.

    >>> field_name("lines[2].code")
    'lines.code'
    """
    return _PLACE.sub("", path)


def _leaves(path: str, ours: object, theirs: object) -> Iterable[tuple[str, bool]]:
    ours, theirs = _opened(ours), _opened(theirs)
    if isinstance(ours, Mapping) and isinstance(theirs, Mapping):
        shared = [key for key in ours if key in theirs]
        for key in shared:
            yield from _leaves(f"{path}.{key}", ours[key], theirs[key])
        if ours and not shared:
            # Nothing to compare is no proof.
            yield path, False
    elif _is_list(ours) and _is_list(theirs):
        yield from _list_leaves(path, list(_each(ours)), list(_each(theirs)))
    else:
        yield path, _same(ours, theirs)


def _list_leaves(path: str, ours: list[object], theirs: list[object]) -> Iterable[tuple[str, bool]]:
    if len(ours) != len(theirs):
        yield f"{path} (count)", False
    for number, (mine, other) in enumerate(zip(ours, theirs, strict=False), start=1):
        yield from _leaves(f"{path}[{number}]", mine, other)


def _is_list(value: object) -> bool:
    return isinstance(value, Sequence) and not isinstance(value, str | bytes)


def _each(value: object) -> Iterable[object]:
    return value if isinstance(value, Sequence) else ()


def _opened(value: object) -> object:
    return value.reveal() if isinstance(value, Sealed) else value


def _same(ours: object, theirs: object) -> bool:
    if isinstance(ours, Decimal) or isinstance(theirs, Decimal):
        return _amount(ours) == _amount(theirs)
    return _text(ours) == _text(theirs)


def _amount(value: object) -> Decimal | None:
    if isinstance(value, Decimal | int):
        return Decimal(value)
    try:
        return Decimal(str(value).replace(",", "").replace("$", "").strip())
    except InvalidOperation:
        return None


def _text(value: object) -> str | None:
    """Fold what portals do to text; `None` and empty are the same."""
    if isinstance(value, date):
        return value.isoformat()
    return " ".join(str(value).split()).casefold() or None if value is not None else None
