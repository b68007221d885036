"""One runbook's file while it is checked: its parts, and where its mistakes are told."""

import re
from collections.abc import Callable, Iterable

from deskhand.domain.step import Check
from deskhand.runbooks.diagnostics import ERROR, WARNING, Findings, Span
from deskhand.runbooks.expressions import Checked, Compiled, check_expression, check_text
from deskhand.runbooks.shapes import Kind
from deskhand.runbooks.syntax import Problem
from deskhand.runbooks.terms import Implied, Names
from deskhand.runbooks.tree import Path, Scalar, Tree

# `{item.total}` and `$item.total`, or nothing but a name: most mean what `${item.total}` shows.
_BARE = re.compile(r"(?:(?<!\$)\{|\$)([a-z]\w*)\.[a-z]|^\s*([a-z]\w*)(?:\.[a-z]\w*)+\s*$")
Checking = Callable[[str, Names], Checked]


class Source:
    """Checks the texts of one file, and notes each mistake at its letters."""

    def __init__(self, tree: Tree, findings: Findings) -> None:
        self.tree = tree
        self._findings = findings

    def at_value(
        self, path: Path, message: str, suggestion: str = "", severity: str = ERROR
    ) -> None:
        """Note a mistake in a value."""
        span = self.tree.value_span(path)
        self._findings.add(span, message, suggestion=suggestion, severity=severity)

    def at_key(self, path: Path, message: str, suggestion: str = "", severity: str = ERROR) -> None:
        """Note a mistake about a key, or about all that it leads to."""
        span = self.tree.key_span(path)
        self._findings.add(span, message, suggestion=suggestion, severity=severity)

    def line(self, path: Path) -> int:
        """Return the line at which something begins."""
        return self.tree.key_span(path).line

    def expression(self, path: Path, text: str, names: Names) -> Checked:
        """Check an expression at its place."""
        return self._checked(path, check_expression(text, names))

    def text(self, path: Path, text: str, names: Names) -> Checked:
        """Check a text for people at its place."""
        bare = _BARE.search(text)
        if bare and (bare[1] or bare[2]) in names.shapes:
            self.at_value(path, "a name stands here as it is", "`${…}` shows a value", WARNING)
        return self._checked(path, check_text(text, names))

    def condition(self, path: Path, text: str, names: Names) -> Checked:
        """Check an expression that must be true or false."""
        checked = self.expression(path, text, names)
        if checked.compiled is None:
            return checked
        shape = checked.compiled.shape
        if shape.kind is not Kind.BOOL or shape.absent:
            may = ", and may be absent" if shape.absent else ""
            self.at_value(
                path,
                f"a condition is true or false; this is {shape.words}{may}",
                "compare it, or ask `present(…)`",
            )
        return checked

    def checks(
        self, path: Path, checks: Iterable[tuple[str, str, str | None]], names: Names
    ) -> "Checks":
        """Check a list of `{that, else, say}`; each may rely on those before it."""
        made: list[Check] = []
        for number, (that, code, say) in enumerate(checks):
            place = (*path, number)
            condition = self.condition((*place, "that"), that, names)
            implied = condition.term.implied
            words: Compiled | None = None
            if say is not None:
                words = self.text((*place, "say"), say, names.knowing(implied.when_false)).compiled
            names = names.knowing(implied.when_true)
            if condition.compiled is not None:
                made.append(Check(that=condition.compiled, code=code, say=words))
        return Checks(tuple(made), names)

    def _checked(self, path: Path, checked: Checked) -> Checked:
        for problem in checked.problems:
            self._findings.add(
                self._span(path, problem), problem.message, suggestion=problem.suggestion
            )
        return checked

    def _span(self, path: Path, problem: Problem) -> Span:
        node = self.tree.node(path)
        if not isinstance(node, Scalar) or node.offset is None:
            return self.tree.value_span(path)
        start = min(problem.start, max(0, len(node.text) - 1))
        end = max(start + 1, min(problem.end, len(node.text)))
        return Span(line=node.span.line, column=node.offset + start, end_column=node.offset + end)


class Checks:
    """Compiled checks, and the names with what is known once they hold."""

    def __init__(self, checks: tuple[Check, ...], names: Names) -> None:
        self.checks = checks
        self.names = names


NO_CONDITION = Implied()
