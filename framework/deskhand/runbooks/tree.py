"""A YAML text as a tree of positioned, raw scalars: nothing in it has been guessed at."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from deskhand.runbooks.diagnostics import Span

Path = tuple[str | int, ...]
"""The way to a part of the file: keys of mappings and numbers in lists."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text as the file has it.

    `offset` is the column of its first letter, where one line holds the whole text unchanged;
    None when escapes or folding stand between the file and the text.
    """

    span: Span
    text: str
    quoted: bool = False
    offset: int | None = None
    size: int = 1


@dataclass(slots=True)
class Items:
    """A list."""

    span: Span
    items: list["Node"] = field(default_factory=list)
    size: int = 1


@dataclass(slots=True)
class Entry:
    """One key of a mapping, with its value."""

    key: Span
    value: "Node"


@dataclass(slots=True)
class Mapping:
    """A mapping; `flow` tells that it is written with braces."""

    span: Span
    flow: bool = False
    entries: dict[str, Entry] = field(default_factory=dict)
    size: int = 1


Node = Scalar | Items | Mapping


class Tree:
    """The tree of one file, and the places of its parts."""

    def __init__(self, root: Mapping) -> None:
        self.root = root

    def plain(self) -> dict[str, object]:
        """Return the tree as dicts, lists and texts; an empty value is None."""
        value = _plain(self.root)
        assert isinstance(value, dict)  # noqa: S101 - the root is a mapping
        return value

    def node(self, path: Path) -> Node:
        """Return the node at a path, or the nearest one above it that exists."""
        return self._walk(path)[1]

    def value_span(self, path: Path) -> Span:
        """Return where the value at a path is; of a mapping or list, where its key is."""
        key, node = self._walk(path)
        written = isinstance(node, Scalar) and (node.text or node.quoted)
        return node.span if written or key is None else key

    def key_span(self, path: Path) -> Span:
        """Return where the key at a path is; of a list's item, where the item begins."""
        key, node = self._walk(path)
        return key or _first_key(node) or node.span

    def has(self, path: Path) -> bool:
        """Whether the file itself has something at this path."""
        return sum(1 for _ in self._steps(path)) == len(path)

    def _walk(self, path: Path) -> tuple[Span | None, Node]:
        last = deque(self._steps(path), maxlen=1)
        return last.pop() if last else (None, self.root)

    def _steps(self, path: Path) -> Iterator[tuple[Span | None, Node]]:
        node: Node = self.root
        for part in path:
            if isinstance(node, Mapping) and part in node.entries:
                entry = node.entries[str(part)]
                node = entry.value
                yield entry.key, node
            elif isinstance(node, Items) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
                yield _first_key(node), node
            else:
                return


def without_marks(path: Sequence[str | int]) -> Path:
    """Take the names of alternatives, written `<so>`, out of a path; no key looks like that."""
    return tuple(part for part in path if not (isinstance(part, str) and part[:1] == "<"))


def _first_key(node: Node) -> Span | None:
    if isinstance(node, Mapping) and node.entries:
        return next(iter(node.entries.values())).key
    return None


_EMPTY = frozenset({"", "~", "null"})


def _plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return None if not node.quoted and node.text in _EMPTY else node.text
    if isinstance(node, Items):
        return [_plain(item) for item in node.items]
    return {key: _plain(entry.value) for key, entry in node.entries.items()}
