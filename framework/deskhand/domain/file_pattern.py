"""Patterns of files: `inbox/{client}/claims/*.{csv,json}`."""

import re
from dataclasses import dataclass
from functools import cached_property
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
