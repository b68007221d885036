import asyncio
import time
from collections.abc import Callable

import pytest
from sqlalchemy import Connection, MetaData, Table, update
from sqlalchemy import Engine as Database

from deskhand.domain.identifiers import AttemptId
from tests.contracts.engines.desk import PATIENCE, POLL, EngineDesk, engine_tables
from tests.making import WORKER

pytestmark = pytest.mark.asyncio


class GoneWrongError(Exception):
    """What a use case may raise in the middle of a transaction."""


def enqueue_and_fail(desk: EngineDesk, engine: object, attempt: str) -> None:
    with desk.store.transaction() as tx:
        engine.enqueue(tx.connection, AttemptId(attempt), priority=5)  # type: ignore[attr-defined]
        raise GoneWrongError


async def test_an_attempt_is_performed_once_when_its_transaction_commits(desk: EngineDesk) -> None:
    async with desk.running() as engine:
        with desk.store.transaction() as tx:
            engine.enqueue(tx.connection, AttemptId("i1:1"), priority=5)
            before = list(desk.performances.begun)
        await desk.performances.until_done(1)
        desk.enqueue(engine, ["i2:1"])
        done = await desk.performances.until_done(2)

    assert before == []
    assert done == ["i1:1", "i2:1"]


async def test_an_attempt_of_a_transaction_that_rolled_back_is_never_performed(
    desk: EngineDesk,
) -> None:
    async with desk.running() as engine:
        with pytest.raises(GoneWrongError):
            enqueue_and_fail(desk, engine, "i1:1")
        desk.enqueue(engine, ["i2:1"])
        done = await desk.performances.until_done(1)

    assert done == ["i2:1"]


async def test_attempts_enqueued_before_the_worker_starts_are_performed_by_priority(
    desk: EngineDesk,
) -> None:
    async with desk.running(lanes=1):
        pass
    waiting = desk.engine()
    for attempt, priority in (("low", 9), ("high", 1), ("middle", 5), ("zero", 0), ("low2", 9)):
        desk.enqueue(waiting, [attempt], priority=priority)
    await waiting.stop()

    async with desk.running(lanes=1):
        begun = await desk.performances.until_begun(5)

    # A priority of 0 counts as 1: it must not beat every other one by accident.
    assert begun == ["high", "zero", "middle", "low", "low2"]


async def test_no_more_attempts_run_at_once_than_there_are_lanes(desk: EngineDesk) -> None:
    names = [f"i{number}:1" for number in range(6)]
    desk.performances.held.update(names)

    async with desk.running(lanes=2) as engine:
        desk.enqueue(engine, names)
        await desk.performances.until_begun(2)
        handed_out = engine.handed_out([AttemptId(name) for name in names])
        await desk.performances.let_go()
        done = await desk.performances.until_done(6)

    assert sorted(done) == names
    assert desk.performances.most_at_once == 2
    assert list(handed_out.values()) == [WORKER, WORKER]


async def test_a_start_with_fewer_lanes_than_before_keeps_to_them(desk: EngineDesk) -> None:
    names = [f"i{number}:1" for number in range(6)]
    async with desk.running(lanes=4):
        pass
    waiting = desk.engine()
    desk.enqueue(waiting, names)
    await waiting.stop()

    async with desk.running(lanes=1):
        done = await desk.performances.until_done(6)

    assert sorted(done) == names
    assert desk.performances.most_at_once == 1


async def test_handed_out_tells_who_has_which_of_the_attempts(
    desk: EngineDesk, database: Database
) -> None:
    desk.performances.held.add("i1:1")
    asked = [AttemptId(name) for name in ("i0:1", "i1:1", "i2:1", "unknown")]

    async with desk.running(lanes=1) as engine:
        desk.enqueue(engine, ["i0:1"])
        await until(lambda: statuses(database) == ["SUCCESS"])
        desk.enqueue(engine, ["i1:1"])
        await desk.performances.until_begun(2)
        desk.enqueue(engine, ["i2:1"])
        meanwhile = dict(engine.handed_out(asked))
        nothing = dict(engine.handed_out([]))
        await desk.performances.let_go()
        await desk.performances.until_done(3)

    # i0 has ended, i1 is being performed, i2 waits in the queue.
    assert meanwhile == {"i0:1": None, "i1:1": WORKER, "unknown": None}
    assert nothing == {}


async def test_an_attempt_whose_handing_out_was_never_answered_is_nobodys(
    desk: EngineDesk,
) -> None:
    desk.performances.held.add("i1:1")
    asked = [AttemptId(name) for name in ("i1:1", "i2:1")]

    async with desk.running(lanes=1) as engine:
        desk.enqueue(engine, ["i1:1"])
        await desk.performances.until_begun(1)
        with desk.store.transaction() as tx:
            engine.enqueue(tx.connection, AttemptId("i2:1"), priority=5)
            hand_out_unheard(tx.connection, "i2:1")
        first, second = dict(engine.handed_out(asked)), dict(engine.handed_out(asked))
        engine.cancel(AttemptId("i2:1"))
        desk.enqueue(engine, ["i2:2"])
        await desk.performances.let_go()
        done = await desk.performances.until_done(2)

    # At first it may still be on its way.
    assert first == {"i1:1": WORKER, "i2:1": WORKER}
    assert second == {"i1:1": WORKER, "i2:1": None}
    assert done == ["i1:1", "i2:2"]


