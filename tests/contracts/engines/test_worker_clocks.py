"""A worker whose clock is not the database's: it does not begin, and it does not go on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from deskhand.errors import ClockDiffersError
from deskhand.ports.action import Assignment, Session
from deskhand.runtime.performer import Performer
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.worker import Worker, WorkerPace
from tests.contracts.engines.desk import PATIENCE, EngineDesk
from tests.making import WORKER

pytestmark = [pytest.mark.asyncio, pytest.mark.postgres]

HEARTBEAT = timedelta(milliseconds=50)


@dataclass
class JumpingClock:
    """This machine's clock, that somebody sets wrong."""

    off: timedelta = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.off


@dataclass
class EmptyStage:
    """A stage on which nobody performs."""

    begun: bool = False

    async def start(self) -> None:
        self.begun = True

    async def stop(self) -> None:
        pass

    @asynccontextmanager
    async def session(self, assignment: Assignment) -> AsyncIterator[Session]:
        raise NotImplementedError(f"nobody performs {assignment.attempt} here")
        yield


@dataclass
class Listening:
    """Keeps what operators are told."""

    told: list[str] = field(default_factory=list)

    def tell(self, event: str, **facts: Any) -> None:
        self.told.append(f"{event} {facts.get('problem', '')}")


@pytest.fixture
def url(postgres_url: str) -> str:
    return postgres_url


def a_worker(
    desk: EngineDesk, clock: JumpingClock, *, stage: EmptyStage, tell: Listening
) -> Worker:
    return Worker(
        id=WORKER,
        store=desk.store,
        engine=desk.engine(),
        stage=stage,
        clock=clock,
        observer=tell,
        performer=cast("Performer", None),
        thread=StoreThread(),
        accounts={},
        pace=WorkerPace(
            lanes=1, heartbeat=HEARTBEAT, given_up_after=timedelta(seconds=30), only_one=False
        ),
    )


async def test_it_does_not_begin(desk: EngineDesk) -> None:
    stage = EmptyStage()
    clock = JumpingClock(off=-timedelta(minutes=1))
    worker = a_worker(desk, clock, stage=stage, tell=Listening())

    with pytest.raises(ClockDiffersError, match="-60 s from the database's"):
        await worker.start()
    await worker.stop()

    assert not stage.begun


async def test_it_ends_when_its_clock_jumps(desk: EngineDesk) -> None:
    clock, tell = JumpingClock(), Listening()
    worker = a_worker(desk, clock, stage=EmptyStage(), tell=tell)
    try:
        await worker.start()
        clock.off = timedelta(minutes=1)
        async with asyncio.timeout(PATIENCE):
            await worker.given_up.wait()
    finally:
        await worker.stop()

    assert any(line.startswith("clock_differs this clock is +60 s") for line in tell.told)
    with desk.store.reading() as tx:
        assert not tx.workers.alive(WORKER)
