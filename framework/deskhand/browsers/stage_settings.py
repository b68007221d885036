"""How browsers are run."""

from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

_MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class StageSettings:
    """How a worker runs its browsers.

    `executable` is found when None. A browser is recycled after so many sessions, or above so
    much memory (bytes). `patience` bounds each wait for an element, `navigation` each page load,
    `login` a whole login with its wait for a fresh one-time code.
    """

    executable: Path | None = None
    headed: bool = False
    sessions_a_browser: int = 200
    memory_a_browser: int = 1500 * _MEGABYTE
    patience: timedelta = timedelta(seconds=15)
    navigation: timedelta = timedelta(seconds=30)
    login: timedelta = timedelta(seconds=120)
