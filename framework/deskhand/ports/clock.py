"""Time, and chance: both come from outside."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time of this machine."""

    def now(self) -> datetime:
        """Return the present time, in UTC, aware."""
        ...
