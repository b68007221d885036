"""What is wrong with a runbook, where exactly, and what to write instead."""

import difflib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

ERROR = "error"
WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A stretch of one line: line and columns count from 1, `end_column` is the one after."""

    line: int
    column: int
    end_column: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Diagnostic:
    """One mistake: where it is, what it is, and what helps.

    `suggestion` is empty when there is nothing better to say than the message.
    """

    file: str
    line: int
    column: int
    end_column: int
    message: str
    suggestion: str = ""
    severity: str = ERROR


class Findings:
    """Collects the mistakes of one file, so that all of them are told at once."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._found: dict[tuple[int, int, str], Diagnostic] = {}

    def add(self, span: Span, message: str, *, suggestion: str = "", severity: str = ERROR) -> None:
        """Note a mistake; the same one at the same place is noted once."""
        self._found.setdefault(
            (span.line, span.column, message),
            Diagnostic(
                file=self._file,
                line=span.line,
                column=span.column,
                end_column=span.end_column,
                message=message,
                suggestion=suggestion,
                severity=severity,
            ),
        )

    @property
    def failed(self) -> bool:
        """Whether a mistake was found that keeps the runbook from being performed."""
        return any(found.severity == ERROR for found in self._found.values())

    def sorted(self) -> list[Diagnostic]:
        """Return what was found, in the order of the file."""
        return sorted(self._found.values(), key=lambda found: (found.line, found.column))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Return a suggestion for a word that is not known, or an empty text.

    >>> did_you_mean("tittle", ["title", "why"])
    'did you mean `title`?'
    """
    candidates = sorted(known)
    close = difflib.get_close_matches(word, candidates, n=1, cutoff=0.6)
    if not close:
        lowered = {name.lower(): name for name in candidates}
        close = [lowered[word.lower()]] if word.lower() in lowered else []
    return f"did you mean `{close[0]}`?" if close else ""


def choices(words: Iterable[str], *, most: int = 12) -> str:
    """Return the words that are known, for a suggestion.

    >>> choices(["b", "a"])
    'known here: a, b'
    """
    names = sorted(words)
    shown = ", ".join(names[:most])
    rest = len(names) - most
    return f"known here: {shown}" + (f" and {rest} more" if rest > 0 else "") if names else ""


def rendered(diagnostics: Sequence[Diagnostic], text: str) -> str:
    """Show mistakes to a person, each with its line of the file and the place underlined."""
    lines = _lines(text)
    return "\n\n".join(_shown(found, lines) for found in diagnostics)


def as_json(diagnostics: Sequence[Diagnostic]) -> str:
    """Return mistakes as a JSON list of objects, for programs."""
    return json.dumps(
        [
            {
                "file": found.file,
                "line": found.line,
                "column": found.column,
                "end_column": found.end_column,
                "severity": found.severity,
                "message": found.message,
                "suggestion": found.suggestion,
            }
            for found in diagnostics
        ],
        indent=2,
        ensure_ascii=False,
    )


def as_annotations(diagnostics: Sequence[Diagnostic]) -> str:
    """Return mistakes as GitHub workflow commands, one a line."""
    return "\n".join(_annotation(found) for found in diagnostics)


_WIDEST = 160


def _lines(text: str) -> list[str]:
    """Split as YAML does; str.splitlines also splits at characters that YAML keeps."""
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def _shown(found: Diagnostic, lines: Sequence[str]) -> str:
    source = lines[found.line - 1] if 0 < found.line <= len(lines) else ""
    start, source = _window(source, found.column - 1)
    column = found.column - 1 - start
    width = max(1, min(found.end_column - found.column, len(source) - column))
    number = str(found.line)
    gutter = " " * len(number)
    shown = [
        f"{found.severity}: {_printable(found.message)}",
        f"{gutter}--> {found.file}:{found.line}:{found.column}",
        f"{gutter} |",
        f"{number} | {_printable(source)}".rstrip(),
        f"{gutter} | {' ' * column}{'^' * width}",
    ]
    if found.suggestion:
        shown.append(f"{gutter} = help: {_printable(found.suggestion)}")
    return "\n".join(shown)


def _window(source: str, column: int) -> tuple[int, str]:
    """Cut a very long line down to the part around the mistake."""
    if len(source) <= _WIDEST:
        return 0, source
    start = max(0, min(column - _WIDEST // 4, len(source) - _WIDEST))
    return start, source[start : start + _WIDEST]


def _printable(text: str) -> str:
    """Keep a file's control characters from reaching the terminal."""
    return "".join(letter if letter.isprintable() else " " for letter in text)


def _annotation(found: Diagnostic) -> str:
    message = found.message + (f"\n{found.suggestion}" if found.suggestion else "")
    place = (
        f"file={_escaped(found.file, more=True)},line={found.line},"
        f"col={found.column},endColumn={found.end_column}"
    )
    return f"::{found.severity} {place}::{_escaped(message)}"


def _escaped(text: str, *, more: bool = False) -> str:
    escaped = text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
    return escaped.replace(":", "%3A").replace(",", "%2C") if more else escaped
