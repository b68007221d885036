"""Names inside expressions, and the parts of what they name."""

import ast
from typing import Final

from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.functions import FUNCTIONS
from deskhand.runbooks.shapes import UNKNOWN, Kind, Shape
from deskhand.runbooks.terms import FAULTY, Names, Term, Walk, condition

_CONSTANTS: Final = {"true": True, "false": False}

_TRUTHS: Final = {
    "yes": "true",
    "on": "true",
    "true": "true",
    "no": "false",
    "off": "false",
    "false": "false",
}
_NOTHING: Final = frozenset({"none", "null", "nil"})


class Lookups:
    """Checks the names of one expression."""

    def __init__(self, walk: Walk) -> None:
        self._of = walk

    def name(self, node: ast.Name, names: Names) -> Term:
        """Check a name."""
        name = node.id
        if name in _CONSTANTS and name not in names.shapes:
            return condition(repr(_CONSTANTS[name]))
        shape = names.shapes.get(name)
        if shape is None:
            return self._unknown_name(node, names)
        path = (name,)
        if shape.absent and path in names.known:
            shape = shape.there()
        code = f"s.get({name!r})" if shape.absent else f"s[{name!r}]"
        return Term(shape=shape, code=code, path=path)

    def _unknown_name(self, node: ast.Name, names: Names) -> Term:
        name = node.id
        fields = names.shapes["item"].fields if "item" in names.shapes else None
        if name in names.later:
            return self._of.fault(node, f"`{name}` comes only later", "use a result after its step")
        if fields and name in fields:
            advice = f"did you mean `item.{name}`?"
        elif name in FUNCTIONS:
            advice = f"`{name}` is a function: {FUNCTIONS[name].example}"
        elif name == "item" and "row" in names.shapes:
            advice = "a map sees the `row` only; the item is what it makes"
        elif name.lower() in _NOTHING:
            advice = "ask with `there(…)` or `present(…)` whether there is a value"
        elif name.lower() in _TRUTHS:
            advice = f"write `{_TRUTHS[name.lower()]}`"
        else:
            known = [known for known in names.shapes if known != name]
            in_row = "row" in names.shapes and "item" not in names.shapes
            meant = f"`row.{name}`, or the text '{name}'" if in_row else f"the text '{name}'"
            advice = did_you_mean(name, known) or f"did you mean {meant}?"
        return self._of.fault(node, f"unknown name `{name}`", advice)

    def part(self, node: ast.Attribute, names: Names) -> Term:
        """Check `owner.part`; of a list, that part of every entry."""
        owner = self._of.present(node.value, names)
        kind = owner.shape.kind
        if kind is Kind.UNKNOWN:
            return FAULTY
        if kind is Kind.RAW:
            return Term(shape=owner.shape, code=f"_raw({owner.code}, {node.attr!r})")
        if kind is Kind.LIST:
            return self._projection(node, owner)
        if kind is not Kind.RECORD:
            return self._of.fault(
                node, f"`{self._of.source(node.value)}` is {owner.shape.words}: it has no parts"
            )
        shape = self._field(node, owner.shape)
        path = (*owner.path, node.attr) if owner.path else None
        if shape.absent and path in names.known:
            shape = shape.there()
        return Term(shape=shape, code=f"{owner.code}[{node.attr!r}]", path=path)

    def _field(self, node: ast.Attribute, record: Shape) -> Shape:
        fields = record.fields or {}
        shape = fields.get(node.attr)
        if shape is None:
            owner = self._of.source(node.value)
            advice = did_you_mean(node.attr, fields) or choices(fields)
            message = f"`{owner}` has no field `{node.attr}`"
            self._of.fault_at_end(node, len(node.attr), message, advice)
            return UNKNOWN
        return shape.sealed(record.sensitivity)

    def _projection(self, node: ast.Attribute, owner: Term) -> Term:
        element = owner.shape.element or UNKNOWN
        if element.kind is not Kind.RECORD:
            return self._of.fault(
                node,
                f"`{self._of.source(node.value)}` is {owner.shape.words}: entries without parts",
            )
        part = self._field(node, element)
        if part.kind is Kind.UNKNOWN:
            return FAULTY
        shape = Shape(kind=Kind.LIST, element=part, sensitivity=owner.shape.sensitivity)
        return Term(shape=shape, code=f"[r[{node.attr!r}] for r in {owner.code}]")

    def heading(self, node: ast.Subscript, names: Names) -> Term:
        """Check `row['Date of birth']`."""
        owner = self._of.present(node.value, names)
        if owner.shape.kind is Kind.UNKNOWN:
            return FAULTY
        heading = node.slice
        if (
            owner.shape.kind is not Kind.RAW
            or not isinstance(heading, ast.Constant)
            or not isinstance(heading.value, str)
        ):
            return self._of.fault(
                node,
                "only raw data has parts in brackets: row['Date of birth']",
                "use a dotted name, `first(…)` or `last(…)`",
            )
        return Term(shape=owner.shape, code=f"_raw({owner.code}, {heading.value!r})")
