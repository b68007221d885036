"""A process that takes one file in, to be measured from outside.

It says "ready" when everything is imported, compiled and opened, waits for a line, takes the
file in, and says what came of it as JSON. It is no program by itself: the readers' own processes
would import it again, and be larger than those of `deskhand run`, whose start imports little.
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


def main() -> None:
    """Take the file of the command line in, for its project, between two lines."""
    project, file = map(Path, sys.argv[1:])
    place = Workplace(load_project(project))
    place.clock = ThatDay()  # type: ignore[assignment]
    _open(place)
    _say({"ready": True})
    sys.stdin.readline()
    started, used, waited = time.perf_counter(), _cpu(), _waited_for_a_core()
    taken = accept(place, RUNBOOK, file, client="bench", by=human("bench")).file
    times = {
        "wall": time.perf_counter() - started,
        "cpu": _cpu() - used,
        "waited": _waited_for_a_core() - waited,
    }
    _say({"rows": taken.taken_rows, "rejected": taken.rejected_rows, **times})
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


def _waited_for_a_core() -> float:
    """Return how long this thread could have run while others had the cores (Linux)."""
    return int(Path("/proc/self/schedstat").read_text(encoding="ascii").split()[1]) / 1e9


def _say(facts: dict[str, object]) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
