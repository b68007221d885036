"""What the checker knows while it reads an expression: names, and what is known to be there."""

import ast
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from deskhand.runbooks.shapes import BOOL, UNKNOWN, Shape, strongest

NamePath = tuple[str, ...]
"""A dotted name: `item.lines` is `("item", "lines")`."""

NOTHING_KNOWN: frozenset[NamePath] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Implied:
    """The names that are there when a condition holds, and when it does not."""

    when_true: frozenset[NamePath] = NOTHING_KNOWN
    when_false: frozenset[NamePath] = NOTHING_KNOWN

    def both(self, other: "Implied") -> "Implied":
        """Return what `self and other` implies."""
        return Implied(
            when_true=self.when_true | other.when_true,
            when_false=self.when_false & other.when_false,
        )

    def either(self, other: "Implied") -> "Implied":
        """Return what `self or other` implies."""
        return Implied(
            when_true=self.when_true & other.when_true,
            when_false=self.when_false | other.when_false,
        )

    def negated(self) -> "Implied":
        """Return what `not self` implies."""
        return Implied(when_true=self.when_false, when_false=self.when_true)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A checked part of an expression: its static type, and the Python code that computes it."""

    shape: Shape
    code: str = "None"
    path: NamePath | None = None
    implied: Implied = field(default_factory=Implied)

    def of(self, shape: Shape, code: str) -> "Term":
        """Return a term computed from this one, as sensitive as this one."""
        return Term(shape=shape.sealed(self.shape.sensitive), code=code)


FAULTY = Term(shape=UNKNOWN)


def condition(code: str, *terms: Term, implied: Implied | None = None) -> Term:
    """Return a term that is true or false, as sensitive as what it was computed from."""
    sensitivity = strongest(*(term.shape.sensitive for term in terms))
    return Term(
        shape=BOOL.sealed(sensitivity),
        code=code,
        implied=implied or Implied(),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names that an expression may use, at its place in the runbook.

    `known` are optional names that are there at this place; `conditions` maps the syntax of a
    condition to what it implies; `why_absent` says of a result why it may be missing;
    `later` are results of later steps.
    """

    shapes: Mapping[str, Shape]
    known: frozenset[NamePath] = NOTHING_KNOWN
    conditions: Mapping[str, Implied] = field(default_factory=dict)
    why_absent: Mapping[str, str] = field(default_factory=dict)
    later: frozenset[str] = frozenset()

    def knowing(self, more: frozenset[NamePath]) -> "Names":
        """Return the names where more of them are known to be there."""
        return replace(self, known=self.known | more) if more else self

    def plus(self, **shapes: Shape) -> "Names":
        """Return the names with some more."""
        return replace(self, shapes={**self.shapes, **shapes})


class Walk(Protocol):
    """The walk through one expression, as those see it who check parts of it."""

    def term(self, node: ast.expr, names: Names) -> Term:
        """Check a part."""
        ...

    def present(self, node: ast.expr, names: Names) -> Term:
        """Check a part whose value must be there."""
        ...

    def fault(self, node: ast.expr, message: str, suggestion: str = "") -> Term:
        """Note a mistake at a part."""
        ...

    def fault_at_end(self, node: ast.expr, length: int, message: str, suggestion: str) -> Term:
        """Note a mistake in the last letters of a part."""
        ...

    def source(self, node: ast.expr) -> str:
        """Return the text of a part."""
        ...

    def constant(self, value: object) -> str:
        """Return the name under which the code finds a constant."""
        ...
