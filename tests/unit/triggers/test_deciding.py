"""Which slots a host claims, and what is said of those that do not fire."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from deskhand.domain.entry import RecordType
from deskhand.domain.schedule import SlotState, TriggerSlot
from deskhand.errors import DecisionRefusedError
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.pause_trigger import (
    TriggerWord,
    call_trigger,
    pause_trigger,
    resume_trigger,
)
from deskhand.use_cases.take_slot import LEASE
from deskhand.use_cases.tell_ahead import tell_ahead
from tests.making import ANN
from tests.practice.clockwork import CLOCKWORK, Clockwork, down, rows
from tests.unit.triggers.conftest import MORNING, Wound

HOUR = timedelta(hours=1)


class Closed:
    def works_on(self, day: date) -> bool:
        return day != date(2026, 5, 4)


def states(clockwork: Clockwork) -> list[tuple[str, str, str | None]]:
    return [(slot.slot, slot.state.value, slot.reason) for slot in clockwork.slots()]


def types(clockwork: Clockwork) -> list[str]:
    with clockwork.store.reading() as tx:
        stream = f"trigger:{clockwork.only.name}"
        return [record.type for record in tx.audit_log.of_stream(stream)]


def word(clockwork: Clockwork, reason: str = "the portal moves house") -> TriggerWord:
    return TriggerWord(name=clockwork.only.name, by=ANN, reason=reason)


def fired_by_hand(clockwork: Clockwork) -> TriggerSlot:
    (called,) = call_trigger(
        clockwork.only,
        clients=["harbor"],
        by=ANN,
        holder="ann",
        store=clockwork.store,
        clock=clockwork.clock,
    )
    return called


def test_a_trigger_that_is_seen_for_the_first_time_begins_now(wound: Wound) -> None:
    clockwork = wound()

    assert clockwork.slots() == []


def test_a_slot_that_has_come_is_claimed_once_for_each_client(wound: Wound) -> None:
    clockwork = wound(clients=("harbor", "lakeside"))
    clockwork.clock.turn(HOUR)

    due = clockwork.look()

    assert [(slot.slot, slot.client) for slot in due] == [
        ("2026-05-04T06:00", "harbor"),
        ("2026-05-04T06:00", "lakeside"),
    ]
    assert clockwork.look() == []
    assert types(clockwork) == [RecordType.TRIGGER_CLAIMED] * 2


def test_a_slot_that_no_client_can_be_asked_for_is_skipped_and_said_so(wound: Wound) -> None:
    clockwork = wound(clients=())
    clockwork.clock.turn(HOUR)

    assert clockwork.look() == []

    assert states(clockwork) == [("2026-05-04T06:00", "skipped", "no_client")]
    assert types(clockwork) == [RecordType.TRIGGER_SKIPPED]


def test_a_long_outage_is_decided_about_in_steps_and_one_firing_stands_for_it(
    wound: Wound,
) -> None:
    clockwork = wound("*/2 * * * *", grace="1m")
    clockwork.clock.turn(timedelta(hours=9))

    looks = [len(clockwork.look()) for _ in range(3)]

    (due,) = clockwork.due()
    assert looks == [0, 1, 0]
    assert len(clockwork.slots()) == 270
    assert due.stands_for == 270


def test_on_a_closed_day_nothing_fires(wound: Wound) -> None:
    clockwork = wound()
    name = clockwork.only.name
    clockwork.watched[name] = replace(clockwork.only, working_days=Closed())
    clockwork.clock.turn(timedelta(days=1, hours=1))

    due = clockwork.look()

    assert [slot.slot for slot in due] == ["2026-05-05T06:00"]
    assert states(clockwork)[0] == ("2026-05-04T06:00", "skipped", "closed_day")


def test_a_time_table_that_is_moved_to_another_zone_fires_at_the_same_time_of_that_zone(
    wound: Wound,
) -> None:
    clockwork = wound()
    name = clockwork.only.name
    clockwork.clock.turn(HOUR)
    clockwork.look()
    west = replace(clockwork.only.trigger, timezone="America/Los_Angeles")
    clockwork.watched[name] = replace(clockwork.only, trigger=west)
    clockwork.clock.turn(3 * HOUR)

    due = clockwork.look()

    assert [slot.slot for slot in due] == ["2026-05-04T06:00-0700"]
    assert [slot.due_at for slot in due] == [MORNING + 4 * HOUR]
    clockwork.clock.turn(24 * HOUR)
    assert [slot.slot for slot in clockwork.look()] == ["2026-05-05T06:00"]


def test_a_paused_trigger_fires_nothing_and_says_who_paused_it(wound: Wound) -> None:
    clockwork = wound()
    paused = pause_trigger(word(clockwork), store=clockwork.store, clock=clockwork.clock)
    clockwork.clock.turn(HOUR)

    assert clockwork.look() == []

    assert (paused.paused_by, paused.paused_why) == ("ann", "the portal moves house")
    assert states(clockwork) == [("2026-05-04T06:00", "skipped", "paused")]
    with pytest.raises(DecisionRefusedError, match="paused already, by ann: the portal moves"):
        pause_trigger(word(clockwork), store=clockwork.store, clock=clockwork.clock)


def test_a_source_that_failed_before_a_pause_is_not_asked_again_in_it(wound: Wound) -> None:
    clockwork = wound()
    clockwork.clock.turn(HOUR)
    (slot,) = clockwork.look()
    clockwork.fire(slot, down())
    called = fired_by_hand(clockwork)

    pause_trigger(word(clockwork), store=clockwork.store, clock=clockwork.clock)
    clockwork.clock.turn(timedelta(minutes=10))

    assert clockwork.due() == [called]
    assert clockwork.take(slot) is None
    assert states(clockwork)[0] == ("2026-05-04T06:00", "skipped", "paused")
    assert types(clockwork)[-2:] == [RecordType.TRIGGER_PAUSED, RecordType.TRIGGER_SKIPPED]


def test_a_source_that_is_being_asked_at_the_moment_of_a_pause_is_heard(wound: Wound) -> None:
    clockwork = wound()
    clockwork.clock.turn(HOUR)
    (slot,) = clockwork.look()
    firing = clockwork.take(slot)
    assert firing is not None

    pause_trigger(word(clockwork), store=clockwork.store, clock=clockwork.clock)
    settled = clockwork.settle(firing, rows("S1000001"))

    assert settled is not None
    assert settled.state is SlotState.FIRED


def test_a_trigger_that_is_ahead_is_told_to_people_once_and_begins_anew_when_it_is_resumed(
    wound: Wound,
) -> None:
    clockwork = wound()
    clock, name = clockwork.clock, clockwork.only.name
    clock.turn(timedelta(days=100))
    (false_slot,) = clockwork.look()
    clockwork.fire(false_slot, rows("S1000001"))
    clock.turn(timedelta(days=-100))

    told = [tell_ahead(clockwork.only, desk=clockwork.desk, by=CLOCKWORK) for _ in range(2)]
    clock.turn(timedelta(days=1, hours=1))
    silent = clockwork.look()
    pause_trigger(word(clockwork), store=clockwork.store, clock=clock)
    resume_trigger(word(clockwork, "the clocks are right"), store=clockwork.store, clock=clock)
    clock.turn(timedelta(days=1))
    (due,) = clockwork.look()

    assert (told, silent) == ([True, False], [])
    with clockwork.store.reading() as tx:
        (case,) = tx.cases.find(CaseFilter(unclosed=True), limit=9)
        known = tx.triggers.known(name)
    assert (case.code, case.stream) == ("TRIGGER_AHEAD", f"trigger:{name}")
    assert known is not None
    assert not known.is_ahead(clock.now())
    assert due.slot == "2026-05-06T06:00-0400"  # the other one has its name
    assert clockwork.fire(due, rows("S1000001")).repeats == 1


def test_hosts_whose_clocks_differ_a_little_are_not_ahead(wound: Wound) -> None:
    clockwork = wound()
    clockwork.clock.turn(HOUR)
    clockwork.look()
    clockwork.clock.turn(timedelta(minutes=-5))

    assert clockwork.look() == []
    assert not tell_ahead(clockwork.only, desk=clockwork.desk, by=CLOCKWORK)


def test_of_two_who_fire_a_trigger_in_one_second_the_second_is_told_so(wound: Wound) -> None:
    clockwork = wound()

    def call() -> None:
        call_trigger(
            clockwork.only,
            clients=("harbor",),
            by=ANN,
            holder="ann",
            store=clockwork.store,
            clock=clockwork.clock,
        )

    call()

    with pytest.raises(DecisionRefusedError, match="at this very second"):
        call()
    clockwork.clock.turn(timedelta(seconds=1))
    call()
    assert len(clockwork.due()) == 2


def test_a_resumed_trigger_fires_from_its_next_slot_on(wound: Wound) -> None:
    clockwork = wound()
    pause_trigger(word(clockwork), store=clockwork.store, clock=clockwork.clock)
    clockwork.clock.turn(HOUR)
    clockwork.look()
    resume_trigger(word(clockwork, "it is there"), store=clockwork.store, clock=clockwork.clock)
    clockwork.clock.turn(timedelta(days=1))

    due = clockwork.look()

    assert [slot.slot for slot in due] == ["2026-05-05T06:00"]
    assert types(clockwork) == [
        RecordType.TRIGGER_PAUSED,
        RecordType.TRIGGER_SKIPPED,
        RecordType.TRIGGER_RESUMED,
        RecordType.TRIGGER_CLAIMED,
    ]


def test_pausing_and_resuming_need_a_reason_and_a_change(wound: Wound) -> None:
    clockwork = wound()

    with pytest.raises(DecisionRefusedError, match="pausing a trigger needs a reason"):
        pause_trigger(word(clockwork, " "), store=clockwork.store, clock=clockwork.clock)
    with pytest.raises(DecisionRefusedError, match="is not paused"):
        resume_trigger(word(clockwork), store=clockwork.store, clock=clockwork.clock)


def test_a_person_can_fire_a_trigger_that_is_paused(wound: Wound) -> None:
    clockwork = wound()
    pause_trigger(word(clockwork), store=clockwork.store, clock=clockwork.clock)

    called = fired_by_hand(clockwork)

    assert called.slot == "2026-05-04T05:00:00-by-hand"
    assert clockwork.due() == [called]
    assert called.state is SlotState.DUE
    assert types(clockwork)[-1] == RecordType.TRIGGER_CALLED


def test_what_a_person_fires_a_host_asks_only_when_they_are_gone(wound: Wound) -> None:
    clockwork = wound()
    called = fired_by_hand(clockwork)

    at_once = clockwork.take(called)
    clockwork.clock.turn(LEASE)

    assert at_once is None
    assert clockwork.take(called) is not None
