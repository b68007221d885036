"""What YAML's own complaints mean for the author of a runbook."""

from typing import Any

from deskhand.runbooks.diagnostics import Span

_MEANINGS = (
    (
        "mapping values are not allowed",
        "no key can begin here: a line is indented too far, a space is missing behind a `:` "
        "above, or `: ` stands inside a text",
    ),
    ("\\t", "a tab stands here: YAML is indented with spaces"),
    (
        "unknown escape character",
        "a backslash inside double quotes belongs to YAML: put a pattern into single quotes",
    ),
    ("cannot start any token", "no text begins with this character unless it is in quotes"),
    ("expected <block end>", "this line does not fit the lines before it"),
    ("did not find expected key", "this line does not fit the lines before it"),
    ("expected ',' or '}'", "a `,` or the closing `}` is missing"),
    ("expected ',' or ']'", "a `,` or the closing `]` is missing"),
    ("end of stream", "the file ends inside a quoted text"),
    ("could not find expected ':'", "a `:` is missing after this key"),
)


def explained(error: Any) -> tuple[Span, str]:
    """Return where a YAML error is, and what it means in plain words."""
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    problem = str(getattr(error, "problem", None) or "this cannot be read as YAML")
    meaning = next((plain for part, plain in _MEANINGS if part in problem), problem)
    return Span(line=line, column=column, end_column=column + 1), f"not valid YAML: {meaning}"
