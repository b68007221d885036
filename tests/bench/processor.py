"""The CPU time of a process and of all that it has started, as the kernel tells it."""

import os
import threading
import time
from contextlib import suppress
from itertools import pairwise
from pathlib import Path
from types import TracebackType
from typing import Self

from tests.bench.memory import children

_EVERY_SECONDS = 0.25
_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_USED = slice(11, 15)  # its own in user and system mode, and that of the children that it buried


def used(process: int) -> float:
    """Return the CPU seconds of a process and its descendants, those that have ended included."""
    with suppress(OSError):
        told = (_PROC / str(process) / "stat").read_text(encoding="ascii", errors="replace")
        ticks = sum(map(int, told.rpartition(")")[2].split()[_USED]))
        return ticks / _TICKS + sum(map(used, children(process)))
    return 0


class UsedProcessor:
    """Looks at a process again and again while the context lasts.

    What was a child of it already when the context began is left out.
    """

    def __init__(self, process: int) -> None:
        self._process = process
        self._besides = children(process)
        self._seen: list[tuple[float, float]] = []
        self._ended = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)

    def between(self, start: float, end: float) -> float:
        """Return the CPU seconds used between two times of `time.time()`."""
        return self._until(end) - self._until(start)

    def _until(self, moment: float) -> float:
        for (before, less), (after, more) in pairwise(self._seen):
            if before <= moment <= after:
                return less + (more - less) * (moment - before) / (after - before)
        raise ValueError(f"nobody looked at {moment}")

    def _look(self) -> None:
        self._note()
        while not self._ended.wait(_EVERY_SECONDS):
            self._note()

    def _note(self) -> None:
        now = used(self._process) - sum(map(used, self._besides))
        # A process that goes takes along what nobody has asked it: never less than before.
        least = self._seen[-1][1] if self._seen else now
        self._seen.append((time.time(), max(now, least)))

    def __enter__(self) -> Self:
        self._looking.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._ended.set()
        self._looking.join()
        self._note()
