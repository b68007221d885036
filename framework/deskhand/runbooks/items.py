"""The item of a runbook: its fields, its reference, its checks, its dates and its amount."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from deskhand.domain.fields import Field
from deskhand.domain.runbook import ItemShape
from deskhand.domain.step import Expression
from deskhand.runbooks.catalogue import TypeCatalogue
from deskhand.runbooks.declarations import Declarations
from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.model import ItemModel, RunbookModel
from deskhand.runbooks.shapes import DATE, DATETIME, NUMBERS, SCALARS, Kind, Shape
from deskhand.runbooks.source import Source
from deskhand.runbooks.terms import Names
from deskhand.runbooks.types import shape_of, shapes_of

_CLEAR: Final[Mapping[str, tuple[frozenset[Kind], str]]] = {
    "due": (frozenset({Kind.DATE, Kind.DATETIME}), "a date"),
    "deadline": (frozenset({Kind.DATE, Kind.DATETIME}), "a date"),
    "amount": (NUMBERS, "an amount"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Declared:
    """The item and the parameters of a runbook, and the names that they give to expressions."""

    item: ItemShape
    params: Mapping[str, object]
    names: Names


class ItemCompiler:
    """Compiles what a runbook declares before its steps."""

    def __init__(self, source: Source, types: TypeCatalogue) -> None:
        self._source = source
        self._declarations = Declarations(source, types)

    def declared(self, model: RunbookModel) -> Declared:
        """Compile the item and the parameters."""
        params = {
            name: self._declarations.field(("params", name), declared)
            for name, declared in model.params.items()
        }
        for name, param in params.items():
            if param.default is None and not self._source.tree.has(("params", name, "default")):
                self._source.at_key(
                    ("params", name),
                    f"the parameter `{name}` needs a default",
                    f"for example {name}: {{type: money, default: 25.00}}",
                )
        fields = self._declarations.fields(("item", "fields"), model.item.fields)
        names = Names(
            shapes={
                "item": Shape(kind=Kind.RECORD, fields=shapes_of(fields)),
                "params": Shape(kind=Kind.RECORD, fields=shapes_of(params)),
                "today": DATE,
                "now_utc": DATETIME,
            }
        )
        return Declared(
            item=self._item(model.item, fields, names),
            params={name: param.default for name, param in params.items()},
            names=names,
        )

    def _item(self, model: ItemModel, fields: dict[str, Field], names: Names) -> ItemShape:
        sealed = self._reference(model.reference, fields)
        listed = [(check.that, check.else_, check.say) for check in model.checks]
        checks = self._source.checks(("item", "checks"), listed, names)
        return ItemShape(
            reference=tuple(model.reference),
            fields=fields,
            checks=checks.checks,
            due=self._clear("due", model.due, names),
            deadline=self._clear("deadline", model.deadline, names),
            amount=self._clear("amount", model.amount, names),
            reference_sealed=sealed,
        )

    def _reference(self, reference: list[str], fields: Mapping[str, Field]) -> bool:
        """Check the reference; return whether a part of it is sensitive."""
        for number, name in enumerate(reference):
            path = ("item", "reference", number)
            field = fields.get(name)
            if field is None:
                advice = did_you_mean(name, fields) or choices(fields, most=30)
                self._source.at_value(path, f"the item has no field `{name}`", advice)
            elif shape_of(field.type).kind not in SCALARS | {Kind.UNKNOWN}:
                self._source.at_value(
                    path,
                    f"`{name}` is {shape_of(field.type).words}: "
                    "a reference is made of single values",
                )
            elif name in reference[:number]:
                self._source.at_value(path, f"`{name}` is given twice")
        found = [fields[name] for name in reference if name in fields]
        if found and all(field.optional for field in found):
            self._source.at_key(
                ("item", "reference"), "every part of the reference is optional: it may be empty"
            )
        return any(field.type.sensitivity for field in found)

    def _clear(self, key: str, text: str | None, names: Names) -> Expression | None:
        """Compile an expression whose value is kept in clear, for sorting and adding up."""
        if text is None:
            return None
        path = ("item", key)
        compiled = self._source.expression(path, text, names).compiled
        if compiled is None:
            return None
        kinds, words = _CLEAR[key]
        if compiled.shape.kind not in kinds:
            advice = "a day is written date('2026-01-31')" if Kind.DATE in kinds else ""
            self._source.at_value(
                path, f"`{key}` is {words}; this is {compiled.shape.words}", advice
            )
        elif compiled.shape.absent:
            self._source.at_value(path, f"`{key}` may be absent", "use `default(…, …)`")
        elif compiled.sensitive:
            self._source.at_value(
                path,
                f"`{key}` is kept in clear, and this is sensitive ({compiled.shape.sensitive})",
            )
        return compiled
