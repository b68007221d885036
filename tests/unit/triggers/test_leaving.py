"""What becomes of slots and pauses of a trigger that no runbook has any more."""

from datetime import timedelta

from deskhand.domain.entry import RecordType
from deskhand.domain.schedule import SlotState, TriggerSlot
from deskhand.use_cases.take_slot import LEASE, enter_account
from tests.practice.clockwork import Clockwork, down, rows, runbook_with
from tests.unit.triggers.conftest import Wound
from tests.unit.triggers.edited import (
    AT_SIX,
    EIGHT,
    SIX,
    cases,
    known,
    named,
    pause_it,
    told,
    types,
)

HOUR = timedelta(hours=1)


def due_of_six(clockwork: Clockwork) -> TriggerSlot:
    clockwork.clock.turn(HOUR)
    (slot,) = clockwork.look()
    return slot


def test_what_is_due_of_a_trigger_that_is_gone_ends_with_a_case_when_its_time_is_over(
    wound: Wound,
) -> None:
    clockwork = wound(grace="30m")
    firing = clockwork.take(due_of_six(clockwork))
    assert firing is not None
    assert enter_account(firing, at_once=1, desk=clockwork.desk) is None
    clockwork.settle(firing, down())
    renamed = named(clockwork)

    renamed.clock.turn(timedelta(minutes=30))
    before = renamed.leave()
    renamed.clock.turn(timedelta(minutes=1))
    (ended,) = renamed.leave()

    assert before == []
    assert (ended.state, ended.reason) == (SlotState.SKIPPED, "gone")
    assert renamed.leave() == []
    (case,) = cases(renamed)
    assert (case.code, case.queue, case.client) == ("TRIGGER_GONE", "ops", "harbor")
    assert case.reference == f"trigger {AT_SIX}"
    assert types(renamed, AT_SIX)[-2:] == [RecordType.TRIGGER_SKIPPED, RecordType.CASE_OPENED]


def test_a_source_that_another_host_is_asking_is_not_ended_while_it_may_answer(
    wound: Wound,
) -> None:
    clockwork = wound(grace="1m")
    firing = clockwork.take(due_of_six(clockwork))
    assert firing is not None
    renamed = named(clockwork)

    renamed.clock.turn(timedelta(minutes=2))
    assert renamed.leave() == []
    settled = clockwork.settle(firing, rows("S1000001"))

    assert settled is not None
    assert settled.state is SlotState.FIRED
    assert cases(renamed) == []


def test_what_a_host_was_asking_when_it_died_is_ended_when_its_lease_has_run_out(
    wound: Wound,
) -> None:
    clockwork = wound(grace="1m")
    assert clockwork.take(due_of_six(clockwork)) is not None
    renamed = named(clockwork)

    renamed.clock.turn(LEASE + timedelta(seconds=1))

    assert [slot.reason for slot in renamed.leave()] == ["gone"]


def test_a_pause_of_a_trigger_that_is_gone_lasts_until_a_person_ends_it(wound: Wound) -> None:
    clockwork = wound()
    pause_it(clockwork, AT_SIX)
    away = clockwork.restarted(runbook_with(EIGHT))
    away.look()
    away.leave()
    clockwork.clock.turn(timedelta(days=1))

    back = clockwork.restarted(runbook_with(SIX))
    back.look()
    back.clock.turn(timedelta(days=1))
    back.look()

    assert told(back, AT_SIX) == [("05T06:00", "paused")]
    assert known(back, AT_SIX).paused_by == "ann"
