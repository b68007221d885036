"""A host: one process that performs items and runs every loop of a project."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, runtime_checkable

from deskhand.ports.observer import Observer
from deskhand.runtime.repeat import repeat

LEFT_TO_FINISH = timedelta(seconds=30)
"""How long a loop that is in the middle of something may go on after the end was asked for."""


class Performing(Protocol):
    """The part of a worker that a host needs."""

    @property
    def given_up(self) -> asyncio.Event:
        """Set when others took this worker for dead: it must go."""
        ...

    async def start(self) -> None:
        """Begin to work."""
        ...

    async def stop(self) -> None:
        """Take nothing new, finish what runs, let go of everything."""
        ...


class Loop(Protocol):
    """Something that is done again and again, for as long as a host lives."""

    @property
    def name(self) -> str:
        """What it is for, in a word."""
        ...

    @property
    def every(self) -> timedelta:
        """The pause between two times."""
        ...

    async def tick(self) -> None:
        """Do it once."""
        ...


class Service(Protocol):
    """Something that goes on for as long as a host lives, such as a server."""

    @property
    def name(self) -> str:
        """What it is for, in a word."""
        ...

    async def run(self, stop: asyncio.Event) -> None:
        """Serve until `stop` is set, and finish what was begun; an error ends the host."""
        ...


@runtime_checkable
class Wakeable(Protocol):
    """A loop that can be woken before its pause is over."""

    @property
    def wake(self) -> asyncio.Event:
        """Set it, and the loop does it again at once."""
        ...


@dataclass(slots=True, kw_only=True)
class Host:
    """A worker, loops and services, until `stop` is set or the worker is given up."""

    worker: Performing
    loops: Sequence[Loop]
    services: Sequence[Service] = ()
    observer: Observer
    _turns: dict[str, asyncio.Lock] = field(default_factory=dict)

    @property
    def names(self) -> Sequence[str]:
        """What it does besides performing items."""
        return [*(loop.name for loop in self.loops), *(one.name for one in self.services)]

    async def run(self, *, stop: asyncio.Event) -> bool:
        """Work until told to stop; what runs is finished.

        False when it ended by itself: others took the worker for dead. Raises what the worker's
        start raises, and what a service ended with.
        """
        running: list[asyncio.Task[None]] = []
        serving: list[asyncio.Task[None]] = []
        ending = asyncio.Event()
        try:
            await self.worker.start()
            serving = [asyncio.create_task(service.run(ending)) for service in self.services]
            running = [asyncio.create_task(self._repeated(loop)) for loop in self.loops]
            await _first_of(serving, stop, self.worker.given_up)
        finally:
            # In this order: nothing new comes in, what came is decided, what runs is finished.
            ending.set()
            served = await asyncio.gather(*serving, return_exceptions=True)
            await self._end(running)
            await self.worker.stop()
        for ended in served:
            if isinstance(ended, BaseException):
                raise ended
        return stop.is_set()

    async def _repeated(self, loop: Loop) -> None:
        turn = self._turns.setdefault(loop.name, asyncio.Lock())

        async def tick() -> None:
            async with turn:
                await loop.tick()

        wake = loop.wake if isinstance(loop, Wakeable) else None
        await repeat(tick, every=loop.every, observer=self.observer, wake=wake)

    async def _end(self, running: Sequence[asyncio.Task[None]]) -> None:
        """Let each loop finish what it is about, begin nothing new, and end it."""
        turns = [asyncio.create_task(turn.acquire()) for turn in self._turns.values()]
        if turns:
            await asyncio.wait(turns, timeout=LEFT_TO_FINISH.total_seconds())
        for task in [*running, *turns]:
            task.cancel()
        await asyncio.gather(*running, *turns, return_exceptions=True)


async def _first_of(serving: Sequence[asyncio.Task[None]], *events: asyncio.Event) -> None:
    """Wait until an event is set, or a service has ended though nobody told it to."""
    waiting = [asyncio.create_task(event.wait()) for event in events]
    try:
        await asyncio.wait([*serving, *waiting], return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waiting:
            task.cancel()
        await asyncio.gather(*waiting, return_exceptions=True)
