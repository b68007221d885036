"""Workers as processes that tests start, strike, stop and wait for."""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from deskhand.browsers.provision import find_browser
from tests.practice.project import ROOT, PracticeProject
from tests.practice.waiting import eventually

RESTS_WITHIN = 60.0


class WorkerProcess:
    """A worker of a project, in a process of its own; it does not outlive its `with` block."""

    def __init__(self, project: PracticeProject, *, at: str = "", blow: str = "kill") -> None:
        self._said = project.folder / f"worker-{len([*project.folder.glob('worker-*.out')])}.out"
        self._browsers = self._said.with_suffix(".browsers")
        command = [sys.executable, "-m", "tests.faults.worker", str(project.folder)]
        if at:
            command += ["--at", at, "--blow", blow, "--browsers", str(self._browsers)]
        variables = project.environment
        if at:
            variables["DESKHAND_BROWSER"] = str(_noting_browser(self._browsers))
        with self._said.open("w") as out, self._said.with_suffix(".err").open("w") as err:
            self._process = subprocess.Popen(
                command, env=variables, cwd=ROOT, stdout=out, stderr=err
            )

    @property
    def said(self) -> str:
        """Everything that it has said so far."""
        err = self._said.with_suffix(".err").read_text(encoding="utf-8")
        return self._said.read_text(encoding="utf-8") + err

    @property
    def browsers(self) -> Sequence[int]:
        """The process groups of the browsers that a worker to be struck has started."""
        return [int(process) for process in self._browsers.read_text(encoding="ascii").split()]

    def until_struck(self) -> None:
        """Wait until the blow has fallen; fail when the worker ends without it."""

        def struck() -> bool:
            if "struck: " in self.said:
                return True
            assert self._process.poll() is None, f"it ended before it was struck: {self.said}"
            return False

        eventually(struck, what="the worker is struck", within=RESTS_WITHIN)

    def until_killed(self) -> None:
        """Wait until the worker has died by the blow, and by nothing else."""
        ended = self._ended()
        assert ended == -signal.SIGKILL, f"it ended with {ended}: {self.said}"

    def until_rest_or_killed(self) -> None:
        """Wait until the worker has ended, well or by the blow."""
        ended = self._ended()
        assert ended in (0, -signal.SIGKILL), f"it ended with {ended}: {self.said}"

    def until_rest(self) -> None:
        """Wait until the worker has performed everything and ended well."""
        ended = self._ended()
        assert ended == 0, f"it ended with {ended}: {self.said}"

    def _ended(self) -> int:
        try:
            return self._process.wait(RESTS_WITHIN)
        except subprocess.TimeoutExpired:
            self._process.send_signal(signal.SIGUSR1)
            eventually(lambda: "most recent call first" in self.said, what="it says where it is")
            raise AssertionError(f"it does not end: {self.said}") from None

    def wake(self) -> None:
        """Let a stopped worker go on."""
        self._process.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """End the worker at once."""
        self._process.kill()
        self._process.wait()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._process.poll() is None:
            self.kill()


def perform_to_rest(project: PracticeProject) -> None:
    """Let an ordinary worker perform everything that can be performed."""
    with WorkerProcess(project) as worker:
        worker.until_rest()


def perform_and_die(project: PracticeProject, *, at: str) -> Sequence[int]:
    """Let a worker perform until it kills itself at a place; return its browsers' groups."""
    with WorkerProcess(project, at=at) as worker:
        worker.until_killed()
    return worker.browsers


def _noting_browser(notes: Path) -> Path:
    """A browser that notes its process id, which is its group's, before it starts."""
    script = notes.with_suffix(".sh")
    real = find_browser().path
    script.write_text(f'#!/bin/sh\necho $$ >>"{notes}"\nexec "{real}" "$@"\n', encoding="ascii")
    script.chmod(0o755)
    return script


def is_alive(group: int) -> bool:
    """Whether there is a process in this group."""
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True
