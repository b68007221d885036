"""The sweeper: a host's loop that watches the clocks of cases."""

from dataclasses import dataclass
from datetime import timedelta

from deskhand.domain.queue import QueueBook
from deskhand.ports.clock import Clock
from deskhand.ports.observer import Observer
from deskhand.ports.store import Store
from deskhand.ports.vault import Seal
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.expire_questions import expire_questions
from deskhand.use_cases.sweep_cases import Swept, sweep_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """Tells of cases that get close to their due time, or are past it, and escalates them.

    Closes the questions that nobody has answered in time.
    """

    store: Store
    seal: Seal
    clock: Clock
    observer: Observer
    thread: StoreThread
    book: QueueBook
    name: str = "sweeper"
    every: timedelta = timedelta(seconds=30)

    async def tick(self) -> None:
        """Sweep once. What was told is told to operators, too, as numbers."""
        expired = await self.thread.run(
            expire_questions, store=self.store, seal=self.seal, clock=self.clock, book=self.book
        )
        if expired:
            self.observer.tell("questions_expired", count=expired)
        swept = await self.thread.run(
            sweep_cases, store=self.store, clock=self.clock, book=self.book
        )
        if swept != Swept():
            self.observer.tell(
                "cases_swept",
                at_risk=swept.at_risk,
                overdue=swept.overdue,
                escalated=swept.escalated,
            )
