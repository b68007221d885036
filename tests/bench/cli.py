"""How long a person waits for the command line: whole processes, from start to end.

`deskhand check` is run on a project with 100 runbooks, copies of the claims runbook under
different names and with folders of their own, and the reference project's bots; `deskhand --help`
loads no project at all. The medians of a few runs, after one that warms the file cache.
"""

import json
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Self

from tests.bench.figures import Figure, at_most, told

ROOT = Path(__file__).parents[2]
RUNBOOKS = 100
_DESKHAND = Path(sys.executable).with_name("deskhand")


def measure() -> list[Figure]:
    """Time the commands."""
    with TemporaryDirectory() as folder:
        project = Path(folder)
        _write_project(project)
        check = _Timed.of(["--project", str(project), "check"], runs=5)
    usage = _Timed.of(["--help"], runs=11)
    return [
        at_most(f"check of {RUNBOOKS} runbooks", check.wall, "s", bar=3),
        told(f"check of {RUNBOOKS} runbooks, CPU", check.cpu, "s"),
        at_most("deskhand --help", usage.wall, "s", bar=0.3),
        told("deskhand --help, CPU", usage.cpu, "s"),
    ]


def _write_project(folder: Path) -> None:
    runbooks = folder / "runbooks"
    runbooks.mkdir()
    source = (ROOT / "runbooks" / "claims-submit.yaml").read_text(encoding="utf-8")
    for number in range(1, RUNBOOKS + 1):
        text = source.replace("runbook: claims.submit", f"runbook: claims.submit_{number}", 1)
        text = text.replace("}/claims/", f"}}/claims_{number}/")
        (runbooks / f"claims-submit-{number}.yaml").write_text(text, encoding="utf-8")
    settings = f"[project]\nbots = {json.dumps(str(ROOT / 'bots'))}\n"
    (folder / "deskhand.toml").write_text(settings, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Timed:
    """The medians of some runs of a command, in seconds."""

    wall: float
    cpu: float

    @classmethod
    def of(cls, arguments: list[str], *, runs: int) -> Self:
        """Run the command so often, and once before."""
        walls, cpus = zip(*(_run(arguments) for _ in range(runs + 1)), strict=True)
        return cls(wall=median(walls[1:]), cpu=median(cpus[1:]))


def _run(arguments: list[str]) -> tuple[float, float]:
    started, used = time.perf_counter(), _cpu_of_children()
    subprocess.run([str(_DESKHAND), *arguments], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - started, _cpu_of_children() - used


def _cpu_of_children() -> float:
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime
