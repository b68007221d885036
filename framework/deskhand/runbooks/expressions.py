"""Expressions: typed, pure and terminating; and the texts for people that hold some."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Inexact
from typing import Final

from deskhand.domain.step import Scope
from deskhand.errors import ExpressionError
from deskhand.runbooks import arithmetic
from deskhand.runbooks.functions import FUNCTIONS
from deskhand.runbooks.misfits import MisfitError
from deskhand.runbooks.shapes import Kind, Shape
from deskhand.runbooks.syntax import Problem, ProblemError, parsed
from deskhand.runbooks.terms import FAULTY, Names, Term
from deskhand.runbooks.translator import Translator

Run = Callable[[Scope], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Compiled:
    """A compiled expression (`deskhand.domain.step.Expression`), with its static type."""

    source: str
    shape: Shape = field(repr=False)
    run: Run = field(repr=False, compare=False)

    @property
    def sensitive(self) -> bool:
        return self.shape.sensitive is not None

    def value(self, scope: Scope) -> object:
        try:
            return self.run(scope)
        except MisfitError as error:
            problem = str(error)
        except tuple(_PROBLEMS) as error:
            problem = _problem(error)
        raise ExpressionError(self.source, problem)


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of checking an expression's text: `compiled` is None when there are problems."""

    term: Term
    compiled: Compiled | None
    problems: tuple[Problem, ...]
    dump: str = ""


_RUNTIME: Final[Mapping[str, object]] = {
    "__builtins__": {},
    "_raw": arithmetic.raw,
    "_at": arithmetic.at,
    "_present": arithmetic.present,
    "_default": arithmetic.fallback,
    "_plus": arithmetic.plus,
    "_minus": arithmetic.minus,
    "_times": arithmetic.times,
    "_over": arithmetic.over,
    "_negative": arithmetic.negative,
    "_whole": arithmetic.whole,
    "_short": arithmetic.short,
    "_shown": arithmetic.shown,
    **{f"f_{function.name}": function.run for function in FUNCTIONS.values()},
}

_ABSENT = "a value that it needs is absent, or not of the kind that the runbook says"
_PROBLEMS: Final[Mapping[type[Exception], str]] = {
    ZeroDivisionError: "it divides by zero",
    Inexact: "the result has more digits than can be kept exactly",
    ArithmeticError: "a number or date is out of range",
    LookupError: _ABSENT,
    TypeError: _ABSENT,
    AttributeError: _ABSENT,
    ValueError: _ABSENT,
    RecursionError: "the data is nested too deeply",
    MemoryError: "the data is too large",
}


def _problem(error: Exception) -> str:
    return next(text for kind, text in _PROBLEMS.items() if isinstance(error, kind))


def check_expression(text: str, names: Names) -> Checked:
    """Check and compile an expression; all its mistakes come back as problems."""
    try:
        syntax = parsed(text)
    except ProblemError as error:
        return Checked(term=FAULTY, compiled=None, problems=(error.problem,))
    translator = Translator(syntax)
    term = translator.whole(names)
    if translator.problems or term.shape.kind is Kind.UNKNOWN:
        return Checked(term=term, compiled=None, problems=tuple(translator.problems))
    compiled = Compiled(
        source=text.strip(), shape=term.shape, run=_python(term.code, translator.constants)
    )
    return Checked(term=term, compiled=compiled, problems=(), dump=syntax.dump())


def check_text(text: str, names: Names) -> Checked:
    """Check and compile a text for people, with `${…}` where values stand."""
    pieces, problems = _pieces(text)
    codes: list[str] = []
    constants: dict[str, object] = {}
    for start, piece in pieces:
        if start is None:
            codes.append(repr(piece))
            continue
        code, found = _hole(piece, names, constants)
        codes.append(code)
        problems += [_moved(problem, start) for problem in found]
    if problems:
        return Checked(term=FAULTY, compiled=None, problems=tuple(problems))
    code = f"_short({' + '.join(codes) or repr('')})"
    shape = Shape(kind=Kind.TEXT)
    compiled = Compiled(source=text, shape=shape, run=_python(code, constants))
    return Checked(term=Term(shape=shape, code=code), compiled=compiled, problems=())


def _python(code: str, constants: Mapping[str, object]) -> Run:
    """Turn generated code into a function; the code holds nothing that a runbook's author wrote."""
    run: Run = eval(  # noqa: S307 - translator.py puts it together from fixed pieces
        f"lambda s: {code}", {**_RUNTIME, **constants}
    )
    return run


def _pieces(text: str) -> tuple[list[tuple[int | None, str]], list[Problem]]:
    """Split a text at its holes: (None, words) or (where it begins, expression)."""
    pieces: list[tuple[int | None, str]] = []
    at = 0
    while (start := text.find("${", at)) >= 0:
        end = text.find("}", start)
        if end < 0:
            problem = Problem(start=start, end=start + 2, message="this `${` is never closed")
            return pieces, [problem]
        pieces += [(None, text[at:start]), (start + 2, text[start + 2 : end])]
        at = end + 1
    pieces.append((None, text[at:]))
    return pieces, []


_SHOWN: Final = frozenset(
    {Kind.TEXT, Kind.INT, Kind.DECIMAL, Kind.BOOL, Kind.DATE, Kind.DATETIME, Kind.UNKNOWN}
)


def _hole(piece: str, names: Names, constants: dict[str, object]) -> tuple[str, list[Problem]]:
    try:
        syntax = parsed(piece)
    except ProblemError as error:
        return "", [error.problem]
    translator = Translator(syntax, constants)
    term = translator.present(syntax.root, names)
    if term.shape.kind not in _SHOWN:
        translator.fault(syntax.root, f"{term.shape.words} cannot be shown in a text")
    if term.shape.sensitive:
        translator.fault(
            syntax.root,
            f"`{piece.strip()}` is sensitive ({term.shape.sensitive}) and must not stand in a text",
            "name the field instead of showing it; people with the right see it in the case",
        )
    return f"_shown({term.code})", translator.problems


def _moved(problem: Problem, by: int) -> Problem:
    return Problem(
        start=problem.start + by,
        end=problem.end + by,
        message=problem.message,
        suggestion=problem.suggestion,
    )