def hand_out_unheard(connection: object, attempt: str) -> None:
    """Leave what a dequeue leaves that was committed and whose answer was lost."""
    assert isinstance(connection, Connection)
    known = MetaData(schema=None if connection.dialect.name == "sqlite" else "dbos")
    workflow = Table("workflow_status", known, autoload_with=connection)
    connection.execute(
        update(workflow)
        .where(workflow.c.workflow_uuid == attempt)
        .values(status="PENDING", executor_id=WORKER)
    )


async def test_a_cancelled_attempt_is_not_performed(desk: EngineDesk) -> None:
    desk.performances.held.add("i1:1")

    async with desk.running(lanes=1) as engine:
        desk.enqueue(engine, ["i1:1"])
        await desk.performances.until_begun(1)
        desk.enqueue(engine, ["i2:1", "i3:1"])
        engine.cancel(AttemptId("i2:1"))
        engine.cancel(AttemptId("unknown"))
        await desk.performances.let_go()
        done = await desk.performances.until_done(2)

    assert done == ["i1:1", "i3:1"]


async def test_pruning_forgets_all_finished_attempts_but_the_last(
    desk: EngineDesk, database: Database
) -> None:
    def kept() -> set[object]:
        return {row["workflow_uuid"] for row in engine_tables(database)["workflow_status"]}

    desk.performances.held.add("i5:1")
    async with desk.running(lanes=1) as engine:
        for number in range(5):
            desk.enqueue(engine, [f"i{number}:1"])
            await desk.performances.until_done(number + 1)
        desk.enqueue(engine, ["i5:1", "i6:1"])
        await desk.performances.until_begun(6)
        await until(lambda: "PENDING" in statuses(database))
        before = kept()
        await asyncio.to_thread(engine.prune, keep=2)
        after = kept()
        await desk.performances.let_go()
        await desk.performances.until_done(7)

    assert len(before) == 7
    assert {"i5:1", "i6:1"} < after
    assert len(after) == 4
    assert "i0:1" not in str(engine_tables(database))


def statuses(database: Database) -> list[object]:
    return [row["status"] for row in engine_tables(database)["workflow_status"]]


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not condition():  # noqa: ASYNC110 - no event comes out of a table
            await asyncio.sleep(POLL)


async def test_its_rows_hold_ids_only_and_no_pickle(desk: EngineDesk, database: Database) -> None:
    async with desk.running() as engine:
        desk.enqueue(engine, ["i1:1"])
        await desk.performances.until_done(1)
        await until(lambda: statuses(database) == ["SUCCESS"])

    tables = engine_tables(database)
    (workflow,) = tables["workflow_status"]
    (inputs,) = tables["workflow_input"]
    (output,) = tables["workflow_output"]
    (step,) = tables["operation_outputs"]
    assert workflow["workflow_uuid"] == "i1:1"
    assert (workflow["name"], workflow["queue_name"]) == ("perform", "attempts")
    assert workflow["application_version"] == "deskhand-engine-1"
    assert workflow["executor_id"] == WORKER
    assert inputs["inputs"] == '{"args": ["i1:1"], "kwargs": {}}'
    assert (output["output"], output["error"]) == ('"done"', None)
    assert (step["output"], step["error"]) == ('"done"', None)
    assert {workflow["serialization"], step["serialization"]} == {"deskhand_json"}


async def test_an_error_that_escapes_leaves_none_of_its_words(
    desk: EngineDesk, database: Database
) -> None:
    secret = "W123456789"
    done = asyncio.Event()

    async def perform(attempt: AttemptId) -> str:
        done.set()
        raise ValueError(f"fill({secret}) of {attempt}")

    engine = desk.engine()
    try:
        await engine.start(perform, worker=WORKER, lanes=1)
        desk.enqueue(engine, ["i1:1"])
        async with asyncio.timeout(PATIENCE):
            await done.wait()
        await until(lambda: statuses(database) == ["ERROR"])
    finally:
        await engine.stop()

    dump = str(engine_tables(database))
    assert secret not in dump
    assert "ValueError" in dump


async def test_the_engine_stops_quickly_and_can_be_started_again(
    desk: EngineDesk, database: Database
) -> None:
    took = []
    for number in range(2):
        async with desk.running() as engine:
            desk.enqueue(engine, [f"i{number}:1"])
            await desk.performances.until_done(number + 1)
            # Stopped sooner, DBOS would hand it to the same worker once more.
            await until(lambda: set(statuses(database)) == {"SUCCESS"})
            began = time.monotonic()
        took.append(time.monotonic() - began)

    assert max(took) < 3
    assert desk.performances.done == ["i0:1", "i1:1"]


async def test_an_engine_that_was_never_started_stops_too(desk: EngineDesk) -> None:
    engine = desk.engine()

    await engine.stop()

    with desk.store.transaction() as tx:
        assert tx.connection is not None


async def test_only_a_connection_of_the_store_is_enqueued_on(desk: EngineDesk) -> None:
    with pytest.raises(TypeError, match="within a transaction of the store"):
        desk.engine().enqueue("no connection", AttemptId("i1:1"), priority=1)
