"""The clock that wakes the host of triggers: one job of APScheduler, in memory, never pickled."""

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.executors.debug import DebugExecutor
from apscheduler.schedulers.asyncio import AsyncIOScheduler

_JOB = "the next slot"


class SchedulerAlarm:
    """Rings at the moment of the next slot (`deskhand.ports.trigger.Alarm`).

    What fires is decided in the database; this only sees to it that somebody looks in time.
    `ring` is called by the event loop, and must return at once.
    """

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        # On the loop itself: a thread may not wake a loop's tasks, and the loop's pool of threads
        # is gone when a host ends, which may be at the very moment of a slot.
        self._scheduler = AsyncIOScheduler(executors={"default": DebugExecutor()}, timezone=UTC)

    def set(self, at: datetime) -> None:
        if not self._scheduler.running:
            self._scheduler.start()
        # However late: its own grace of a second would let a busy process sleep through a slot.
        self._scheduler.add_job(
            self._ring,
            trigger="date",
            run_date=at,
            id=_JOB,
            replace_existing=True,
            misfire_grace_time=None,
        )

    def stop(self) -> None:
        """Ring no more."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
