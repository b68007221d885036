"""Triggers: which files start items, and how a row of such a file becomes the item's fields."""

import re
from collections.abc import Mapping
from typing import Any, Final

from deskhand.domain.runbook import Field, FileTrigger, ManualTrigger, ValueType
from deskhand.domain.step import Expression, Scope
from deskhand.errors import ExpressionError
from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.expressions import Compiled
from deskhand.runbooks.model import FileModel, ManualModel
from deskhand.runbooks.shapes import RAW, Kind, Shape, fits
from deskhand.runbooks.source import Source
from deskhand.runbooks.terms import Names
from deskhand.runbooks.tree import Path
from deskhand.runbooks.types import ListOf, RecordOf, shape_of

SUFFIXES: Final = ("csv", "json", "jsonl", "837", "x12", "isir", "dat")
_LATER: Final = ("xlsx", "xls", "pdf", "xml", "txt")
_EACH = re.compile(r"\s*([a-z][a-z0-9_]{0,62})\s+in\s+(.+)", re.DOTALL)
_SUFFIX = re.compile(r"\*\.(?:\{([^{}]*)\}|([^{}*/]+))$")
_WORDS = frozenset({"item", "params", "row", "today", "now_utc"})

Parts = tuple[tuple[str, Expression], ...]


class TriggerCompiler:
    """Compiles triggers for an item with these fields."""

    def __init__(self, source: Source, fields: Mapping[str, Field], names: Names) -> None:
        self._source = source
        self._fields = fields
        self._names = names

    def triggers(
        self, models: list[FileModel | ManualModel], *, runbook: str
    ) -> tuple[FileTrigger | ManualTrigger, ...]:
        """Return the compiled triggers; items can always be given by hand."""
        made: list[FileTrigger | ManualTrigger] = []
        for number, model in enumerate(models):
            path: Path = ("triggers", number)
            if isinstance(model, FileModel):
                self._pattern((*path, "file"), model.file)
                made.append(FileTrigger(pattern=model.file, map=self._map(path, model.map)))
            else:
                made.append(ManualTrigger(map=self._map(path, model.map)))
        if not made:
            made.append(FileTrigger(pattern=f"inbox/{{client}}/{runbook}/*.{{csv,json,jsonl}}"))
        if not any(isinstance(trigger, ManualTrigger) for trigger in made):
            made.append(ManualTrigger())
        return tuple(made)

    def _pattern(self, path: Path, pattern: str) -> None:
        folders = pattern.split("/")[:-1]
        if pattern.startswith("/") or "\\" in pattern or {"..", "."} & set(folders):
            self._source.at_value(path, "a file pattern stays inside the project's folder")
            return
        if any("{" in folder and folder != "{client}" for folder in folders):
            self._source.at_value(path, "the only place-holder of a folder is {client}")
        if folders.count("{client}") > 1:
            self._source.at_value(path, "{client} stands once")
        suffix = _SUFFIX.search(pattern)
        if suffix is None:
            self._source.at_value(
                path, "a file pattern ends with its kinds of file", "for example *.{csv,json}"
            )
            return
        for word in (suffix[1] or suffix[2]).split(","):
            if word in _LATER:
                self._source.at_value(path, f"reading .{word} files is not built yet")
            elif word not in SUFFIXES:
                advice = did_you_mean(word, SUFFIXES) or choices(SUFFIXES)
                self._source.at_value(path, f"deskhand cannot read .{word} files", advice)

    def _map(self, path: Path, mapped: Mapping[str, str | dict[str, str]]) -> dict[str, Expression]:
        made: dict[str, Expression] = {}
        for name, value in mapped.items():
            place = (*path, "map", name)
            field = self._field(place, name, self._fields)
            if field is None:
                continue
            if isinstance(value, str):
                compiled: Expression | None = self._value(place, value, field.type, self._names)
            else:
                compiled = self._parts(place, value, field.type)
            if compiled is not None:
                made[name] = compiled
        return made

    def _field(self, path: Path, name: str, fields: Mapping[str, Field]) -> Field | None:
        if name not in fields:
            advice = did_you_mean(name, fields) or choices(fields, most=30)
            self._source.at_key(path, f"the item has no field `{name}`", advice)
        return fields.get(name)

    def _value(self, path: Path, text: str, wanted: ValueType, names: Names) -> Compiled | None:
        compiled = self._source.expression(path, text, names).compiled
        if compiled is None:
            return None
        problem = _unfit(compiled.shape, shape_of(wanted))
        if problem:
            self._source.at_value(path, *problem)
        return compiled

    def _parts(self, path: Path, parts: dict[str, str], wanted: ValueType) -> Expression | None:
        """Compile `{each: line in row.lines, code: line.Code}`, or the parts of one record."""
        if "each" not in parts:
            if not isinstance(wanted, RecordOf):
                self._source.at_key(
                    path, f"`{path[-1]}` is no record", "for a list: each: line in row.lines"
                )
                return None
            return Rows(self._each_part(path, parts, wanted, self._names))
        element = wanted.element if isinstance(wanted, ListOf) else None
        if not isinstance(element, RecordOf):
            self._source.at_key(path, f"`{path[-1]}` is no list of records")
            return None
        found = _EACH.fullmatch(parts["each"])
        if found is None or found[1] in _WORDS:
            self._source.at_value(
                (*path, "each"), "this is not `NAME in LIST`", "for example: line in row.lines"
            )
            return None
        variable, listed = found[1], " " * found.start(2) + found[2]
        rows = self._source.expression((*path, "each"), listed, self._names).compiled
        names = self._names.plus(**{variable: RAW})
        rest = {name: text for name, text in parts.items() if name != "each"}
        made = self._each_part(path, rest, element, names)
        return Rows(made, variable=variable, each=rows) if rows else None

    def _each_part(
        self, path: Path, parts: Mapping[str, str], record: RecordOf, names: Names
    ) -> Parts:
        made: list[tuple[str, Expression]] = []
        for name, text in parts.items():
            field = self._field((*path, name), name, record.fields)
            compiled = self._value((*path, name), text, field.type, names) if field else None
            if compiled is not None:
                made.append((name, compiled))
        return tuple(made)


