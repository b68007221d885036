"""The heading of a CSV file, worked out once, so that each row is only picked apart."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

# `lines[1].code`, `diagnosis_codes[2]`, `worksheet.agi`; any other heading is a name as it stands.
_PATH = re.compile(r"([A-Za-z_]\w*)(?:\[(0|[1-9]\d{0,3})\])?(?:\.([A-Za-z_]\w*))?")


class HeadingError(Exception):
    """The heading cannot name the columns; the message says which column, and why."""


@dataclass(frozen=True, slots=True)
class _Column:
    name: str
    index: int | None
    member: str | None


@dataclass(slots=True)
class _Nested:
    """One name that several columns fill: a list, a list of objects, or an object."""

    kind: str
    groups: dict[int, list[tuple[str, int]]] = field(default_factory=dict)


class Columns:
    """Turns the cells of a row into its values, nested as the heading's names say."""

    def __init__(self, heading: Sequence[str]) -> None:
        names = [name.strip() for name in heading]
        self.count = len(names)
        self._plain: list[tuple[str, int]] = []
        nested: dict[str, _Nested] = {}
        for position, column in enumerate(_columns(names)):
            self._place(column, position, nested)
        self._lists = _flat(nested, kind="list")
        self._rows = _grouped(nested)
        self._objects = _flat(nested, kind="object")

    def values(self, cells: Sequence[str]) -> Mapping[str, object]:
        """The row's values: an empty cell is None, a group of empty cells is left out."""
        values: dict[str, object] = {name: cells[at] or None for name, at in self._plain}
        for name, members in self._lists:
            values[name] = [cells[at] for _, at in members if cells[at]]
        for name, groups in self._rows:
            values[name] = [
                {member: cells[at] or None for member, at in group}
                for group in groups
                if any([cells[at] for _, at in group])  # noqa: C419 - a list is faster here
            ]
        for name, members in self._objects:
            values[name] = {member: cells[at] or None for member, at in members}
        return values

    def _place(self, column: _Column, position: int, nested: dict[str, _Nested]) -> None:
        if not _nests(column):
            self._plain.append((column.name, position))
            return
        kind = _kind(column)
        entry = nested.setdefault(column.name, _Nested(kind))
        if entry.kind != kind:
            raise HeadingError(f"the heading uses {column.name!r} in two different ways")
        member = (column.member or "", position)
        entry.groups.setdefault(column.index or 0, []).append(member)


def _columns(names: Sequence[str]) -> list[_Column]:
    seen: set[str] = set()
    columns = []
    for number, name in enumerate(names, start=1):
        if not name:
            raise HeadingError(f"column {number} has no heading")
        if name in seen:
            raise HeadingError(f"the heading {name!r} appears twice")
        seen.add(name)
        columns.append(_column(name))
    plain = {column.name for column in columns if not _nests(column)}
    for column in columns:
        if column.name in plain and _nests(column):
            raise HeadingError(f"the heading uses {column.name!r} in two different ways")
    return columns


def _column(name: str) -> _Column:
    path = _PATH.fullmatch(name)
    if path is None:
        return _Column(name, None, None)
    index = None if path[2] is None else int(path[2])
    if index == 0:
        raise HeadingError(f"the heading {name!r} counts from 0; its groups are counted from 1")
    return _Column(path[1], index, path[3])


def _nests(column: _Column) -> bool:
    return column.index is not None or column.member is not None


def _kind(column: _Column) -> str:
    if column.index is None:
        return "object"
    return "list" if column.member is None else "rows"


def _flat(nested: Mapping[str, _Nested], *, kind: str) -> list[tuple[str, list[tuple[str, int]]]]:
    return [
        (name, [member for _, group in sorted(entry.groups.items()) for member in group])
        for name, entry in nested.items()
        if entry.kind == kind
    ]


def _grouped(nested: Mapping[str, _Nested]) -> list[tuple[str, list[list[tuple[str, int]]]]]:
    return [
        (name, [group for _, group in sorted(entry.groups.items())])
        for name, entry in nested.items()
        if entry.kind == "rows"
    ]
