"""A Dockerfile, read as far as its rules need: instructions in order, and their stages."""

import json
import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

_ARGUMENT = re.compile(r"\$\{?(\w+)\}?")


@dataclass(frozen=True, slots=True, kw_only=True)
class Instruction:
    """One instruction: its word, the rest, and the number of its stage (0: before the first)."""

    word: str
    rest: str
    stage: int

    @property
    def listed(self) -> list[str]:
        """The words of an instruction in the form of a list, as ENTRYPOINT."""
        words: list[str] = json.loads(self.rest[self.rest.index("[") :])
        return words

    @property
    def flags(self) -> dict[str, str]:
        """What stands before the operands: `--from=build`."""
        pairs = (word[2:].partition("=") for word in self.rest.split() if word.startswith("--"))
        return {name: value for name, _, value in pairs}

    @property
    def operands(self) -> list[str]:
        """What is no flag."""
        return [word for word in shlex.split(self.rest) if not word.startswith("--")]


@dataclass(frozen=True, slots=True)
class Dockerfile:
    """The instructions of one file."""

    instructions: Sequence[Instruction]

    def of(self, word: str, *, stage: int | None = None) -> list[Instruction]:
        """Return the instructions of a word, in order; of one stage, or of all."""
        return [
            one
            for one in self.instructions
            if one.word == word and (stage is None or one.stage == stage)
        ]

    @property
    def last_stage(self) -> int:
        """The stage that becomes the image."""
        return self.instructions[-1].stage

    def with_arguments(self, text: str) -> str:
        """Put the defaults of ARG into a text."""
        given = dict(one.rest.split("=", 1) for one in self.of("ARG") if "=" in one.rest)
        return _ARGUMENT.sub(lambda found: given.get(found[1], found[0]), text)


def read_dockerfile(file: Path) -> Dockerfile:
    """Read the instructions; comments are left out, continued lines joined."""
    lines = [
        line
        for line in file.read_text(encoding="utf-8").splitlines()
        if line.strip() and not line.lstrip().startswith("#")
    ]
    found: list[Instruction] = []
    stage = 0
    for line in re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines():
        word, _, rest = line.strip().partition(" ")
        stage += word == "FROM"
        found.append(Instruction(word=word, rest=rest.strip(), stage=stage))
    return Dockerfile(found)
