"""A reader of a tutorial: saves its files, types its commands, and compares what they print."""

import os
import re
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.docs.pages import Block

_ELSEWHERE = frozenset({"checkout"})
_SPOKEN = re.compile(r"^\d+ of \d+ at rest: .*\n", re.MULTILINE)
_CHANGING = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\b[0-9a-f]{12}\b"), "<hash>"),
    (re.compile(r"\[bot [0-9a-f]{8}\]"), "[bot <id>]"),
    (re.compile(r"\[human \w+\]"), "[human <user>]"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{3})?"), "<time>"),
    (re.compile(r"\bsize \d+"), "size <size>"),
)


@dataclass(slots=True)
class Reader:
    """Follows a tutorial in a folder of its own; `told` maps its words to this test's."""

    folder: Path
    told: dict[str, str]
    home: str = "/home/ann"
    _began: Path = field(init=False)
    _others: list["subprocess.Popen[str]"] = field(default_factory=list)

    def __enter__(self) -> Self:
        self._began = self.folder
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for process in self._others:
            process.terminate()
            process.communicate()

    def follow(self, block: Block) -> str:
        """Do what a block says; return how what was printed differs from it, or nothing."""
        if "title" in block.words:
            self._save(block)
        elif block.language == "console" and not _ELSEWHERE & block.words.keys():
            return self._type(block)
        return ""

    def _save(self, block: Block) -> None:
        file = self.folder / block.words["title"]
        file.parent.mkdir(parents=True, exist_ok=True)
        text = block.text
        if "replaces" in block.words:
            before = file.read_text(encoding="utf-8")
            assert before.count(block.words["replaces"] + "\n") == 1, block.place
            text = before.replace(block.words["replaces"] + "\n", block.text)
        file.write_text(self._in_this_test(text), encoding="utf-8")

    def _type(self, block: Block) -> str:
        printed = ""
        for line in block.text.splitlines():
            if not line.startswith("$ "):
                continue
            command = self._in_this_test(line.removeprefix("$ "))
            if command.startswith("cd "):
                self.folder /= command.removeprefix("cd ")
            elif "second-terminal" in block.words:
                self._others.append(self._started(command))
            else:
                printed += f"{line}\n{self._printed(command)}"
            if command.startswith("cd ") or "second-terminal" in block.words:
                printed += f"{line}\n"
        return difference(expected=block.text, printed=printed.replace(str(self._began), self.home))

    def _printed(self, command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=self.folder,
            env=_environment(),
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.stdout

    def _started(self, command: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            ["bash", "-c", f"exec {command}"],
            cwd=self.folder,
            env=_environment(),
            text=True,
            stdout=subprocess.PIPE,
        )

    def _in_this_test(self, text: str) -> str:
        for word, other in self.told.items():
            text = text.replace(word, other)
        return text


def difference(*, expected: str, printed: str) -> str:
    """Return how a printed text differs from the one in the docs; nothing if it says the same.

    A line of `…` stands for any lines, `…` within a line for any text. Ids, times and hashes
    may differ, and so may the order of lines, where no line is left out.
    """
    wanted, found = _steady(expected), _steady(_SPOKEN.sub("", printed))
    if "…" in wanted:
        same = re.fullmatch(_pattern(wanted.splitlines()), found) is not None
    else:
        same = sorted(wanted.splitlines()) == sorted(found.splitlines())
    lines = unified_diff(wanted.splitlines(), found.splitlines(), "docs", "printed", lineterm="")
    return "" if same else "\n".join(lines)


def _pattern(lines: Sequence[str]) -> str:
    return "".join(
        "(?:.*\n)*?" if line.strip() == "…" else re.escape(line).replace("…", ".*") + "\n"
        for line in lines
    )


def _steady(text: str) -> str:
    for changing, name in _CHANGING:
        text = changing.sub(name, text)
    # The width of a table's columns follows the ids in it.
    return re.sub(r"-{3,}", "---", re.sub(r" {2,}", "  ", text))


def _environment() -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("DESKHAND_D")}
    return kept | {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