class Rows:
    """An expression that builds a list of records, or one record, out of raw data.

    Parts that are not mapped bind to the raw value of the same name.
    """

    def __init__(
        self, parts: Parts, *, variable: str | None = None, each: Compiled | None = None
    ) -> None:
        self._parts = parts
        self._variable = variable
        self._each = each
        inside = ", ".join(f"{name}: {part.source}" for name, part in parts)
        self.source = (
            f"{{each: {variable} in {each.source}, {inside}}}" if each else f"{{{inside}}}"
        )

    @property
    def sensitive(self) -> bool:
        """Raw data is not known to be sensitive; the fields that it goes to are."""
        return any(part.sensitive for _, part in self._parts)

    def value(self, scope: Scope) -> object:
        """Return the records; the reason of an `ExpressionError` names the entry and its part."""
        if self._each is None or self._variable is None:
            return {name: self._part(name, part, scope, "") for name, part in self._parts}
        rows = self._each.value(scope)
        if rows is None:
            return None
        if not isinstance(rows, list | tuple):
            raise ExpressionError(self._each.source, "is not a list")
        inner = dict(scope)
        records = []
        for number, row in enumerate(rows, start=1):
            inner[self._variable] = row
            records.append(self._record(row, inner, f"[{number}]."))
        return records

    def _record(self, row: Any, scope: Scope, place: str) -> dict[str, object]:
        if not isinstance(row, Mapping):
            raise ExpressionError(self.source, f"{place.rstrip('.')} is not a record")
        return {**row, **{name: self._part(name, part, scope, place) for name, part in self._parts}}

    def _part(self, name: str, part: Expression, scope: Scope, place: str) -> object:
        try:
            return part.value(scope)
        except ExpressionError as error:
            raise ExpressionError(part.source, f"{place}{name} {error.problem}") from None


def _unfit(given: Shape, wanted: Shape) -> tuple[str, str] | None:
    """Return why a mapped value can never become a field; texts and raw data are parsed."""
    if given.kind is Kind.RAW or (given.kind is Kind.TEXT and wanted.kind is not Kind.LIST):
        if given.options and wanted.options and not given.options <= wanted.options:
            strange = ", ".join(sorted(given.options - wanted.options))
            listed = ", ".join(sorted(wanted.options))
            return f"`{strange}` is none of the options: {listed}", ""
        return None
    if fits(given, wanted):
        return None
    advice = "split it: `split(row.Codes, ';')`" if wanted.kind is Kind.LIST else ""
    return f"this is {given.words}, the field holds {wanted.words}", advice
