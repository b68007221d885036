"""Taking in large files: claims a second, and the memory that it takes.

One file each of 50,000 claims as CSV and as JSON lines, and one of 10,000 as X12 837P, go
through `accept` into fresh SQLite stores: read, mapped, typed, checked, sealed, recorded and
committed. Each is taken in by a fresh process (`tests.bench.taking`).

A rate is by the wall, fsyncs included, less the time in which the process could have run but
others had the cores (the kernel counts it): on an idle machine that is nothing, on a busy one it
keeps the neighbours out of the figure. The rate by the wall alone and the CPU time of a claim
are told beside it; all are medians of three runs. Memory is what the process and its children
hold at most, above what it held after its imports, with the runbook compiled and the store open;
it is read every 10 ms. (Linux only.)
"""

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

from deploy.demo.big_files import write_big_837, write_big_csv, write_big_jsonl
from tests.bench.figures import Figure, at_least, at_most, told
from tests.bench.memory import PeakMemory, resident
from tests.bench.practice import ROOT, BenchFailedError, write_project

CLAIMS = 50_000
CLAIMS_837 = 10_000
RUNS = 3
_MEGABYTE = 1e6


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """One format: how a file of it is written, and its bars."""

    suffix: str
    claims: int
    write: Callable[..., None]
    rate: float
    memory: float


_KINDS = (
    _Kind(suffix="csv", claims=CLAIMS, write=write_big_csv, rate=3000, memory=50),
    _Kind(suffix="jsonl", claims=CLAIMS, write=write_big_jsonl, rate=3000, memory=50),
    _Kind(suffix="837", claims=CLAIMS_837, write=write_big_837, rate=500, memory=200),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """What taking a file in took: seconds, those of waiting for a core and of CPU, and bytes."""

    wall: float
    waited: float
    cpu: float
    memory: int


def measure() -> list[Figure]:
    """Take a large file of each format in."""
    figures: list[Figure] = []
    for kind in _KINDS:
        with TemporaryDirectory() as folder:
            file = Path(folder) / f"claims.{kind.suffix}"
            kind.write(file, claims=kind.claims, seed=1)
            taken = [
                take_in_beside(Path(folder) / f"project-{run}", file, claims=kind.claims)
                for run in range(RUNS)
            ]
        figures += _figures(kind, taken)
    return figures


def _figures(kind: _Kind, taken: list[Taken]) -> list[Figure]:
    name = f"intake, {kind.claims:,} claims as {kind.suffix}"
    memory = max(one.memory for one in taken) / _MEGABYTE
    rate = kind.claims / median(one.wall - one.waited for one in taken)
    return [
        at_least(name, rate, "claims/s", bar=kind.rate),
        told(f"{name}, by the wall", kind.claims / median(t.wall for t in taken), "claims/s"),
        told(f"{name}, CPU", 1000 * median(t.cpu for t in taken) / kind.claims, "ms/claim"),
        at_most(f"{name}, memory above idle", memory, "MB", bar=kind.memory),
    ]


def take_in_beside(project: Path, file: Path, *, claims: int) -> Taken:
    """Take a file into a new project, in a process of its own."""
    write_project(project, clients=["bench"])
    begin = "from tests.bench.taking import main; main()"
    command = [sys.executable, "-c", begin, str(project), str(file)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
    ) as process:
        _heard(process)
        idle = resident(process.pid)
        with PeakMemory(process.pid) as memory:
            _go_on(process)
            came = _heard(process)
        _go_on(process)
    if came["rows"] != claims or came["rejected"]:
        raise BenchFailedError(f"{file.name}: {came}")
    times = {name: came[name] for name in ("wall", "waited", "cpu")}
    return Taken(**times, memory=memory.peak - idle)


def _heard(process: "subprocess.Popen[str]") -> Any:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise BenchFailedError("the process that takes files in ended early")
    return json.loads(line)


def _go_on(process: "subprocess.Popen[str]") -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()
