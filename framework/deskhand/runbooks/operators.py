"""What `+`, `<` and `in` mean for which kinds of value."""

import ast
from collections.abc import Mapping, Sequence
from typing import Final

from deskhand.runbooks.diagnostics import did_you_mean
from deskhand.runbooks.shapes import (
    DATE,
    DATETIME,
    DECIMAL,
    INT,
    NUMBERS,
    TEXT,
    Kind,
    Shape,
    comparable,
)
from deskhand.runbooks.terms import FAULTY, Term, Walk, condition

_SIGNS: Final[Mapping[type[ast.AST], str]] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.In: "in",
    ast.NotIn: "not in",
    ast.Add: "+",
    ast.Sub: "-",
    ast.Mult: "*",
    ast.Div: "/",
}
_EXACT: Final = {"+": "_plus", "-": "_minus", "*": "_times", "/": "_over"}
_ORDERED: Final = NUMBERS | {Kind.DATE, Kind.DATETIME, Kind.DAYS, Kind.HOURS}


def negated(walk: Walk, node: ast.UnaryOp, term: Term) -> Term:
    """Check `-x`."""
    kind = term.shape.kind
    if kind is Kind.INT:
        return term.of(INT, f"(-{term.code})")
    if kind is Kind.DECIMAL:
        return term.of(DECIMAL, f"_negative({term.code})")
    if kind is Kind.UNKNOWN:
        return FAULTY
    return walk.fault(node, f"`-` has no meaning for {term.shape.words}")


def computed(walk: Walk, node: ast.BinOp, left: Term, right: Term) -> Term:
    """Check `a + b` and its kind."""
    sign = _SIGNS.get(type(node.op))
    if sign is None:
        return walk.fault(node, "the language computes with + - * / only")
    kinds = (left.shape.kind, right.shape.kind)
    if Kind.UNKNOWN in kinds:
        return FAULTY
    found = _result(sign, *kinds)
    if found is None:
        return walk.fault(
            node,
            f"`{sign}` has no meaning for {left.shape.words} and {right.shape.words}",
            _advice(sign, kinds),
        )
    shape, code = found
    code = code.format(left.code, right.code)
    return Term(shape=shape.sealed(left.shape.sensitive).sealed(right.shape.sensitive), code=code)


def _result(sign: str, left: Kind, right: Kind) -> tuple[Shape, str] | None:
    """Return what an operation gives, and its code; None where it has no meaning."""
    kinds = {left, right}
    if kinds <= NUMBERS:
        if kinds == {Kind.INT} and sign != "/":
            return INT, f"_whole({{}} {sign} {{}})"
        return DECIMAL, f"{_EXACT[sign]}({{}}, {{}})"
    if kinds == {Kind.TEXT} and sign == "+":
        return TEXT, "_short({} + {})"
    moved = _moved(sign, left, right)
    return (moved, f"({{}} {sign} {{}})") if moved else None


def _moved(sign: str, left: Kind, right: Kind) -> Shape | None:
    """A date moved by days, a time moved by days or hours."""
    spans = {Kind.DAYS, Kind.HOURS}
    if left in spans and sign == "+":
        left, right = right, left
    if right not in spans or sign not in "+-":
        return None
    if left is Kind.DATE and right is Kind.DAYS:
        return DATE
    return DATETIME if left is Kind.DATETIME else None


def _advice(sign: str, kinds: tuple[Kind, Kind]) -> str:
    if Kind.RAW in kinds:
        return "say what the raw data is: `money(…)`, `number(…)`, `date(…)` or `text(…)`"
    if sign == "-" and set(kinds) <= {Kind.DATE, Kind.DATETIME}:
        return "use `days_between(a, b)`"
    if Kind.DATE in kinds and set(kinds) & NUMBERS:
        return "add days: `item.service_date + days(30)`"
    if Kind.TEXT in kinds and sign == "+":
        return "make it a text first: `text(…)`"
    return ""


def compared(
    walk: Walk, node: ast.Compare, parts: Sequence[ast.expr], terms: Sequence[Term]
) -> Term:
    """Check `a < b`, `a == b`, `a in b`, and chains of them."""
    code = terms[0].code
    for position, operation in enumerate(node.ops):
        sign = _SIGNS.get(type(operation))
        left, right = terms[position], terms[position + 1]
        if sign is None:
            return walk.fault(node, "`is` has no meaning here", "write `==`")
        if Kind.UNKNOWN in (left.shape.kind, right.shape.kind):
            return FAULTY
        wrong = _mistake(sign, left.shape, right.shape)
        if wrong:
            return walk.fault(parts[position + 1], *wrong)
        code += f" {sign} {right.code}"
    return condition(f"({code})", *terms)


def _mistake(sign: str, left: Shape, right: Shape) -> tuple[str, str] | None:
    if sign in ("in", "not in"):
        return _membership(left, right)
    if not comparable(left, right) or (sign not in ("==", "!=") and not _ordered(left, right)):
        return (
            f"`{sign}` has no meaning between {left.words} and {right.words}",
            _comparing(left, right),
        )
    if left.options and right.options and left.options.isdisjoint(right.options):
        return _never(left.options, right.options)
    return None


def _ordered(left: Shape, right: Shape) -> bool:
    return {left.kind, right.kind} <= _ORDERED


def _comparing(left: Shape, right: Shape) -> str:
    kinds = {left.kind, right.kind}
    if Kind.RAW in kinds:
        return "say what the raw data is: `money(…)`, `number(…)`, `date(…)` or `text(…)`"
    if kinds == {Kind.DATE, Kind.DATETIME}:
        return "take the day of the time: `date(…)`"
    if Kind.DATE in kinds and kinds & {Kind.TEXT, Kind.INT}:
        return "a day is written date('2026-01-31')"
    if kinds == {Kind.TEXT}:
        return "texts have no order; compare numbers or dates"
    return ""


def _membership(left: Shape, right: Shape) -> tuple[str, str] | None:
    if right.kind is Kind.TEXT:
        wrong = left.kind not in (Kind.TEXT, Kind.RAW)
        return ("only a text can be in a text", "") if wrong else None
    if right.kind is not Kind.LIST or right.element is None:
        return f"nothing can be in {right.words}", "write a list: ['V1', 'V4']"
    element = right.element
    if not comparable(left, element):
        return f"{left.words} can never be in a list of {element.words}", ""
    if left.options and element.options and len(left.options) > 1:
        strange = element.options - left.options
        return _never(left.options, strange) if strange else None
    return None


def _never(options: frozenset[str], others: frozenset[str]) -> tuple[str, str]:
    if len(options) == 1:
        options, others = others, options
    word = min(others)
    listed = ", ".join(sorted(options))
    return f"'{word}' is none of the options: {listed}", did_you_mean(word, options)
