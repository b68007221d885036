"""A worker: takes attempts from the engine, feeds it, shows life, reaps the lost."""

import asyncio
import os
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from deskhand.domain.account import Account
from deskhand.domain.identifiers import AccountName, AttemptId, WorkerId
from deskhand.errors import ClockDiffersError, StoreError
from deskhand.ports.action import Stage
from deskhand.ports.attempt_store import WorkerRow
from deskhand.ports.clock import Clock
from deskhand.ports.engine import Engine
from deskhand.ports.observer import Observer
from deskhand.ports.store import Store
from deskhand.runtime.performer import Performer
from deskhand.runtime.repeat import repeat
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.compare_clocks import compare_clocks
from deskhand.use_cases.feed_engine import feed_engine
from deskhand.use_cases.reap_worker import (
    give_back,
    reap_abandoned,
    reap_every_other,
    reap_silent_workers,
    reap_undelivered,
)
from deskhand.use_cases.register_worker import register_worker, retire_worker

PREFETCH = 2
"""Attempts handed out per lane: a lane that gets free finds the next one waiting here."""

FEED_EVERY = timedelta(seconds=1)
KEPT_BY_ENGINE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerPace:
    """How many items at a time, and how often a worker shows life.

    `only_one` tells that the store allows no other worker (SQLite): every other one that it
    knows of is dead.
    """

    lanes: int
    heartbeat: timedelta
    given_up_after: timedelta
    only_one: bool


@dataclass(slots=True, kw_only=True)
class Worker:
    """One process that performs items, from `start` to `stop`."""

    id: WorkerId
    store: Store
    engine: Engine
    stage: Stage
    clock: Clock
    observer: Observer
    performer: Performer
    thread: StoreThread
    accounts: Mapping[AccountName, Account]
    pace: WorkerPace
    _lanes: asyncio.Semaphore = field(init=False)
    _stopping: bool = False
    _held: set[AttemptId] = field(default_factory=set)
    _running: set[AttemptId] = field(default_factory=set)
    _wake_feeder: asyncio.Event = field(default_factory=asyncio.Event)
    _loops: list[asyncio.Task[None]] = field(default_factory=list)
    given_up: asyncio.Event = field(default_factory=asyncio.Event)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        """Begin to work.

        Raises `BrowserUnavailableError`, `ClockDiffersError`, `StoreUnavailableError`.

        `stop` lets go of whatever was begun, also after a start that failed.
        """
        self._lanes = asyncio.Semaphore(self.pace.lanes)
        await self.thread.run(compare_clocks, store=self.store, clock=self.clock)
        await self.stage.start()
        await self.thread.run(register_worker, self._row(), store=self.store, clock=self.clock)
        await self.engine.start(self._perform, worker=self.id, lanes=self.pace.lanes * PREFETCH)
        if self.pace.only_one:
            await self.thread.run(
                reap_every_other,
                self.id,
                store=self.store,
                clock=self.clock,
                cancel=self.engine.cancel,
            )
        tell = self.observer
        loops = [
            repeat(self._feed, every=FEED_EVERY, observer=tell, wake=self._wake_feeder),
            repeat(self._beat, every=self.pace.heartbeat, observer=tell),
            repeat(self._reap, every=self.pace.given_up_after, observer=tell),
        ]
        self._loops = [asyncio.create_task(loop) for loop in loops]
        self.observer.tell("worker_started", worker=self.id, lanes=self.pace.lanes)

    async def stop(self) -> None:
        """Take nothing new, finish what runs, let go of everything."""
        self._stopping = True
        for loop in self._loops:
            loop.cancel()
        await asyncio.gather(*self._loops, return_exceptions=True)
        while self._held:
            self.changed.clear()
            await self.changed.wait()
        await self.engine.stop()
        await self.stage.stop()
        await self._retire()
        self.observer.tell("worker_stopped", worker=self.id)

    async def _retire(self) -> None:
        try:
            await self.thread.run(retire_worker, self.id, store=self.store, clock=self.clock)
        except StoreError as error:
            # The work is settled; a reaper will note that this worker has gone.
            self.observer.tell("worker_not_retired", worker=self.id, problem=str(error))

    async def _perform(self, attempt: AttemptId) -> str:
        self._held.add(attempt)
        try:
            async with self._lanes:
                return await self._perform_or_give_back(attempt)
        finally:
            self._held.discard(attempt)
            self._running.discard(attempt)
            self._wake_feeder.set()
            self.changed.set()

    async def _perform_or_give_back(self, attempt: AttemptId) -> str:
        if not self._stopping:
            self._running.add(attempt)
            return await self.performer.perform(attempt)
        try:
            await self.thread.run(give_back, attempt, store=self.store, clock=self.clock)
        except StoreError as error:
            self.observer.tell("not_given_back", attempt=attempt, problem=str(error))
        return "given_back"

    async def _feed(self) -> None:
        fed = await self.thread.run(
            feed_engine,
            store=self.store,
            engine=self.engine,
            clock=self.clock,
            accounts=self.accounts,
            at_most=self.pace.lanes * PREFETCH,
            holder=self.id,
        )
        if fed:
            self.observer.tell("engine_fed", count=len(fed))

    async def _beat(self) -> None:
        try:
            await self.thread.run(compare_clocks, store=self.store, clock=self.clock)
        except ClockDiffersError as error:
            self.observer.tell("clock_differs", worker=self.id, problem=str(error))
            self.given_up.set()
            return
        alive = await self.thread.run(self._seen)
        if not alive:
            # Somebody took this worker for dead: its attempts are fenced, it must go.
            self.observer.tell("worker_given_up", worker=self.id)
            self.given_up.set()

    def _seen(self) -> bool:
        with self.store.transaction() as tx:
            return tx.workers.seen(self.id, at=self.clock.now())

    async def _reap(self) -> None:
        # A sign of life first: this worker may itself have been away for long.
        await self._beat()
        lost = await self.thread.run(
            reap_silent_workers,
            store=self.store,
            clock=self.clock,
            silent_for=self.pace.given_up_after,
            but=self.id,
            cancel=self.engine.cancel,
        )
        lost += await self.thread.run(
            reap_abandoned,
            store=self.store,
            clock=self.clock,
            holder=self.id,
            performing=self._running,
            cancel=self.engine.cancel,
        )
        lost += await self.thread.run(
            reap_undelivered,
            store=self.store,
            clock=self.clock,
            engine=self.engine,
            older_than=self.pace.given_up_after,
        )
        if lost:
            self.observer.tell("attempts_lost", count=len(lost))
        await self.thread.run(self.engine.prune, keep=KEPT_BY_ENGINE)

    def _row(self) -> WorkerRow:
        now = self.clock.now()
        return WorkerRow(
            id=self.id,
            host=socket.gethostname(),
            process=os.getpid(),
            started_at=now,
            seen_at=now,
        )
