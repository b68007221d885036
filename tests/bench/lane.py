"""One lane without an engine: an item is fed, performed and timed where it stands."""

import os
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.identifiers import AttemptId, WorkerId
from deskhand.ports.action import Stage
from deskhand.ports.attempt_store import WorkerRow
from deskhand.ports.engine import Perform
from deskhand.runtime.performer import Performer
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.feed_engine import feed_engine
from deskhand.use_cases.register_worker import register_worker
from tests.bench.practice import BenchFailedError

WORKER = WorkerId("bench")


@asynccontextmanager
async def open_lane(
    place: Workplace, make_stage: Callable[[StoreThread], Stage]
) -> AsyncIterator["Lane"]:
    """Lend a lane of a worker that is known to the store, on a stage that has started."""
    thread = StoreThread()
    stage = make_stage(thread)
    await stage.start()
    now = place.clock.now()
    row = WorkerRow(id=WORKER, host="bench", process=os.getpid(), started_at=now, seen_at=now)
    await thread.run(register_worker, row, store=place.store, clock=place.clock)
    try:
        yield Lane(place=place, stage=stage, thread=thread)
    finally:
        await stage.stop()
        thread.close()


@dataclass(slots=True)
class Hand:
    """An engine that only keeps what it is given: the lane takes it from there."""

    given: list[AttemptId] = field(default_factory=list)

    async def start(self, perform: Perform, *, worker: WorkerId, lanes: int) -> None:
        """Start nothing."""

    def enqueue(self, connection: object, attempt: AttemptId, *, priority: int) -> None:
        self.given.append(attempt)

    def handed_out(self, attempts: Sequence[AttemptId]) -> Mapping[AttemptId, WorkerId]:
        return {}

    def cancel(self, attempt: AttemptId) -> None:
        """Cancel nothing."""

    def prune(self, *, keep: int) -> None:
        """Keep nothing."""

    async def stop(self) -> None:
        """Stop nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lane:
    """Performs a project's items one after the other, on whatever stage it was opened with."""

    place: Workplace
    stage: Stage
    thread: StoreThread
    hand: Hand = field(default_factory=Hand)

    def performer(self) -> Performer:
        """Return what performs attempts, as the project's worker would have it."""
        return self.place._performer(WORKER, self.thread, self.stage)

    async def perform_next(
        self, performer: Performer, *, clock: Callable[[], float] = time.perf_counter
    ) -> float:
        """Perform the next item; return by the clock how long its attempt took, in seconds.

        The time begins when the worker makes the attempt its own, and ends when it has settled.
        """
        attempt = await self.thread.run(self._fed)
        started = clock()
        outcome = await performer.perform(attempt)
        taken = clock() - started
        if outcome != "done":
            raise BenchFailedError(f"an item was to be done, but ended as {outcome}")
        return taken

    def _fed(self) -> AttemptId:
        feed_engine(
            store=self.place.store,
            engine=self.hand,
            clock=self.place.clock,
            accounts=self.place.accounts,
            at_most=1,
            holder=WORKER,
        )
        if not self.hand.given:
            raise BenchFailedError("no item was waiting")
        return self.hand.given.pop()
