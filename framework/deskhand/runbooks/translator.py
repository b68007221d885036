"""Checks a parsed expression and writes the Python code that computes it, in one walk.

The code is put together here from nothing but fixed pieces, quoted names and numbered constants:
no letter of the runbook's text reaches Python as code.
"""

import ast
import unicodedata
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Final

from deskhand.runbooks import operators
from deskhand.runbooks.calls import Calls
from deskhand.runbooks.lookups import Lookups
from deskhand.runbooks.shapes import DECIMAL, INT, SCALARS, TEXT, Kind, Shape, united
from deskhand.runbooks.syntax import MAX_NESTING, Problem, Syntax
from deskhand.runbooks.terms import FAULTY, Implied, Names, Term, condition

_UNGUARDED = "guard it: `there(…)`, `present(…)`, `default(…, …)`, or an earlier expect or finish"


class Translator:
    """Walks one expression; `problems` are its mistakes, `constants` what its code refers to."""

    def __init__(self, syntax: Syntax, constants: dict[str, object] | None = None) -> None:
        self.problems: list[Problem] = []
        self.constants: dict[str, object] = {} if constants is None else constants
        self._syntax = syntax
        self._depth = 0
        self._calls = Calls(self)
        self._lookups = Lookups(self)

    def whole(self, names: Names) -> Term:
        """Check the whole expression."""
        return self.term(self._syntax.root, names)

    def term(self, node: ast.expr, names: Names) -> Term:
        """Check one part of the expression."""
        visit = self._VISITS.get(type(node))
        if visit is None:
            return self.fault(node, _unknown_syntax(node))
        if self._depth >= MAX_NESTING:
            return self.fault(node, f"nested more than {MAX_NESTING} levels deep")
        self._depth += 1
        term = visit(self, node, names)
        self._depth -= 1
        return self._with_conditions(node, term, names)

    def present(self, node: ast.expr, names: Names) -> Term:
        """Check a part whose value must be there."""
        term = self.term(node, names)
        if term.shape.absent:
            return self.absent(node, term, names)
        return term

    def absent(self, node: ast.expr, term: Term, names: Names) -> Term:
        """Tell that a value may be absent where it is needed."""
        name = self.source(node)
        why = names.why_absent.get(name, "")
        if not why and term.path and term.path[0] == "item":
            why = f"`{term.path[-1]}` is optional"
        return self.fault(
            node, f"`{name}` may be absent here" + (f": {why}" if why else ""), _UNGUARDED
        )

    def fault(self, node: ast.expr, message: str, suggestion: str = "") -> Term:
        """Note a mistake; the part of it is not asked for anything more."""
        start, end = self._syntax.place(node)
        self.problems.append(Problem(start=start, end=end, message=message, suggestion=suggestion))
        return FAULTY

    def fault_at_end(self, node: ast.expr, length: int, message: str, suggestion: str) -> Term:
        """Note a mistake in the last letters of a part."""
        start, end = self._syntax.place(node)
        self.problems.append(
            Problem(start=max(start, end - length), end=end, message=message, suggestion=suggestion)
        )
        return FAULTY

    def source(self, node: ast.expr) -> str:
        """Return the text of a part."""
        return self._syntax.source(node)

    def constant(self, value: object) -> str:
        """Return the name under which the code finds a constant."""
        name = f"k{len(self.constants)}"
        self.constants[name] = value
        return name

    # --- values ---

    def _constant(self, node: ast.Constant, names: Names) -> Term:  # noqa: ARG002
        value: object = node.value
        if isinstance(value, bool):
            return condition(repr(value))
        if isinstance(value, str):
            # Composed, as texts of items and of portals are.
            value = unicodedata.normalize("NFC", value)
            return Term(shape=Shape(kind=Kind.TEXT, options=frozenset({value})), code=repr(value))
        if isinstance(value, int):
            return Term(shape=INT, code=repr(value))
        if isinstance(value, float):
            return Term(shape=DECIMAL, code=self.constant(Decimal(self.source(node))))
        return self.fault(
            node, "there is no None", "ask with `there(…)` or `present(…)` whether there is a value"
        )

    def _list(self, node: ast.List, names: Names) -> Term:
        terms = [self.present(part, names) for part in node.elts]
        element = terms[0].shape if terms else TEXT
        for part, term in zip(node.elts, terms, strict=True):
            if term.shape.kind not in SCALARS | {Kind.RAW, Kind.UNKNOWN}:
                return self.fault(part, f"{term.shape.words} cannot stand in a list")
            together = united(element, term.shape)
            if together is None:
                return self.fault(part, f"the list mixes {element.words} and {term.shape.words}")
            element = together
        code = ", ".join(term.code for term in terms)
        return Term(shape=Shape(kind=Kind.LIST, element=element), code=f"[{code}]")

    # --- conditions ---

    def boolean(self, node: ast.expr, names: Names) -> Term:
        """Check a part that must be true or false."""
        term = self.present(node, names)
        if term.shape.kind in (Kind.BOOL, Kind.UNKNOWN):
            return term
        return self.fault(
            node,
            f"this is {term.shape.words}, not a condition",
            "compare it, or ask `present(…)`",
        )

    def _logical(self, node: ast.BoolOp, names: Names) -> Term:
        conjunction = isinstance(node.op, ast.And)
        terms: list[Term] = []
        implied: Implied | None = None
        for part in node.values:
            term = self.boolean(part, names)
            terms.append(term)
            implied = _joined(implied, term.implied, conjunction=conjunction)
            names = names.knowing(implied.when_true if conjunction else implied.when_false)
        code = (" and " if conjunction else " or ").join(term.code for term in terms)
        return condition(f"({code})", *terms, implied=implied)

    def _unary(self, node: ast.UnaryOp, names: Names) -> Term:
        if isinstance(node.op, ast.Not):
            term = self.boolean(node.operand, names)
            return condition(f"(not {term.code})", term, implied=term.implied.negated())
        term = self.present(node.operand, names)
        if isinstance(node.op, ast.USub):
            return operators.negated(self, node, term)
        return self.fault(node, "this sign has no meaning here")

    def _choice(self, node: ast.IfExp, names: Names) -> Term:
        test = self.boolean(node.test, names)
        chosen = self.term(node.body, names.knowing(test.implied.when_true))
        other = self.term(node.orelse, names.knowing(test.implied.when_false))
        shape = united(chosen.shape, other.shape)
        if shape is None:
            return self.fault(node, f"this is either {chosen.shape.words} or {other.shape.words}")
        code = f"({chosen.code} if {test.code} else {other.code})"
        return Term(shape=shape.sealed(test.shape.sensitivity), code=code)

    def _compare(self, node: ast.Compare, names: Names) -> Term:
        parts = [node.left, *node.comparators]
        terms = [self.present(part, names) for part in parts]
        return operators.compared(self, node, parts, terms)

    def _arithmetic(self, node: ast.BinOp, names: Names) -> Term:
        left = self.present(node.left, names)
        right = self.present(node.right, names)
        return operators.computed(self, node, left, right)

    def _name(self, node: ast.Name, names: Names) -> Term:
        return self._lookups.name(node, names)

    def _attribute(self, node: ast.Attribute, names: Names) -> Term:
        return self._lookups.part(node, names)

    def _subscript(self, node: ast.Subscript, names: Names) -> Term:
        return self._lookups.heading(node, names)

    def _call(self, node: ast.Call, names: Names) -> Term:
        return self._calls.term(node, names)

    def _with_conditions(self, node: ast.expr, term: Term, names: Names) -> Term:
        """Add what an equal condition of an earlier step implies."""
        if not names.conditions or term.shape.kind is not Kind.BOOL:
            return term
        known = names.conditions.get(ast.dump(node))
        if known is None:
            return term
        return condition(
            term.code,
            term,
            implied=Implied(
                when_true=term.implied.when_true | known.when_true,
                when_false=term.implied.when_false | known.when_false,
            ),
        )

    _VISITS: Final[Mapping[type[ast.expr], Callable[..., Term]]] = {
        ast.Constant: _constant,
        ast.List: _list,
        ast.Name: _name,
        ast.Attribute: _attribute,
        ast.Subscript: _subscript,
        ast.BoolOp: _logical,
        ast.UnaryOp: _unary,
        ast.IfExp: _choice,
        ast.Compare: _compare,
        ast.BinOp: _arithmetic,
        ast.Call: _call,
    }


def _joined(before: Implied | None, now: Implied, *, conjunction: bool) -> Implied:
    if before is None:
        return now
    return before.both(now) if conjunction else before.either(now)


_NOT_BUILT: Final[Mapping[type[ast.expr], str]] = {
    ast.Lambda: "there are no functions of one's own in an expression",
    ast.ListComp: "there are no loops: `item.lines.charge` takes a part of every entry",
    ast.GeneratorExp: "there are no loops: `item.lines.charge` takes a part of every entry",
    ast.Dict: "there are no braces in an expression",
    ast.Tuple: "a comma has no meaning here: write 1000 for 1,000, and [a, b] for a list",
    ast.JoinedStr: "there are no texts with holes in an expression",
}


def _unknown_syntax(node: ast.expr) -> str:
    return _NOT_BUILT.get(type(node), "this is not an expression of the language")
