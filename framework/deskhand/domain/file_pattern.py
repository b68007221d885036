"""Patterns of files: `inbox/{client}/claims/*.{csv,json}`."""

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import product
from pathlib import PurePath

_TOKEN = re.compile(r"\{client\}|\{([^{}]*)\}|\*\*|\*|\?|[^*?{]+|\{")
_CLIENT = r"(?P<client>[A-Za-z0-9][A-Za-z0-9_.-]*)"


@dataclass(frozen=True)
class FilePattern:
    """A glob over the end of a path, with `{client}` for a folder and `{a,b}` for alternatives."""

    text: str

    def client_of(self, path: PurePath) -> str | None:
        """Return the client that the path's folders name, None when the pattern does not fit.

        >>> FilePattern("inbox/{client}/*.csv").client_of(PurePath("/srv/inbox/acme/day.csv"))
        'acme'
        """
        parts = path.parts[-len(self._parts) :]
        if len(parts) != len(self._parts):
            return None
        client = None
        for regex, part in zip(self._parts, parts, strict=True):
            found = regex.fullmatch(part)
            if found is None:
                return None
            client = found.groupdict().get("client") or client
        return client

    def names(self, path: PurePath) -> bool:
        """Whether the file's own name fits, wherever it lies.

        >>> FilePattern("inbox/{client}/*.{csv,json}").names(PurePath("day.json"))
        True
        """
        return self._parts[-1].fullmatch(path.name) is not None

    @property
    def folders(self) -> tuple[str, ...]:
        """The parts of the pattern but the last: a folder each, literal or to be matched."""
        return tuple(self.text.split("/")[:-1])

    def client_in(self, depth: int, folder: str) -> str | None:
        """Return the client that a folder at this depth names; "" when it fits and names none.

        None when it does not fit.
        """
        found = self._parts[depth].fullmatch(folder)
        return None if found is None else found.groupdict().get("client") or ""

    def meets(self, other: "FilePattern") -> bool:
        """Whether one file, in a folder of a project, could fit both patterns.

        >>> FilePattern("in/{client}/*.csv").meets(FilePattern("in/acme/day-*.{csv,json}"))
        True
        >>> FilePattern("in/{client}/*.csv").meets(FilePattern("in/{client}/*.json"))
        False
        """
        ours, theirs = self.globs, other.globs
        return len(ours) == len(theirs) and all(
            a == b or any(_meet(one, two) for one, two in product(a, b))
            for a, b in zip(ours, theirs, strict=True)
        )

    @cached_property
    def globs(self) -> tuple[tuple[str, ...], ...]:
        """The parts without braces, each as its alternatives, in small letters."""
        return tuple(_globs(part) for part in self.text.split("/"))

    @cached_property
    def _parts(self) -> tuple[re.Pattern[str], ...]:
        return tuple(re.compile(_regex(part), re.IGNORECASE) for part in self.text.split("/"))


def _regex(part: str) -> str:
    pieces = []
    for token in _TOKEN.finditer(part):
        text = token.group()
        if text == "{client}":
            pieces.append(_CLIENT)
        elif token.group(1) is not None:
            options = "|".join(re.escape(option.strip()) for option in token.group(1).split(","))
            pieces.append(f"(?:{options})")
        elif text in ("*", "**"):
            pieces.append("[^/]*")
        elif text == "?":
            pieces.append("[^/]")
        else:
            pieces.append(re.escape(text))
    return "".join(pieces)


def is_literal(part: str) -> bool:
    """Whether a part of a pattern is a folder's plain name."""
    return not set(part) & set("*?{")


def _globs(part: str) -> tuple[str, ...]:
    """Return a part without braces: each alternative by itself, in small letters."""
    choices: list[list[str]] = []
    for token in _TOKEN.finditer(part.lower()):
        if token.group() == "{client}":
            choices.append(["?*"])
        elif token.group(1) is not None:
            choices.append([option.strip() for option in token.group(1).split(",")])
        else:
            choices.append([token.group()])
    return tuple("".join(chosen) for chosen in product(*choices))


@lru_cache(maxsize=1 << 14)
def _meet(one: str, two: str) -> bool:
    """Whether a text fits both globs of `*`, `?` and plain characters."""
    if not one or not two:
        return not (one + two).strip("*")
    if one[0] == "*":
        return _meet(one[1:], two) or _meet(one, two[1:])
    if two[0] == "*":
        return _meet(two, one)
    return (one[0] == two[0] or "?" in (one[0], two[0])) and _meet(one[1:], two[1:])
