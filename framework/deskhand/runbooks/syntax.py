"""The text of an expression → a syntax tree that holds nothing but what the language has.

Python's own parser does the work; before it, a scan refuses whatever could surprise it, after it,
each node is asked for. Nothing is ever executed from here.
"""

import ast
import re
from dataclasses import dataclass

MAX_LENGTH = 2_000
MAX_NESTING = 40
MAX_DIGITS = 18


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A mistake in an expression: from letter `start` up to `end` of its text."""

    start: int
    end: int
    message: str
    suggestion: str = ""


class ProblemError(Exception):
    """Nothing more can be said about this expression."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.message)


@dataclass(frozen=True, slots=True)
class Syntax:
    """A parsed expression, with the way from Python's columns back to the text's letters."""

    text: str
    root: ast.expr
    _shifts: tuple[int, ...]

    def place(self, node: ast.expr) -> tuple[int, int]:
        """Return from where to where in the text a node stands."""
        start, end = self._letter(node.col_offset), self._letter(node.end_col_offset or 0)
        return start, max(end, start + 1)

    def source(self, node: ast.expr) -> str:
        """Return the text of a node."""
        start, end = self.place(node)
        return self.text[start:end]

    def dump(self) -> str:
        """Return what makes two expressions the same one, whatever their spaces."""
        return ast.dump(self.root)

    def _letter(self, offset: int) -> int:
        return self._shifts[min(offset, len(self._shifts) - 1)]


_TOKEN = re.compile(
    r"""(?P<space>\ +)
    |(?P<text>'[^']*'|"[^"]*")
    |(?P<number>[0-9]+(?:\.[0-9]+)?)(?![\w.])
    |(?P<word>[A-Za-z_][A-Za-z0-9_]*)
    |(?P<open>[(\[])
    |(?P<close>[)\]])
    |(?P<sign>==|!=|<=|>=|<|>|[-+*/,.])""",
    re.VERBOSE,
)

_ADVICE = (
    ("${", "an expression needs no ${…}: write the name itself"),
    ("#", "a comment cannot stand inside an expression"),
    ("\u2018", "use straight quotes: '"),
    ("\u2019", "use straight quotes: '"),
    ("\u201c", "use straight quotes: '"),
    ("\u201d", "use straight quotes: '"),
    ("&&", "write `and`"),
    ("||", "write `or`"),
    ("!", "write `not`"),
    ("=", "write `==` to compare"),
    ("'", "the closing quote is missing"),
    ('"', "the closing quote is missing"),
    ("{", "there are no braces in an expression"),
    ("%", "there is no `%` in an expression"),
)


def parsed(text: str) -> Syntax:
    """Parse an expression's text; raises `ProblemError`."""
    flat = re.sub(r"[\t\n\r]", " ", text)
    stripped = flat.strip()
    if not stripped:
        raise ProblemError(Problem(start=0, end=1, message="an expression is missing"))
    if len(text) > MAX_LENGTH:
        message = f"an expression may have {MAX_LENGTH} characters at most"
        raise ProblemError(Problem(start=0, end=len(text), message=message))
    _scan(flat)
    indent = len(flat) - len(flat.lstrip())
    # A backslash in a text stands for itself, as patterns need it; Python wants it twice.
    python = stripped.replace("\\", "\\\\")
    root = _python_tree(python, flat, indent)
    return Syntax(flat, root, _shifts(stripped, indent))


def _scan(text: str) -> None:
    at, nesting, before = 0, 0, ""
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None:
            raise ProblemError(_refused(text, at))
        kind = str(token.lastgroup)
        nesting += (kind == "open") - (kind == "close")
        if nesting > MAX_NESTING:
            raise ProblemError(_too_deep(at, at + 1))
        if kind == "text" and (before == "text" or (before == "word" and text[at - 1] != " ")):
            # Python would read `['V1' 'V4']` as one text, `V1V4`.
            raise ProblemError(_no_text(text, at, token.end(), before))
        if kind == "number" and len(token[0]) > MAX_DIGITS + 1:
            raise ProblemError(
                Problem(start=at, end=token.end(), message="this number has too many digits")
            )
        before = before if kind == "space" and before == "text" else kind
        at = token.end()


def _no_text(text: str, start: int, end: int, before: str) -> Problem:
    advice = ""
    if before == "text":
        apart = text[start - 1] == " "
        advice = "put a comma between two texts" if apart else 'put it in double quotes: "it\'s"'
    return Problem(start=start, end=end, message="a text cannot follow here", suggestion=advice)


def _too_deep(start: int, end: int) -> Problem:
    return Problem(start=start, end=end, message=f"nested more than {MAX_NESTING} levels deep")


def _refused(text: str, at: int) -> Problem:
    rest = text[at:]
    advice = next((advice for sign, advice in _ADVICE if rest.startswith(sign)), "")
    if rest[0].isdigit():
        end = at + len(re.match(r"[\w.]*", rest)[0])  # type: ignore[index]
        return Problem(
            start=at,
            end=end,
            message=f"`{text[at:end]}` is not a number",
            suggestion="write 1000 or 25.00; put texts into quotes",
        )
    return Problem(
        start=at,
        end=at + (2 if rest[:2] in ("${", "&&", "||") else 1),
        message=f"`{rest[:2] if rest[:2] in ('${', '&&', '||') else rest[0]}` has no meaning here",
        suggestion=advice,
    )


def _python_tree(python: str, text: str, indent: int) -> ast.expr:
    try:
        tree = ast.parse(python, mode="eval", feature_version=(3, 11)).body
    except SyntaxError as error:
        raise ProblemError(_syntax_problem(error, text, indent)) from None
    except (RecursionError, MemoryError, ValueError):
        raise ProblemError(_too_deep(0, len(text))) from None
    return tree


def _syntax_problem(error: SyntaxError, text: str, indent: int) -> Problem:
    start = min(indent + max(0, (error.offset or 1) - 1), max(0, len(text) - 1))
    if not error.offset:
        end = len(text.rstrip())
        start = end - len(text.rsplit(maxsplit=1)[-1])
        return Problem(start=start, end=end, message="this expression is not finished")
    if text.count("(") > text.count(")"):
        return Problem(
            start=text.index("("),
            end=len(text),
            message="a `)` is missing",
            suggestion="inside {…} a comma ends the value: put the expression in double quotes",
        )
    word = re.match(r"[A-Za-z_]\w*", text[start:])
    end = start + (len(word[0]) if word else 1)
    return Problem(
        start=start,
        end=end,
        message="this is not an expression of the language",
        suggestion=_syntax_advice(text, start),
    )


def _syntax_advice(text: str, start: int) -> str:
    if text[:start].endswith("row.") or re.search(r"\brow\.\w+ $", text[:start]):
        return "a heading of several words, or with a word of the language: row['Date of birth']"
    if re.search(r"\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b", text):
        return "a day is written date('2026-01-31')"
    if re.search(r"(?<![\w.])0[0-9]", text):
        return "numbers have no leading zeros; put texts into quotes"
    return ""


def _shifts(text: str, indent: int) -> tuple[int, ...]:
    """Map Python's byte columns of the doubled text to the letters of the original one."""
    if text.isascii() and "\\" not in text:
        return tuple(range(indent, indent + len(text) + 1))
    shifts = []
    for at, letter in enumerate(text):
        width = 2 if letter == "\\" else len(letter.encode("utf-8", "surrogatepass"))
        shifts += [indent + at] * width
    return (*shifts, indent + len(text))
