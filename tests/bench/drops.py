"""A file of 10,000 claims in a drop folder: how soon after it has settled its first item starts.

`deskhand up` runs as a process of its own, with the settings' defaults: how often it looks, how
long a file settles. The file is renamed into the folder, as an upload ends. The figure is the
time from the end of its settle period (the rename, and two seconds) to the start of the first
attempt, by the store: noticing the file, claiming it, taking all of its rows in, feeding. There
is no portal: the first item starts, and meets nobody.

The time is by the wall, less that in which the busiest thread could have run but others had the
cores (the kernel counts it): on an idle machine that is nothing. The time by the wall alone, and
its parts, are told beside it. (Linux only.)
"""

import json
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from deploy.demo.csv_writer import write_csv
from deploy.demo.values import FileRow
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.intake_file import FileState, IntakeFile
from tests.bench.figures import Figure, at_most, told
from tests.bench.practice import ROOT, BenchFailedError, Practice, write_project
from tests.practice.waiting import eventually

CLAIMS = 10_000
_CLIENT = "lakeside"
_COMMAND = Path(sys.executable).with_name("deskhand")


def measure() -> list[Figure]:
    """Drop a file, and wait for its first item."""
    with TemporaryDirectory() as folder:
        place = write_project(Path(folder), clients=[_CLIENT])
        inbox = Path(folder) / "inbox" / _CLIENT / "claims"
        inbox.mkdir(parents=True)
        _write(inbox / "claims.csv.part")
        with _up(place) as process:
            before = _waited(process)
            dropped = time.time()
            (inbox / "claims.csv.part").replace(inbox / "claims.csv")
            (taken,) = eventually(lambda: _taken(place), what="it is taken in", within=300)
            (started,) = eventually(lambda: _first_start(place), what="an item starts", within=300)
            waited = max(after - before.get(task, 0) for task, after in _waited(process).items())
            claimed, finished = _file_times(place, taken)
        place.store.close()
    if (taken.taken_rows, taken.rejected_rows) != (CLAIMS, 0):
        raise BenchFailedError(f"{taken.rejected_rows} of {taken.taken_rows} rows were rejected")
    settled = dropped + place.project.files.settle.total_seconds()
    return [
        at_most("dropped claims, settled to first item", started - settled - waited, "s", bar=6),
        told("dropped claims, settled to first item, by the wall", started - settled, "s"),
        told("dropped claims, settled to claimed", claimed - settled, "s"),
        told("dropped claims, claimed to taken in", finished - claimed, "s"),
        told("dropped claims, taken in to first item", started - finished, "s"),
    ]


@contextmanager
def _up(place: Workplace) -> Iterator[int]:
    command = [str(_COMMAND), "--project", str(place.project.folder), "up", "--json"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            log = place.project.state / "logs" / "worker.jsonl"
            eventually(lambda: _said(log, "worker_started"), what="it is up")
            yield process.pid
        finally:
            process.send_signal(signal.SIGKILL)


def _waited(process: int) -> dict[str, float]:
    """Return for each thread how many seconds it could have run while others had the cores."""
    tasks = Path(f"/proc/{process}/task").iterdir()
    return {
        task.name: int((task / "schedstat").read_text(encoding="ascii").split()[1]) / 1e9
        for task in tasks
    }


def _write(file: Path) -> None:
    practice = Practice(today=datetime.now(UTC).date())
    claims = practice.alike(practice.clinics[0], count=CLAIMS)
    with file.open("w", encoding="utf-8", newline="") as stream:
        write_csv(stream, [FileRow(claim=claim) for claim in claims])


def _said(log: Path, event: str) -> bool:
    return log.is_file() and event in log.read_text(encoding="utf-8")


def _taken(place: Workplace) -> list[IntakeFile]:
    with place.store.reading() as tx:
        return [one for one in tx.files.everything() if one.state is FileState.TAKEN]


def _first_start(place: Workplace) -> list[float]:
    database = place.project.state / "deskhand.db"
    with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as store:
        (started,) = store.execute("select min(started_at) / 1e6 from attempt").fetchone()
    return [] if started is None else [float(started)]


def _file_times(place: Workplace, file: IntakeFile) -> tuple[float, float]:
    with place.store.reading() as tx:
        drop = tx.drops.of_file(file.id)[0]
        finished = next(
            json.loads(record.body)["ts"]
            for record in tx.audit_log.of_stream(file.stream)
            if record.type == "file.finished"
        )
    return drop.claimed_at.timestamp(), datetime.fromisoformat(finished).timestamp()
