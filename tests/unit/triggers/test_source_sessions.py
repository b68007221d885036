"""Sources take a session of their account, as attempts do."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from deskhand.domain.cause import SystemCode
from deskhand.domain.identifiers import AccountName
from deskhand.domain.schedule import SlotState
from deskhand.domain.step import Call
from deskhand.runtime.source_call import ask_source
from deskhand.use_cases.pause_trigger import TriggerWord, pause_trigger
from deskhand.use_cases.take_slot import WAITS, enter_account
from tests.making import ANN
from tests.practice.clockwork import Clockwork, rows
from tests.unit.runtime.scripted import Computed
from tests.unit.triggers.conftest import Wound
from tests.unit.triggers.ledger_stage import LedgerStage
from tests.unit.triggers.test_firing import due_slot


def visited(clockwork: Clockwork, visitor: str, account: AccountName) -> bool:
    now = clockwork.clock.now()
    with clockwork.store.transaction() as tx:
        return tx.accounts.visit(
            account, visitor=visitor, at_once=1, now=now, until=now + timedelta(hours=1)
        )


def free_sessions(clockwork: Clockwork, account: AccountName) -> int:
    with clockwork.store.transaction() as tx:
        return len(tx.accounts.free_slots(account, at_once=1, now=clockwork.clock.now()))


def test_a_source_waits_for_a_session_of_its_account_and_no_attempt_gets_it_first(
    wound: Wound,
) -> None:
    clockwork = wound()
    firing = clockwork.take(due_slot(clockwork))
    assert firing is not None
    busy = visited(clockwork, "earlier", firing.account)

    refusal = enter_account(firing, at_once=1, desk=clockwork.desk)
    assert refusal is not None
    put_off = clockwork.settle(firing, refusal)
    with clockwork.store.transaction() as tx:
        tx.accounts.end_visit("earlier")
    kept = free_sessions(clockwork, firing.account)
    clockwork.clock.turn(timedelta(minutes=5))
    again = clockwork.take(firing.slot)
    assert again is not None
    entered = enter_account(again, at_once=1, desk=clockwork.desk)
    clockwork.settle(again, rows("S1000001"))

    assert busy
    assert refusal.cause.code == SystemCode.ACCOUNT_BUSY
    assert put_off is not None
    assert put_off.state is SlotState.DUE
    assert (kept, entered) == (0, None)
    assert free_sessions(clockwork, firing.account) == 1


def test_no_session_is_kept_for_a_source_whose_trigger_is_paused_meanwhile(wound: Wound) -> None:
    clockwork = wound()
    firing = clockwork.take(due_slot(clockwork))
    assert firing is not None
    visited(clockwork, "earlier", firing.account)
    refusal = enter_account(firing, at_once=1, desk=clockwork.desk)
    assert refusal is not None
    clockwork.settle(firing, refusal)
    with clockwork.store.transaction() as tx:
        tx.accounts.end_visit("earlier")
    kept = free_sessions(clockwork, firing.account)

    pause_trigger(
        TriggerWord(name=firing.slot.trigger, by=ANN, reason="the portal moves house"),
        store=clockwork.store,
        clock=clockwork.clock,
    )

    assert (kept, free_sessions(clockwork, firing.account)) == (0, 1)


def test_a_session_that_is_kept_for_a_host_that_died_gets_free(wound: Wound) -> None:
    clockwork = wound()
    firing = clockwork.take(due_slot(clockwork))
    assert firing is not None
    enter_account(firing, at_once=1, desk=clockwork.desk)
    held = free_sessions(clockwork, firing.account)

    clockwork.clock.turn(WAITS)

    assert (held, free_sessions(clockwork, firing.account)) == (0, 1)


@pytest.mark.asyncio
async def test_a_source_is_asked_for_the_day_of_its_triggers_time_zone(wound: Wound) -> None:
    clockwork, stage = wound(), LedgerStage(rows("S1000001"))
    stage.go_on.set()
    firing = clockwork.take(due_slot(clockwork))
    assert firing is not None
    asked = Call(action="ledger.rows", arguments={"on": Computed(lambda scope: scope["today"])})
    trigger = replace(firing.watched.trigger, source=asked, timezone="Pacific/Kiritimati")
    there = replace(firing, watched=replace(firing.watched, trigger=trigger))
    clockwork.clock.at = datetime(2026, 5, 4, 12, 0, tzinfo=UTC)  # there, two in the morning

    await ask_source(there, stage=stage, clock=clockwork.clock)

    assert stage.given == [{"on": date(2026, 5, 5)}]
