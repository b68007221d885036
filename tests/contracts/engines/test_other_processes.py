"""What one worker's process may do to another's attempts: nothing, alive or dead."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from subprocess import Popen

import pytest

from deskhand.domain.identifiers import AttemptId
from tests.contracts.engines.desk import EngineDesk
from tests.contracts.stores.racing import beside
from tests.making import OTHER_WORKER

pytestmark = pytest.mark.asyncio

ATTEMPT = AttemptId("i1:1")


@contextmanager
def other_worker(url: str) -> Iterator[Popen[str]]:
    with beside(["tests.contracts.engines.victim", url, OTHER_WORKER]) as process:
        yield process


def line_of(process: Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


async def test_a_living_workers_attempt_is_not_taken_by_another_process(desk: EngineDesk) -> None:
    waiting = desk.engine()
    with other_worker(desk.url) as process:
        desk.enqueue(waiting, [ATTEMPT])
        begun = await asyncio.to_thread(line_of, process)
        # As many lanes as the other has: the queue's limit is a row that both share, and with
        # more the other might be handed the second one, too.
        async with desk.running(lanes=1) as engine:
            desk.enqueue(engine, ["i2:1"])
            done = await desk.performances.until_done(1)
            holders = dict(engine.handed_out([ATTEMPT]))
    await waiting.stop()

    assert begun == ATTEMPT
    assert done == ["i2:1"]
    assert holders == {ATTEMPT: OTHER_WORKER}


async def test_the_attempt_of_a_killed_worker_stays_its_own_until_it_is_dropped(
    desk: EngineDesk,
) -> None:
    waiting = desk.engine()
    with other_worker(desk.url) as process:
        desk.enqueue(waiting, [ATTEMPT])
        await asyncio.to_thread(line_of, process)
        process.kill()
        await asyncio.to_thread(process.wait)
    await waiting.stop()

    async with desk.running() as engine:
        orphaned = dict(engine.handed_out([ATTEMPT]))
        engine.cancel(ATTEMPT)
        dropped = dict(engine.handed_out([ATTEMPT]))
        desk.enqueue(engine, ["i1:2"])
        done = await desk.performances.until_done(1)

    assert orphaned == {ATTEMPT: OTHER_WORKER}
    assert dropped == {ATTEMPT: None}
    assert done == ["i1:2"]
    assert desk.performances.begun == ["i1:2"]
