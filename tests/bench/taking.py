"""`python -m tests.bench.taking PROJECT FILE`: takes one file in, as a process to be measured.

It says "ready" when everything is imported, compiled and opened, waits for a line, takes the
file in, and says what came of it as JSON.
"""

import json
import resource
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from deskhand.bootstrap.deliveries import accept
from deskhand.bootstrap.projects import runbook_file
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.settings.project import load_project
from tests.bench.practice import RUNBOOK

# The claims of the big files are of the weeks before this day, and may still be filed.
_DAY = datetime(2025, 6, 30, 12, tzinfo=UTC)


class ThatDay:
    """A clock that goes, on the day of the big files."""

    def __init__(self) -> None:
        self._since = time.monotonic()

    def now(self) -> datetime:
        return _DAY + timedelta(seconds=time.monotonic() - self._since)


def main(project: Path, file: Path) -> None:
    """Take the file in, between the two lines."""
    place = Workplace(load_project(project))
    place.clock = ThatDay()  # type: ignore[assignment]
    _open(place)
    _say({"ready": True})
    sys.stdin.readline()
    started, used = time.perf_counter(), _cpu()
    taken = accept(place, RUNBOOK, file, client="bench", by=human("bench")).file
    wall, cpu = time.perf_counter() - started, _cpu() - used
    _say({"rows": taken.taken_rows, "rejected": taken.rejected_rows, "wall": wall, "cpu": cpu})
    sys.stdin.readline()


def _open(place: Workplace) -> None:
    source = runbook_file(place.project, RUNBOOK)
    place.library.compile(source.read_text(encoding="utf-8"), file=str(source))
    _ = place.accounts, place.seal
    with place.store.reading() as tx:
        tx.audit_log.count()


def _cpu() -> float:
    """Return the CPU seconds of this process and of those that it has ended."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(one.ru_utime + one.ru_stime for one in used)


def _say(facts: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
