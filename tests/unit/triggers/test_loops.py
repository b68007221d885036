"""The loops of triggers: one decides in time, the other asks."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from deskhand.domain.cause import SystemCode
from deskhand.domain.schedule import SlotState
from deskhand.ports.action import Returned
from deskhand.ports.case_store import CaseFilter
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.trigger_loops import SlotLoop, SourceLoop
from deskhand.triggers.alarm import SchedulerAlarm
from tests.making import a_case, add_case
from tests.practice.clockwork import CLOCKWORK, Clockwork, rows
from tests.unit.runtime.test_host import Listening
from tests.unit.triggers.conftest import Wound
from tests.unit.triggers.ledger_stage import LedgerStage


@dataclass
class SetAlarm:
    """An alarm that notes for when it was set."""

    at: datetime | None = None

    def set(self, at: datetime) -> None:
        self.at = at


def slot_loop(clockwork: Clockwork, thread: StoreThread, alarm: SetAlarm) -> SlotLoop:
    return SlotLoop(
        watched=tuple(clockwork.watched.values()),
        desk=clockwork.desk,
        time_table=clockwork.table,
        alarm=alarm,
        observer=Listening(),
        thread=thread,
        by=CLOCKWORK,
        wake=asyncio.Event(),
        due=asyncio.Event(),
    )


def source_loop(clockwork: Clockwork, thread: StoreThread, stage: LedgerStage) -> SourceLoop:
    return SourceLoop(
        watched=clockwork.watched,
        desk=clockwork.desk,
        stage=stage,
        observer=Listening(),
        thread=thread,
        by=CLOCKWORK,
        holder="one",
        folder=Path(),
    )


@pytest.fixture
def thread() -> Iterator[StoreThread]:
    thread = StoreThread()
    yield thread
    thread.close()


@pytest.mark.asyncio
async def test_deciding_wakes_who_asks_and_sets_the_alarm_for_the_next_slot(
    wound: Wound, thread: StoreThread
) -> None:
    clockwork, alarm = wound(), SetAlarm()
    loop = slot_loop(clockwork, thread, alarm)
    await loop.tick()
    asked_for_nothing = not loop.due.is_set()
    clockwork.clock.turn(timedelta(hours=1))

    await loop.tick()

    assert asked_for_nothing
    assert loop.due.is_set()
    assert alarm.at == datetime(2026, 5, 5, 10, tzinfo=UTC)


@pytest.mark.asyncio
async def test_the_source_is_asked_for_each_client_and_the_slot_is_settled(
    wound: Wound, thread: StoreThread
) -> None:
    clockwork, stage = wound(clients=("harbor", "lakeside")), LedgerStage(rows("S1000001"))
    stage.go_on.set()
    clockwork.clock.turn(timedelta(hours=1))
    clockwork.look()

    await source_loop(clockwork, thread, stage).tick()

    assert sorted(stage.asked) == ["ledger/harbor", "ledger/lakeside"]
    assert {slot.state for slot in clockwork.slots()} == {SlotState.FIRED}
    assert {slot.accepted for slot in clockwork.slots()} == {1}


class Torn:
    """A calendar that cannot be asked."""

    def works_on(self, day: date) -> bool:
        raise RuntimeError(day)


@pytest.mark.asyncio
async def test_a_trigger_that_cannot_be_decided_about_keeps_no_other_one_from_firing(
    wound: Wound, thread: StoreThread
) -> None:
    clockwork, alarm = wound(more=(("0 6 1-31 * *", "latest"),)), SetAlarm()
    first, second = clockwork.watched
    clockwork.watched[first] = replace(clockwork.watched[first], working_days=Torn())
    loop = slot_loop(clockwork, thread, alarm)
    clockwork.clock.turn(timedelta(hours=1))

    await loop.tick()

    assert [slot.trigger for slot in clockwork.slots()] == [second]
    assert loop.observer.heard == ["trigger_troubled", "slot_due"]  # type: ignore[attr-defined]
    assert alarm.at == clockwork.clock.at + timedelta(days=1)


@pytest.mark.asyncio
async def test_slots_that_others_hold_keep_nobody_from_the_rest(
    wound: Wound, thread: StoreThread
) -> None:
    clockwork, stage = wound("*/5 * * * *", "all"), LedgerStage(rows("S1000001"))
    stage.go_on.set()
    clockwork.clock.turn(timedelta(hours=1))
    due = clockwork.look()
    for slot in due[:10]:
        assert clockwork.take(slot, holder="another") is not None

    await source_loop(clockwork, thread, stage).tick()

    assert [slot.state for slot in clockwork.slots()] == [
        *[SlotState.DUE] * 10,
        *[SlotState.FIRED] * 2,
    ]


@pytest.mark.asyncio
async def test_who_is_stopped_while_it_asks_lets_the_slot_go(
    wound: Wound, thread: StoreThread
) -> None:
    clockwork, stage = wound(), LedgerStage(rows("S1000001"))
    clockwork.clock.turn(timedelta(hours=1))
    (slot,) = clockwork.look()
    asking = asyncio.create_task(source_loop(clockwork, thread, stage).tick())
    await stage.asking.wait()

    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)

    assert clockwork.take(slot, holder="two") is not None


@pytest.mark.asyncio
async def test_a_source_that_never_answers_is_given_up_and_asked_again(
    wound: Wound, thread: StoreThread, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("deskhand.runtime.source_call.ASK_AT_MOST", timedelta(milliseconds=20))
    clockwork, stage = wound(), LedgerStage(rows("S1000001"))
    clockwork.clock.turn(timedelta(hours=1))
    clockwork.look()

    await source_loop(clockwork, thread, stage).tick()

    (slot,) = clockwork.slots()
    assert (slot.state, slot.reason) == (SlotState.DUE, SystemCode.TIMED_OUT)


@pytest.mark.asyncio
async def test_an_answer_over_which_we_stumble_is_a_case_and_is_not_asked_for_again(
    wound: Wound, thread: StoreThread
) -> None:
    clockwork = wound()
    stage = LedgerStage(Returned(value={"files": ["no record"]}))
    stage.go_on.set()
    clockwork.clock.turn(timedelta(hours=1))
    clockwork.look()

    await source_loop(clockwork, thread, stage).tick()

    (slot,) = clockwork.slots()
    assert (slot.state, slot.reason) == (SlotState.FAILED, SystemCode.RUNBOOK_FAULTY)
    with clockwork.store.reading() as tx:
        (case,) = tx.cases.find(CaseFilter(unclosed=True), limit=9)
    assert case.code == "SOURCE_FAILED"


@pytest.mark.asyncio
async def test_rows_that_the_store_refuses_are_asked_for_again(
    wound: Wound, thread: StoreThread
) -> None:
    clockwork, stage = wound(), LedgerStage(rows(""))
    stage.go_on.set()
    clockwork.clock.turn(timedelta(hours=1))
    (slot,) = clockwork.look()
    taken = f"{slot.id}/ROWS_REJECTED".replace("/", "-")
    with clockwork.store.transaction() as tx:
        add_case(tx, a_case(taken, item=None))

    await source_loop(clockwork, thread, stage).tick()

    (put_off,) = clockwork.slots()
    assert (put_off.state, put_off.reason) == (SlotState.DUE, SystemCode.TRANSIENT)


@pytest.mark.asyncio
async def test_the_alarm_rings_at_the_moment_that_was_set_last() -> None:
    rung = asyncio.Event()
    alarm = SchedulerAlarm(rung.set)
    now = datetime.now(UTC)
    alarm.set(now + timedelta(hours=1))

    alarm.set(now - timedelta(seconds=30))

    await asyncio.wait_for(rung.wait(), timeout=10)
    alarm.stop()


@pytest.mark.asyncio
async def test_the_alarm_rings_while_the_pool_of_threads_of_a_host_that_ends_is_gone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    gone = ThreadPoolExecutor()
    gone.shutdown()
    asyncio.get_running_loop().set_default_executor(gone)
    rung_by: list[threading.Thread] = []
    rung = asyncio.Event()

    def ring() -> None:
        rung_by.append(threading.current_thread())
        rung.set()

    alarm = SchedulerAlarm(ring)

    alarm.set(datetime.now(UTC) - timedelta(seconds=1))

    await asyncio.wait_for(rung.wait(), timeout=10)
    alarm.stop()
    assert rung_by == [threading.main_thread()]
    assert caplog.records == []
