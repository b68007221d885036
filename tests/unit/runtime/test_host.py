"""A host: a worker and loops, until told to stop."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from deskhand.runtime.host import Host

LONG = timedelta(hours=1)


@dataclass
class QuietWorker:
    """A worker that performs nothing; it notes what it was told."""

    fails: bool = False
    told: list[str] = field(default_factory=list)
    given_up: asyncio.Event = field(default_factory=asyncio.Event)

    async def start(self) -> None:
        self.told.append("start")
        if self.fails:
            raise RuntimeError("no browser")

    async def stop(self) -> None:
        self.told.append("stop")


@dataclass
class Counting:
    """A loop that counts, holds until it is let go, and says when it begins."""

    name: str = "counting"
    every: timedelta = LONG
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    finished: int = 0

    async def tick(self) -> None:
        self.begun.set()
        await self.go_on.wait()
        self.finished += 1


@dataclass
class Woken(Counting):
    """The same, and it can be woken."""

    name: str = "woken"
    wake: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass
class Serving:
    """A service; it ends when it is told to, or with an error of its own."""

    fails: bool = False
    name: str = "serving"
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    ended: bool = False

    async def run(self, stop: asyncio.Event) -> None:
        self.begun.set()
        if self.fails:
            raise RuntimeError("the port is taken")
        await stop.wait()
        self.ended = True


@dataclass
class Listening:
    """An observer that remembers."""

    heard: list[str] = field(default_factory=list)

    def tell(self, event: str, **fields: object) -> None:
        self.heard.append(event)


def hosting(*loops: Counting, worker: QuietWorker | None = None) -> Host:
    return Host(worker=worker or QuietWorker(), loops=loops, observer=Listening())


@pytest.mark.asyncio
async def test_loops_run_beside_the_worker_until_the_host_is_told_to_stop() -> None:
    one, two = Counting(name="one"), Counting(name="two")
    worker, stop = QuietWorker(), asyncio.Event()
    for loop in (one, two):
        loop.go_on.set()
    running = asyncio.create_task(hosting(one, two, worker=worker).run(stop=stop))
    await one.begun.wait()
    await two.begun.wait()

    stop.set()
    told_to_stop = await running

    assert told_to_stop
    assert (one.finished, two.finished) == (1, 1)
    assert worker.told == ["start", "stop"]


@pytest.mark.asyncio
async def test_what_a_loop_is_about_is_finished_first() -> None:
    loop, stop, worker = Counting(), asyncio.Event(), QuietWorker()
    running = asyncio.create_task(hosting(loop, worker=worker).run(stop=stop))
    await loop.begun.wait()

    stop.set()
    await asyncio.sleep(0)
    loop.go_on.set()
    await running

    assert loop.finished == 1
    assert worker.told == ["start", "stop"]


@pytest.mark.asyncio
async def test_a_loop_that_cannot_finish_is_left_after_a_while(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("deskhand.runtime.host.LEFT_TO_FINISH", timedelta(milliseconds=10))
    loop, stop, worker = Counting(), asyncio.Event(), QuietWorker()
    running = asyncio.create_task(hosting(loop, worker=worker).run(stop=stop))
    await loop.begun.wait()

    stop.set()
    await running

    assert loop.finished == 0
    assert worker.told == ["start", "stop"]


@pytest.mark.asyncio
async def test_a_loop_that_is_woken_does_not_wait_for_its_pause() -> None:
    loop, stop = Woken(), asyncio.Event()
    loop.go_on.set()
    running = asyncio.create_task(hosting(loop).run(stop=stop))
    await loop.begun.wait()
    loop.begun.clear()

    loop.wake.set()
    await asyncio.wait_for(loop.begun.wait(), timeout=10)
    stop.set()
    await running

    assert loop.finished == 2


@pytest.mark.asyncio
async def test_a_service_goes_on_until_the_host_is_told_to_stop() -> None:
    service, stop = Serving(), asyncio.Event()
    host = Host(worker=QuietWorker(), loops=(), services=[service], observer=Listening())
    running = asyncio.create_task(host.run(stop=stop))
    await service.begun.wait()

    stop.set()
    await running

    assert service.ended


@pytest.mark.asyncio
async def test_a_service_that_ends_with_an_error_ends_the_host_with_it() -> None:
    worker, other = QuietWorker(), Serving()
    services = [Serving(fails=True), other]
    host = Host(worker=worker, loops=(), services=services, observer=Listening())

    with pytest.raises(RuntimeError, match="the port is taken"):
        await host.run(stop=asyncio.Event())

    assert other.ended
    assert worker.told == ["start", "stop"]


@pytest.mark.asyncio
async def test_a_host_whose_worker_was_given_up_ends() -> None:
    loop, worker = Counting(), QuietWorker()
    loop.go_on.set()
    running = asyncio.create_task(hosting(loop, worker=worker).run(stop=asyncio.Event()))
    await loop.begun.wait()

    worker.given_up.set()
    told_to_stop = await running

    assert not told_to_stop
    assert worker.told == ["start", "stop"]


@pytest.mark.asyncio
async def test_a_worker_that_does_not_start_is_let_go_of_and_no_loop_begins() -> None:
    loop, worker = Counting(), QuietWorker(fails=True)

    with pytest.raises(RuntimeError, match="no browser"):
        await hosting(loop, worker=worker).run(stop=asyncio.Event())

    assert worker.told == ["start", "stop"]
    assert not loop.begun.is_set()
