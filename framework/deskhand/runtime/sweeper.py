"""The sweeper: a host's loop that watches the clocks of cases, and ends what nobody else does."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta

from deskhand.domain.identifiers import TriggerName
from deskhand.domain.queue import QueueBook
from deskhand.ports.clock import Clock
from deskhand.ports.observer import Observer
from deskhand.ports.store import Store
from deskhand.ports.vault import Seal
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.expire_questions import expire_questions
from deskhand.use_cases.forget_requests import forget_requests
from deskhand.use_cases.leave_triggers import end_left_slots, note_left
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.sweep_cases import SWEEPER, Swept, sweep_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class Sweeper:
    """Tells of cases that get close to their due time, or are past it, and escalates them.

    Closes the questions that nobody has answered in time, ends what is due of triggers that are
    not among `triggers`, the project's time tables, and forgets the ids of requests that were
    seen longer ago than `ids_kept`.
    """

    store: Store
    seal: Seal
    clock: Clock
    observer: Observer
    thread: StoreThread
    book: QueueBook
    triggers: Collection[TriggerName]
    ids_kept: timedelta
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
        await self._leave_triggers()
        forgotten = await self.thread.run(
            forget_requests, kept=self.ids_kept, store=self.store, clock=self.clock
        )
        if forgotten:
            self.observer.tell("requests_forgotten", count=forgotten)

    async def _leave_triggers(self) -> None:
        left = await self.thread.run(note_left, self.triggers, store=self.store, clock=self.clock)
        if left:
            self.observer.tell("triggers_left", count=left)
        opener = CaseOpener(seal=self.seal, actor=SWEEPER, at=self.clock.now(), book=self.book)
        ended = await self.thread.run(
            end_left_slots, self.triggers, store=self.store, opener=opener
        )
        for slot in ended:
            self.observer.tell("slot_ended", slot=slot.id, reason=slot.reason)
