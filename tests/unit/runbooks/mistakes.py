"""Mistakes for tests: a runbook with one marked mistake, and what is to be said of it."""

from dataclasses import dataclass

from deskhand.runbooks.compiler import check
from deskhand.runbooks.diagnostics import Diagnostic
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.texts import unmarked


@dataclass(frozen=True)
class Mistake:
    """A text with one marked mistake, its message, and how the suggestion begins."""

    text: str
    message: str
    help: str = ""


def found(text: str) -> list[Diagnostic]:
    return check(text, file="a.yaml", bots=BOTS)


def assert_told(marked: str, mistake: Mistake) -> None:
    """The one mistake is told where the marks are, once, and nothing else is."""
    text, *place = unmarked(marked)
    told = found(text)
    assert [(one.line, one.column, one.end_column, one.message) for one in told] == [
        (*place, mistake.message)
    ]
    assert told[0].suggestion.startswith(mistake.help)
    assert bool(told[0].suggestion) == bool(mistake.help)
