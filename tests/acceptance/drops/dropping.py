"""A project with a drop folder, and its host as a process that can be killed at a place."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.practice.drop_office import CLIENT, write_drop_project
from tests.practice.project import ROOT, PracticeProject

QUICK = '\n[files]\nscan_every = "100ms"\nsettle = "200ms"\n'


def drop_project(folder: Path) -> PracticeProject:
    """Write a project with a drop folder that is looked at often."""
    write_drop_project(folder)
    with (folder / "deskhand.toml").open("a", encoding="utf-8") as settings:
        settings.write(QUICK)
    return PracticeProject(folder=folder)


def inbox(project: PracticeProject) -> Path:
    """The client's drop folder."""
    folder = project.folder / "inbox" / CLIENT / "entries"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def drop(project: PracticeProject, content: str, *, name: str = "day.csv") -> Path:
    """Put a file there as an upload does that ends with a rename."""
    file = inbox(project) / name
    unfinished = file.with_name(f"{name}.part")
    unfinished.write_text(content, encoding="utf-8")
    return unfinished.replace(file)


@contextmanager
def drop_host(
    project: PracticeProject, *, at: str = "", rows_a_batch: int = 500, beside: bool = False
) -> Iterator["subprocess.Popen[bytes]"]:
    """Run the drop loop in a process of its own; with `at`, it kills itself at that place.

    `beside` lets it live with other hosts, as on PostgreSQL.
    """
    command = [sys.executable, "-m", "tests.practice.drop_host", str(project.folder)]
    command += ["--rows-a-batch", str(rows_a_batch)]
    command += ["--at", at] if at else []
    command += ["--beside"] if beside else []
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGKILL)
        process.wait()
