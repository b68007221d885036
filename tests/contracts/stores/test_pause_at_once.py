"""A person pauses a trigger while a host settles one of its slots: on each database."""

from datetime import UTC, datetime, timedelta
from functools import partial

from sqlalchemy import Engine

from deskhand.domain.schedule import SlotState
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.pause_trigger import TriggerWord, pause_trigger, resume_trigger
from tests.contracts.stores.racing import race
from tests.making import ANN, HandClock, sql_store
from tests.practice.clockwork import Clockwork, rows, runbook_with

TIMES = 6
MORNING = datetime(2026, 5, 4, 9, tzinfo=UTC)


def test_a_pause_and_the_settling_of_a_slot_wait_for_each_other_in_one_order(
    database: Engine,
) -> None:
    clock = HandClock(MORNING)
    store = sql_store(database, clock=clock)
    clockwork = Clockwork(store=store, clock=clock, text=runbook_with(("0 * * * *", "latest")))
    clockwork.look()
    word = TriggerWord(name=clockwork.only.name, by=ANN, reason="the portal moves house")

    for number in range(TIMES):
        clock.turn(timedelta(hours=1))
        (slot,) = clockwork.look()
        firing = clockwork.take(slot)
        assert firing is not None
        settle = partial(clockwork.settle, firing, rows(f"S100000{number}"))

        _, raised = race(partial(pause_trigger, word, store=store, clock=clock), settle)

        assert raised == []
        assert clockwork.slots()[-1].state is SlotState.FIRED
        resume_trigger(word, store=store, clock=clock)

    assert verify_log(by=ANN, store=store, clock=clock).findings == []
