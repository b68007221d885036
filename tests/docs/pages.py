"""The documentation as the tests read it: its pages, and the code blocks in them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"

_FENCE = re.compile(
    r"^(?P<indent> *)```(?P<language>\w*)(?P<words>[^\n]*)\n(?P<text>.*?)^(?P=indent)```$",
    re.MULTILINE | re.DOTALL,
)
_WORD = re.compile(r'(\w[\w-]*)(?:="([^"]*)")?')


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """One code block: its language, the words behind it, its text and where it stands."""

    page: str
    line: int
    language: str
    words: dict[str, str]
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"{self.page}, line {self.line}"


def pages() -> list[Path]:
    """List every page that people read: the docs, and those at the top."""
    at_the_top = [ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md")]
    return [*at_the_top, *sorted(DOCS.rglob("*.md")), *sorted((ROOT / "bots").rglob("*.md"))]


def text_of(page: Path) -> str:
    """Read a page."""
    return page.read_text(encoding="utf-8")


def blocks(page: Path) -> Iterator[Block]:
    """Yield the code blocks of a page, in order."""
    text = text_of(page)
    for found in _FENCE.finditer(text):
        yield Block(
            page=page.relative_to(ROOT).as_posix(),
            line=text.count("\n", 0, found.start()) + 1,
            language=found["language"],
            words={name: value or "" for name, value in _WORD.findall(found["words"])},
            text=found["text"],
        )


def without_blocks(page: Path) -> str:
    """Return a page's prose: no code blocks."""
    return _FENCE.sub("", text_of(page))
