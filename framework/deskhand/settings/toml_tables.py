"""The tables of `deskhand.toml`: typed values are taken out, and what is left over is a mistake."""

import tomllib
from collections.abc import Callable, Collection, Mapping
from datetime import timedelta
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar

from deskhand.domain.duration import parse_duration
from deskhand.errors import SettingsError

Read = TypeVar("Read")


class TomlTables:
    """Takes values out of a file's tables, each by its table and key.

    Everything raises `SettingsError`, which tells the file, the place and what is expected.
    """

    def __init__(self, file: Path, content: Mapping[str, Any]) -> None:
        self.file = file
        self.folder = file.parent
        self._tables: dict[str, dict[str, Any]] = {}
        for name, table in content.items():
            if not isinstance(table, dict):
                raise SettingsError("belongs into a table such as [worker]", file=file, where=name)
            self._tables[name] = dict(table)

    def names(self, table: str, key: str | None = None) -> bool:
        """Whether the file has a table, or a key in it that was not taken yet."""
        return table in self._tables if key is None else key in self._tables.get(table, {})

    def take(self, table: str, key: str, default: Any, kind: type) -> Any:
        """Take a value of a type."""
        value = self._tables.setdefault(table, {}).pop(key, default)
        if type(value) is not kind:
            expected = f"expected {kind.__name__}, found {type(value).__name__}"
            raise self.mistake(expected, f"{table}.{key}")
        return value

    def read(self, table: str, key: str, default: str, by: Callable[[str], Read]) -> Read:
        """Take a text, and read it by something that raises `ValueError`."""
        text = self.take(table, key, default, str)
        try:
            return by(text)
        except ValueError as error:
            raise self.mistake(str(error), f"{table}.{key}") from error

    def path(self, table: str, key: str, default: str) -> Path:
        """Take a path, which counts from the file's folder."""
        name: str = self.take(table, key, default, str)
        return (self.folder / name).resolve()

    def optional_path(self, table: str, key: str) -> Path | None:
        """Take a path that may be left out."""
        name: str = self.take(table, key, "", str)
        return (self.folder / name).resolve() if name else None

    def number(self, table: str, key: str, default: int, *, least: int, most: int) -> int:
        """Take a whole number."""
        number: int = self.take(table, key, default, int)
        if not least <= number <= most:
            raise self.mistake(f"expected {least} to {most}", f"{table}.{key}")
        return number

    def duration(self, table: str, key: str) -> timedelta | None:
        """Take a duration that may be left out."""
        return self.read(table, key, "", lambda text: parse_duration(text) if text else None)

    def pause(self, table: str, key: str) -> timedelta | None:
        """Take a duration of more than nothing, which may be left out."""
        pause = self.duration(table, key)
        if pause == timedelta(0):
            raise self.mistake("expected more than 0", f"{table}.{key}")
        return pause

    def choice(self, table: str, key: str, options: tuple[str, ...]) -> str:
        """Take one of some words; the first one is the default."""
        value: str = self.take(table, key, options[0], str)
        if value not in options:
            raise self.mistake(f"expected one of: {', '.join(options)}", f"{table}.{key}")
        return value

    def nothing_left(self, known: Collection[str]) -> None:
        """See to it that everything was taken; `known` are the tables that there may be."""
        for name, table in self._tables.items():
            if name not in known:
                raise self.mistake(_unknown(name, known), name)
            for key in table:
                raise self.mistake("unknown key", f"{name}.{key}")

    def mistake(self, problem: str, where: str) -> SettingsError:
        """Return the error that tells of a mistake at a place."""
        return SettingsError(problem, file=self.file, where=where)


def read_tables(file: Path) -> Mapping[str, Any]:
    """Read a file in TOML; raises `SettingsError`."""
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(str(error), file=file) from error
    except OSError as error:
        raise SettingsError(str(error.strerror), file=file) from error


def _unknown(name: str, known: Collection[str]) -> str:
    close = get_close_matches(name, known, n=1)
    if close:
        return f"unknown table; did you mean [{close[0]}]?"
    return f"unknown table; the known ones are {', '.join(known)}"
