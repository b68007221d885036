"""A project in a folder of its own, and the command line in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from deploy.demo.csv_writer import write_csv
from deploy.demo.project import write_project
from deploy.demo.values import Claim, FileRow, World
from deskhand.bootstrap.workplace import Workplace
from deskhand.settings.project import load_project

ROOT = Path(__file__).parents[2]
RUNBOOK = "claims.submit"
_COMMAND = Path(sys.executable).with_name("deskhand")
_COMMAND_SECONDS = 150

SETTINGS = """\
[project]
runbooks = {runbooks}
bots = {bots}
audit_log = "practice/1"

[state]
folder = "state"

[worker]
lanes = {lanes}
evidence = "{evidence}"
heartbeat = "300ms"
given_up_after = "2s"
retry_first = "200ms"
retry_max = "1s"

[once]
act_within = "{act_within}"
ask_after = "500ms"
every = "500ms"
patience = "{patience}"
"""
"""Clocks of seconds and less: what takes minutes on a real portal must not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PracticeProject:
    """A project whose accounts are on one practice portal.

    `variables` are added to the environment of every command.
    """

    folder: Path
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def state(self) -> Path:
        """The state folder."""
        return self.folder / "state"

    @property
    def environment(self) -> dict[str, str]:
        """What every process of this project is started with."""
        return {**os.environ, **self.variables}

    def deliver(self, client: str, claims: Iterable[Claim], *, name: str = "claims.csv") -> Path:
        """Write claims as the client's file, where its trigger looks for it."""
        file = self.folder / "inbox" / client / "claims" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8", newline="") as stream:
            write_csv(stream, [FileRow(claim=claim) for claim in claims])
        return file

    def command(self, *words: str | Path) -> list[str]:
        """The words of a command line for this project."""
        return [str(_COMMAND), "--project", str(self.folder), *map(str, words)]

    def deskhand(
        self, *words: str | Path, variables: Mapping[str, str] | None = None
    ) -> "subprocess.CompletedProcess[str]":
        """Run a command to its end, whatever that is."""
        return subprocess.run(
            self.command(*words),
            env={**self.environment, **(variables or {})},
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=_COMMAND_SECONDS,
        )

    def deskhand_each(
        self, commands: Sequence[Sequence[str | Path]]
    ) -> "list[subprocess.CompletedProcess[str]]":
        """Run many commands in one process, each to its end."""
        lines = [self.command(*words)[1:] for words in commands]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.practice.many"],
            input=json.dumps(lines),
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
            timeout=_COMMAND_SECONDS,
        )
        return [
            subprocess.CompletedProcess(words, code, stdout=said, stderr=problems)
            for words, (code, said, problems) in zip(lines, json.loads(ended.stdout), strict=True)
        ]

    def struck(self, *words: str | Path, at: str, rows_a_batch: int) -> int:
        """Run a command that kills itself at a place; return how it ended."""
        options = ["--at", at, "--rows-a-batch", str(rows_a_batch), "--"]
        ended = subprocess.run(
            [sys.executable, "-m", "tests.practice.struck", *options, *self.command(*words)[1:]],
            env=self.environment,
            cwd=ROOT,
            check=False,
            timeout=_COMMAND_SECONDS,
        )
        return ended.returncode

    def told(self, *words: str | Path) -> Any:
        """Run a command with --json that must end well; return what it told."""
        ended = self.deskhand(*words, "--json")
        assert ended.returncode == 0, ended.stderr
        return json.loads(ended.stdout)

    def run(self, *files: Path) -> Any:
        """Take files in for the claims runbook, and perform to rest; return what was told."""
        inputs = [word for file in files for word in ("--input", file)]
        return self.told("run", RUNBOOK, *inputs)

    @contextmanager
    def place(self) -> Iterator[Workplace]:
        """Lend the project, put together in this process."""
        project = load_project(self.folder, environment=self.environment)
        place = Workplace(project)
        try:
            yield place
        finally:
            if "store" in vars(place):
                place.store.close()


def new_project(
    folder: Path,
    *,
    world: World,
    url: str,
    variables: Mapping[str, str] | None = None,
    lanes: int = 1,
    evidence: str = "on-failure",
    act_within: str = "4s",
    patience: str = "20s",
) -> PracticeProject:
    """Write a project into a new folder, with an account for each of the world's clients."""
    folder.mkdir(parents=True)
    write_project(folder, root=ROOT, world=world, url=url, headed=False)
    settings = SETTINGS.format(
        runbooks=json.dumps(str(ROOT / "runbooks")),
        bots=json.dumps(str(ROOT / "bots")),
        lanes=lanes,
        evidence=evidence,
        act_within=act_within,
        patience=patience,
    )
    (folder / "deskhand.toml").write_text(settings, encoding="utf-8")
    return PracticeProject(folder=folder, variables=variables or {})
