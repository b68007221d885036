"""What names mean, out of `reference/meanings.toml`, and the tables that say it."""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any


class Meanings:
    """The sentences of the file; each must be used, and none may be missing."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._tables: dict[str, Any] = tomllib.loads(file.read_text(encoding="utf-8"))
        self._used: set[tuple[str, str]] = set()

    def of(self, table: str, name: str) -> str:
        """Return what a name means; raises `LookupError` when nobody has said it."""
        known = self._table(table)
        if name not in known:
            raise LookupError(f"{self._file.name} does not say what {table}.{name} means")
        self._used.add((table, name))
        return str(known[name])

    def unused(self) -> list[str]:
        """Return the meanings of which the code knows nothing."""
        return [
            f"{table}.{name}"
            for table, names in _flat(self._tables)
            for name in names
            if (table, name) not in self._used
        ]

    def _table(self, path: str) -> Mapping[str, object]:
        table: Any = self._tables
        for part in path.split("."):
            table = table.get(part, {})
        return dict(table)


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; what would break its cells is escaped."""
    lines = [list(headings), ["---"] * len(headings), *rows]
    return "\n".join("| " + " | ".join(map(_cell, line)) + " |" for line in lines) + "\n"


def plain(text: str) -> str:
    """Return a docstring as one paragraph after another, without its line breaks."""
    paragraphs = text.replace("\b", "").split("\n\n")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in paragraphs)


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _flat(tables: Mapping[str, Any], path: str = "") -> Iterator[tuple[str, list[str]]]:
    yield path, [name for name, value in tables.items() if isinstance(value, str)]
    for name, value in tables.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{path}.{name}".lstrip("."))
