"""The memory of a process and of all that it has started, as the kernel tells it."""

import os
import threading
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

_EVERY_SECONDS = 0.01
_PROC = Path("/proc")
_PAGE = os.sysconf("SC_PAGE_SIZE")


def resident(process: int) -> int:
    """Return the resident bytes of a process and its descendants; pages shared count each time."""
    with suppress(OSError):
        pages = int((_PROC / str(process) / "statm").read_text(encoding="ascii").split()[1])
        return pages * _PAGE + sum(map(resident, children(process)))
    return 0


def children(process: int) -> list[int]:
    """Return the processes that a process has started and that still run."""
    found: list[int] = []
    for thread in (_PROC / str(process) / "task").iterdir():
        with suppress(OSError):
            found += map(int, (thread / "children").read_text(encoding="ascii").split())
    return found


class PeakMemory:
    """Looks at a process again and again while the context lasts; `peak` is the most it held."""

    def __init__(self, process: int) -> None:
        self._process = process
        self._ended = threading.Event()
        self._looking = threading.Thread(target=self._look, daemon=True)
        self.peak = resident(process)

    def _look(self) -> None:
        while not self._ended.wait(_EVERY_SECONDS):
            self.peak = max(self.peak, resident(self._process))

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
