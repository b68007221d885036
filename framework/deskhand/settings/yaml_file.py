"""A settings file in YAML: read once, and taken apart key by key."""

from collections.abc import Iterator, Mapping, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from deskhand.errors import SettingsError


def read_yaml(file: Path) -> Any:
    """Return what a file says; None when it is not there. Raises `SettingsError`."""
    if not file.is_file():
        return None
    try:
        return YAML(typ="safe", pure=True).load(file.read_text(encoding="utf-8")) or {}
    except UnicodeDecodeError as error:
        problem = "this is not UTF-8 text; save the file in the encoding UTF-8"
        raise SettingsError(problem, file=file) from error
    except MarkedYAMLError as error:
        raise _not_yaml(error, file=file) from error
    except (YAMLError, ValueError) as error:
        raise SettingsError(f"not valid YAML: {error}", file=file) from error
    except OSError as error:
        raise SettingsError(str(error.strerror), file=file) from error


def _not_yaml(error: Any, *, file: Path) -> SettingsError:
    """Return where a file stops being YAML, and what helps as a rule."""
    mark = error.problem_mark or error.context_mark
    where = f"line {mark.line + 1}, column {mark.column + 1}" if mark else ""
    problem = error.problem or "this cannot be read"
    advice = "check the indentation, and put texts that hold : # { } [ ] , & * ! into quotes"
    return SettingsError(f"not valid YAML: {problem}; {advice}", file=file, where=where)


class Entry:
    """A mapping of a settings file: hands out typed values, and tells what is none of them."""

    def __init__(self, content: Any, *, known: Sequence[str], file: Path, where: str) -> None:
        self.file = file
        self.where = where
        if not isinstance(content, dict):
            raise self.mistake(f"expected keys such as `{known[0]}: …`")
        self._content: Mapping[Any, Any] = content
        for key, value in content.items():
            if key not in known:
                raise self.mistake(f"unknown key `{key}`; {suggestion(str(key), known)}")
            if value is None:
                # A `role:` that was left empty must not let everybody in.
                raise self.mistake(f"`{key}` says nothing; leave it out for its default")

    def __contains__(self, key: str) -> bool:
        return key in self._content

    def of(self, key: str) -> Any:
        """Return a value as the file has it, None where there is none."""
        return self._content.get(key)

    def text(self, key: str) -> str:
        """Return a text; raises `SettingsError`."""
        value = self.of(key)
        if not isinstance(value, str) or not value:
            raise self.mistake(f"`{key}` is missing or no text{_quoting(value)}")
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a list of texts, empty where there is none; raises `SettingsError`."""
        value = self.of(key)
        listed = [] if value is None else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise self.mistake(f"`{key}` is a list of names, as in [one, two]")
        return tuple(listed)

    def choice(self, key: str, options: Sequence[str]) -> str:
        """Return one of the words, the first where there is none; raises `SettingsError`."""
        value = self.of(key)
        if value is None:
            return options[0]
        if value not in options:
            raise self.mistake(f"`{key}` is one of {', '.join(options)}")
        return str(value)

    def mapping(self, key: str) -> Iterator[tuple[str, Any]]:
        """Yield what a mapping under names holds, nothing where there is none."""
        value = self.of(key)
        if value is None:
            return
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise self.mistake(f"`{key}` is a mapping, with a name on each line")
        yield from value.items()

    def mistake(self, problem: str) -> SettingsError:
        """Return an error that tells where this entry stands."""
        return SettingsError(problem, file=self.file, where=self.where)


def suggestion(word: str, known: Sequence[str]) -> str:
    """Return the word that was meant, or all that would have been possible.

    >>> suggestion("rolle", ["role", "within"])
    'did you mean `role`?'
    """
    close = get_close_matches(word, known, n=1)
    return f"did you mean `{close[0]}`?" if close else f"known are {', '.join(known)}"


def _quoting(value: object) -> str:
    """YAML reads `NO` as false, and a number as one."""
    return "" if value is None or isinstance(value, str) else '; write it in quotes, as in "…"'
