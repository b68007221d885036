"""What starts items by itself: when its slots come, on which days, and who wakes in time."""

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from deskhand.domain.runbook import CronTrigger
from deskhand.domain.schedule import Slot


class TimeTable(Protocol):
    """Knows when the slots of time tables come."""

    def slots(self, trigger: CronTrigger, *, after: datetime) -> Iterator[Slot]:
        """Yield the slots that come after a moment, in order, without end.

        A wall clock's time that does not exist comes when the clocks have been put forward;
        one that comes twice comes once, unless the table says "every hour" or "every minute".
        """
        ...


class Alarm(Protocol):
    """Wakes a loop at a moment, so that it need not look all the time."""

    def set(self, at: datetime) -> None:
        """Ring at this moment, instead of at the one that was set before."""
        ...
