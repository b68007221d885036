"""Declared types → types that parse, and the item's fields."""

import keyword
import re
from collections.abc import Mapping

from deskhand.domain.fields import Field, ValueType
from deskhand.runbooks.catalogue import CHOICE, OptionError, TypeCatalogue
from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.misfits import MISSING
from deskhand.runbooks.model import ListModel, RecordModel, TypeModel
from deskhand.runbooks.repairs import FAULTY_TYPE
from deskhand.runbooks.shapes import Kind
from deskhand.runbooks.source import Source
from deskhand.runbooks.tree import Path
from deskhand.runbooks.types import LanguageType, ListOf, RecordOf, Scalar, as_it_is

Declared = str | TypeModel | ListModel | RecordModel

_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_EXACT = "numbers are exact here: `decimal`, `int`, or `money` with two decimals"
_ELSEWHERE = {**dict.fromkeys(("float", "number", "double", "real", "numeric"), _EXACT)}
_UNKNOWN = Scalar(name="unknown", kind=Kind.UNKNOWN, read=as_it_is)


class Declarations:
    """Makes types of what a runbook declares."""

    def __init__(self, source: Source, types: TypeCatalogue) -> None:
        self._source = source
        self._types = types

    def fields(self, path: Path, declared: Mapping[str, Declared]) -> dict[str, Field]:
        """Return the fields of a record."""
        return {
            name: self.field((*path, name), declaration) for name, declaration in declared.items()
        }

    def field(self, path: Path, declared: Declared) -> Field:
        """Return one field."""
        name = str(path[-1])
        if not _NAME.fullmatch(name) or keyword.iskeyword(name):
            self._source.at_key(
                path,
                f"`{name}` cannot be the name of a field",
                "small letters, digits and `_`, a letter first, and no word of the language",
            )
        if isinstance(declared, str):
            return self._named(path, declared, TypeModel(type=declared))
        if isinstance(declared, TypeModel):
            return self._named((*path, "type"), declared.type, declared)
        return Field(name=name, type=self._composed(path, declared))

    def _named(self, path: Path, spelled: str, declared: TypeModel) -> Field:
        optional = spelled.endswith("?")
        owner = path[:-1] if path[-1] == "type" else path
        value_type = self._type(path, spelled.removesuffix("?"), declared)
        default = None
        if declared.default is not None:
            default = self._default((*owner, "default"), declared.default, value_type)
            if optional:
                self._source.at_value(path, "a field with a default is never absent: leave out `?`")
                optional = False
        return Field(name=str(owner[-1]), type=value_type, optional=optional, default=default)

    def _type(self, path: Path, name: str, declared: TypeModel) -> LanguageType:
        if name == FAULTY_TYPE:
            return _UNKNOWN
        if name not in self._types.names():
            known = self._types.names()
            advice = _ELSEWHERE.get(name.lower()) or did_you_mean(name, known)
            advice = advice or choices(known, most=40)
            self._source.at_value(path, f"there is no type `{name}`", advice)
            return _UNKNOWN
        given = declared.model_dump(exclude_none=True, exclude={"type", "default"})
        try:
            return self._types.make(name, given)
        except OptionError as error:
            place = (*path[:-1], error.option) if path[-1] == "type" else path
            if error.option in given:
                self._source.at_key(place, str(error))
            else:
                advice = "{type: choice, options: [new, changed]}" if name == CHOICE else ""
                self._source.at_value(path, str(error), advice)
            return _UNKNOWN

    def _default(self, path: Path, text: str, value_type: LanguageType) -> object:
        if value_type is _UNKNOWN:
            return None
        try:
            return value_type.parse(text)
        except ValueError as error:
            reason = "is empty" if str(error) == MISSING else str(error)
            self._source.at_value(path, f"the default {reason}")
            return None

    def _composed(self, path: Path, declared: ListModel | RecordModel) -> ValueType:
        if isinstance(declared, RecordModel):
            return RecordOf(fields=self.fields(path, declared.root))
        element = self.field((*path, "list"), declared.list_)
        if element.optional or element.default is not None:
            self._source.at_value((*path, "list"), "the entries of a list cannot be optional")
        if declared.max < max(1, declared.min):
            self._source.at_value((*path, "max"), "`max` is less than `min`")
        return ListOf(element=element.type, least=declared.min, most=declared.max)
