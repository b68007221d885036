"""Calls of functions inside expressions, and the three that ask whether there is a value."""

import ast

from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.functions import FUNCTIONS, GUARDS, Function
from deskhand.runbooks.patterns import full_match
from deskhand.runbooks.shapes import NUMBERS, Kind, Shape, united
from deskhand.runbooks.terms import FAULTY, Implied, NamePath, Names, Term, Walk, condition
from deskhand.runbooks.trial import refusal


class Calls:
    """Checks the calls of one expression."""

    def __init__(self, walk: Walk) -> None:
        self._of = walk

    def term(self, node: ast.Call, names: Names) -> Term:
        """Check a call."""
        name = self._name(node)
        if name is None:
            return FAULTY
        if name == "default":
            return self._default(node, names)
        if name in GUARDS:
            return self._guard(name, node, names)
        return self._function(FUNCTIONS[name], node, names)

    def _name(self, node: ast.Call) -> str | None:
        known = (*FUNCTIONS, *GUARDS)
        if not isinstance(node.func, ast.Name):
            self._of.fault(node, "only the functions of the language can be called")
        elif node.func.id not in known:
            advice = did_you_mean(node.func.id, known) or choices(known, most=40)
            self._of.fault(node.func, f"there is no function `{node.func.id}`", advice)
        elif node.keywords or any(isinstance(part, ast.Starred) for part in node.args):
            self._of.fault(node, "arguments are given one after the other, without names")
        else:
            return node.func.id
        return None

    def _guard(self, name: str, node: ast.Call, names: Names) -> Term:
        if len(node.args) != 1:
            return self._of.fault(node, f"`{name}` takes one argument: {GUARDS[name]}")
        term = self._tolerant(node.args[0], names)
        code = f"({term.code} is not None)" if name == "there" else f"_present({term.code})"
        implied = Implied(when_true=_prefixes(term.path)) if term.path else None
        return Term(shape=condition(code).shape, code=code, implied=implied or Implied())

    def _default(self, node: ast.Call, names: Names) -> Term:
        if len(node.args) != 2:
            return self._of.fault(node, f"`default` takes two arguments: {GUARDS['default']}")
        value = self._tolerant(node.args[0], names)
        other = self._of.term(node.args[1], names)
        shape = united(value.shape.there(), other.shape)
        if shape is None:
            return self._of.fault(
                node.args[1], f"this is {other.shape.words}, the value {value.shape.words}"
            )
        return Term(shape=shape, code=f"_default({value.code}, {other.code})")

    def _tolerant(self, node: ast.expr, names: Names) -> Term:
        """Check a part that may be absent, or be a name below one that may be absent."""
        path = _dotted(node)
        root = names.shapes.get(path[0]) if path else None
        if path is None or root is None or root.kind is Kind.RAW:
            return self._of.term(node, names)
        every = names.knowing(_prefixes(path))
        term = self._of.term(node, every)
        if term.path is None:
            return self._of.term(node, names)
        absent = not _prefixes(path) <= names.known and _may_miss(path, names)
        shape = term.shape.maybe() if absent else term.shape
        return Term(shape=shape, code=f"_at(s, {path!r})" if absent else term.code, path=path)

    def _function(self, function: Function, node: ast.Call, names: Names) -> Term:
        terms = self._arguments(function, node, names)
        if terms is None:
            return FAULTY
        if function.name == "matches":
            return self._matches(node, terms)
        shapes = [term.shape for term in terms]
        if reason := refusal(function, node.args, shapes, self._of):
            message = f"`{function.name}` never gives a value here: {reason}"
            return self._of.fault(node, message, f"for example: {function.example}")
        code = f"f_{function.name}({', '.join(term.code for term in terms)})"
        return Term(shape=function.shape(shapes), code=code)

    def _arguments(self, function: Function, node: ast.Call, names: Names) -> list[Term] | None:
        """Check the arguments of a call; None when something about them is wrong."""
        if not function.takes(len(node.args)):
            self._of.fault(node, f"`{function.name}` is used so: {function.example}")
            return None
        terms = [self._of.present(part, names) for part in node.args]
        if any(term.shape.kind is Kind.UNKNOWN for term in terms):
            return None
        for position, (part, term) in enumerate(zip(node.args, terms, strict=True)):
            wrong = self._mistake(function, position, term.shape, part)
            if wrong:
                self._of.fault(part, wrong, f"for example: {function.example}")
                return None
        if not _alike(function, [term.shape for term in terms]):
            self._of.fault(node, f"`{function.name}` cannot mix these kinds of value")
            return None
        return terms

    def _mistake(self, function: Function, position: int, shape: Shape, node: ast.expr) -> str:
        if shape.kind not in function.kinds_at(position):
            return f"`{function.name}` cannot take {shape.words} here"
        if position in function.constants and not isinstance(node, ast.Constant):
            return f"`{function.name}` takes a text in quotes here"
        element = shape.element
        if shape.kind is Kind.LIST and function.elements and element:
            if element.kind not in function.elements:
                return f"`{function.name}` cannot take a list of {element.words}"
            if element.absent:
                return f"some entries of `{self._of.source(node)}` may be absent: its `?` says so"
        return ""

    def _matches(self, node: ast.Call, terms: list[Term]) -> Term:
        pattern = node.args[1]
        assert isinstance(pattern, ast.Constant)  # noqa: S101 - checked just before
        try:
            matcher = full_match(str(pattern.value))
        except ValueError as error:
            return self._of.fault(pattern, f"not a regular expression: {error}")
        return condition(f"{self._of.constant(matcher)}({terms[0].code})", terms[0])


def _dotted(node: ast.expr) -> NamePath | None:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        return None
    return (node.id, *reversed(parts))


def _prefixes(path: NamePath) -> frozenset[NamePath]:
    return frozenset(path[:length] for length in range(1, len(path) + 1))


def _may_miss(path: NamePath, names: Names) -> bool:
    """Whether any part of a dotted name may be absent."""
    shape: Shape | None = names.shapes[path[0]]
    for length, part in enumerate((*path[1:], None), start=1):
        if shape is None:
            return False
        if shape.absent and path[:length] not in names.known:
            return True
        shape = (shape.fields or {}).get(part) if part else None
    return False


def _alike(function: Function, shapes: list[Shape]) -> bool:
    """Whether dates, times and numbers, or a list and further values, are not mixed."""
    if function.more and len(shapes) > 1 and any(shape.kind is Kind.LIST for shape in shapes):
        return False
    kinds = {shape.kind for shape in shapes if shape.kind in NUMBERS | {Kind.DATE, Kind.DATETIME}}
    return len(kinds) < 2 or kinds <= NUMBERS
