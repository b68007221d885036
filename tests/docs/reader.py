"""A reader of a tutorial: saves its files, types its commands, and compares what they print."""

import os
import re
import socket
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import unified_diff
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.docs.pages import Block

ELSEWHERE = "checkout"
SECOND_TERMINAL = "second-terminal"
HOME = "/home/ann"
PORTAL_TAKES_SECONDS = 20.0

_PROGRESS = re.compile(r"^\d+ of \d+ at rest: .*\n", re.MULTILINE)
_CHANGING = (
    (re.compile(r"\b[0-9a-f]{64}\b"), "<hash>"),
    (re.compile(r"\b[0-9a-f]{32}\b"), "<id>"),
    (re.compile(r"\[bot [0-9a-f]{8}\]"), "[bot <id>]"),
    (re.compile(r"\[human \w+\]"), "[human <user>]"),
    (re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{3})?"), "<time>"),
    # The width of a table's columns follows what is in them.
    (re.compile(r" {2,}"), "  "),
    (re.compile(r"-{3,}"), "---"),
)


@dataclass(slots=True)
class Reader:
    """Follows a tutorial in a folder of its own; `told` maps its port to this test's."""

    folder: Path
    told: dict[str, str]
    _began: Path = field(init=False)
    _second_terminal: "list[subprocess.Popen[str]]" = field(default_factory=list)

    def __enter__(self) -> Self:
        self._began = self.folder
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.leave()

    def follow(self, block: Block) -> str:
        """Do what a block says; return how what was printed differs from it, or nothing."""
        if "title" in block.words:
            self._save(block)
        elif SECOND_TERMINAL in block.words:
            self._start(self._own(block.text.strip().removeprefix("$ ")))
        elif block.language == "console" and ELSEWHERE not in block.words:
            return difference(expected=block.text, printed=self._printed_by(block))
        return ""

    def leave(self) -> list[str]:
        """Close the second terminal; return the lines that it showed."""
        shown: list[str] = []
        while self._second_terminal:
            process = self._second_terminal.pop()
            process.terminate()
            shown += process.communicate()[0].splitlines()
        return shown

    def _save(self, block: Block) -> None:
        file = self.folder / block.words["title"]
        file.parent.mkdir(parents=True, exist_ok=True)
        text = block.text
        if "replaces" in block.words:
            before = file.read_text(encoding="utf-8")
            replaced = block.words["replaces"] + "\n"
            assert before.count(replaced) == 1, block.place
            text = before.replace(replaced, text)
        file.write_text(self._own(text), encoding="utf-8")

    def _printed_by(self, block: Block) -> str:
        printed = ""
        for line in block.text.splitlines():
            if line.startswith("$ cd "):
                self.folder /= line.removeprefix("$ cd ")
                printed += f"{line}\n"
            elif line.startswith("$ "):
                printed += f"{line}\n{self._run(self._own(line.removeprefix('$ ')))}"
        return printed.replace(str(self._began), HOME)

    def _run(self, command: str) -> str:
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

    def _start(self, command: str) -> None:
        self._second_terminal.append(
            subprocess.Popen(
                ["bash", "-c", f"exec {command}"],
                cwd=self.folder,
                env=_environment(),
                text=True,
                stdout=subprocess.PIPE,
            )
        )
        for port in self.told.values():
            _wait_for(int(port))

    def _own(self, text: str) -> str:
        for word, other in self.told.items():
            text = text.replace(word, other)
        return text


def difference(*, expected: str, printed: str) -> str:
    """Return how a printed text differs from the one in the docs; nothing if it says the same.

    A line of `…` stands for any lines, `…` within a line for any text. Ids, times and hashes
    may differ, and so may the order of lines, where no line is left out.
    """
    wanted, found = _steady(expected), _steady(_PROGRESS.sub("", printed))
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
    return text


def _environment() -> dict[str, str]:
    programs = str(Path(sys.executable).parent)
    own = {"PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONUNBUFFERED": "1"}
    named_elsewhere = ("DESKHAND_DATABASE_URL", "DESKHAND_VAULT_KEY")
    kept = {name: value for name, value in os.environ.items() if name not in named_elsewhere}
    return kept | own


def _wait_for(port: int) -> None:
    until = time.monotonic() + PORTAL_TAKES_SECONDS
    while time.monotonic() < until:
        with socket.socket() as asked:
            if asked.connect_ex(("127.0.0.1", port)) == 0:
                return
    raise TimeoutError(f"nothing takes connections on port {port}")
