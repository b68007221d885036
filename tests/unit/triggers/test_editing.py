"""What becomes of pauses and slots when a runbook's triggers are edited, renamed or taken away."""

from datetime import timedelta

import pytest

from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import KnownTrigger, SlotState, TriggerSlot
from deskhand.ports.store import CaseFilter
from deskhand.use_cases.pause_trigger import TriggerWord, pause_trigger, resume_trigger
from deskhand.use_cases.rename_triggers import rename_triggers
from deskhand.use_cases.take_slot import LEASE, enter_account
from tests.making import ANN
from tests.making_triggers import pause
from tests.practice.clockwork import CLOCKWORK, Clockwork, down, rows, runbook_with
from tests.unit.triggers.conftest import Wound

HOUR = timedelta(hours=1)
SIX = ("0 6 * * *", "latest")
SEVEN = ("0 7 * * *", "latest")
EIGHT = ("0 8 * * *", "all")
NIGHTLY = TriggerName("aid.check/nightly")
AT_SIX = TriggerName("aid.check/cron-0.6.x.x.x")


def known(clockwork: Clockwork, name: TriggerName) -> KnownTrigger:
    with clockwork.store.reading() as tx:
        found = tx.triggers.known(name)
    assert found is not None
    return found


def cases(clockwork: Clockwork) -> list[ExceptionCase]:
    with clockwork.store.reading() as tx:
        return tx.cases.find(CaseFilter(), limit=100)


def types(clockwork: Clockwork, name: TriggerName) -> list[str]:
    with clockwork.store.reading() as tx:
        return [record.type for record in tx.audit_log.of_stream(f"trigger:{name}")]


def told(clockwork: Clockwork, name: TriggerName) -> list[tuple[str, str]]:
    """Return the slots of a trigger, by day and hour, and what became of each."""
    with clockwork.store.reading() as tx:
        slots = tx.triggers.slots_of(name)
    return [(slot.slot[8:], slot.reason or slot.state.value) for slot in slots]


def named(clockwork: Clockwork, *, cron: str = "0 6 * * *", **more: str) -> Clockwork:
    """Start a host whose only time table is called nightly."""
    return clockwork.restarted(runbook_with((cron, "latest"), name="nightly", **more))


def pause_it(clockwork: Clockwork, name: TriggerName) -> None:
    word = TriggerWord(name=name, by=ANN, reason="the portal moves house")
    pause_trigger(word, store=clockwork.store, clock=clockwork.clock)


def test_a_trigger_stays_paused_when_others_come_before_it(wound: Wound) -> None:
    clockwork = wound()
    pause_it(clockwork, AT_SIX)

    clockwork = clockwork.restarted(runbook_with(EIGHT, SEVEN, SIX))
    clockwork.look()
    clockwork.clock.turn(4 * HOUR)
    due = clockwork.look()

    assert sorted(slot.slot for slot in due) == ["2026-05-04T07:00", "2026-05-04T08:00"]
    assert told(clockwork, AT_SIX) == [("04T06:00", "paused")]


def test_a_named_time_table_that_is_edited_counts_from_then_on_and_keeps_its_pause(
    wound: Wound,
) -> None:
    clockwork = named(wound(), cron="30 23 * * *")
    clockwork.look()
    pause_it(clockwork, NIGHTLY)
    clockwork.clock.turn(4 * HOUR)

    edited = named(clockwork)  # its 6:00 of this day never was one of its slots
    assert edited.look() == []
    edited.clock.turn(24 * HOUR)
    edited.look()
    resume_trigger(
        TriggerWord(name=NIGHTLY, by=ANN, reason="over"), store=edited.store, clock=edited.clock
    )
    edited.clock.turn(24 * HOUR)
    (due,) = edited.look()

    assert due.slot == "2026-05-06T06:00"
    assert told(edited, NIGHTLY) == [("05T06:00", "paused"), ("06T06:00", "due")]
    assert types(edited, NIGHTLY)[:2] == [
        RecordType.TRIGGER_PAUSED,
        RecordType.TRIGGER_EDITED,
    ]


def test_what_a_time_table_had_let_come_before_it_was_edited_is_fired_all_the_same(
    wound: Wound,
) -> None:
    clockwork = named(wound())
    clockwork.look()
    clockwork.clock.turn(HOUR + timedelta(minutes=20))

    (due,) = named(clockwork, cron="0 7 * * *").look()

    assert due.slot == "2026-05-04T06:00"


def test_after_a_long_outage_an_edited_time_table_decides_about_all_that_was(wound: Wound) -> None:
    clockwork = named(wound(), cron="*/2 * * * *", grace="1m")
    clockwork.look()
    clockwork.clock.turn(timedelta(hours=9))

    edited = named(clockwork, grace="1m")
    due = edited.look()

    assert [slot.stands_for for slot in due] == [270]
    assert len(edited.slots()) == 270
    assert known(edited, NIGHTLY).times == "0 6 * * * America/New_York"
    assert known(edited, NIGHTLY).decided_to == edited.clock.now()


def test_a_slot_comes_once_a_day_though_the_zone_of_its_clock_is_edited(wound: Wound) -> None:
    clockwork = named(wound())
    clockwork.look()
    clockwork.clock.turn(HOUR)
    first = clockwork.look()

    chicago = named(clockwork, zone="America/Chicago")
    chicago.look()
    chicago.clock.turn(HOUR)
    again = chicago.look()
    chicago.clock.turn(24 * HOUR)
    (next_day,) = chicago.look()

    assert [slot.slot for slot in first] == ["2026-05-04T06:00"]
    assert again == []
    assert next_day.slot == "2026-05-05T06:00"


def test_hosts_whose_runbooks_differ_see_each_to_its_own_times_and_never_twice(
    wound: Wound,
) -> None:
    old, new = named(wound()), named(wound(), cron="0 6,7 * * *")
    fired: list[str] = []
    for _ in range(12 * 25 + 1):
        fired += [slot.slot for host in (old, new) for slot in host.look()]
        old.clock.turn(timedelta(minutes=5))

    assert fired == ["2026-05-04T06:00", "2026-05-04T07:00", "2026-05-05T06:00"]
    assert types(old, NIGHTLY).count(RecordType.TRIGGER_EDITED) == 1


def test_the_older_of_two_hosts_goes_on_by_itself_when_the_newer_is_gone(wound: Wound) -> None:
    old = named(wound())
    old.look()
    new = named(old, cron="0 20 * * *")
    new.look()
    old.look()  # and the newer one never comes back
    old.clock.turn(HOUR)

    assert [slot.slot for slot in old.look()] == ["2026-05-04T06:00"]
    assert [slot.slot for slot in named(old).look()] == []


def test_a_time_table_without_a_name_that_is_edited_is_another_one(wound: Wound) -> None:
    clockwork = wound()
    clockwork.clock.turn(timedelta(hours=23))  # 4:00: its first slot was never looked at

    edited = clockwork.restarted(runbook_with(EIGHT))
    assert edited.look() == []
    edited.leave()
    edited.clock.turn(4 * HOUR)

    assert [slot.slot for slot in edited.look()] == ["2026-05-05T08:00"]
    assert known(edited, AT_SIX).left_at is not None


def test_a_trigger_that_comes_back_begins_again_without_catching_up(wound: Wound) -> None:
    clockwork = wound(catch_up="all")
    away = clockwork.restarted(runbook_with(EIGHT))
    away.look()
    away.leave()
    away.clock.turn(timedelta(days=3))

    back = clockwork.restarted(runbook_with(("0 6 * * *", "all")))
    assert back.look() == []
    back.clock.turn(HOUR)

    assert [slot.slot for slot in back.look()] == ["2026-05-07T06:00"]
    assert known(back, AT_SIX).left_at is None


def test_a_host_that_still_has_a_trigger_fires_it_though_another_has_it_no_more(
    wound: Wound,
) -> None:
    old = wound()
    new = old.restarted(runbook_with(EIGHT))
    for _ in range(6):
        new.leave()
        old.clock.turn(timedelta(minutes=10))
        if slots := old.look():
            break

    assert [slot.slot for slot in slots] == ["2026-05-04T06:00"]
    assert known(old, AT_SIX).left_at is None


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


FORMER = TriggerName("aid.check/cron-1")


def by_place(clockwork: Clockwork, *, paused: bool) -> None:
    """Let the store know the first time table as it was known when its place named it."""
    with clockwork.store.transaction() as tx:
        old = KnownTrigger(name=FORMER, decided_to=clockwork.clock.now())
        tx.triggers.save(old)
        if paused:
            pause(tx, old)


def rename(clockwork: Clockwork, former: TriggerName = FORMER) -> int:
    return rename_triggers(
        {NIGHTLY: former}, by=CLOCKWORK, store=clockwork.store, clock=clockwork.clock
    )


def test_what_was_known_of_a_trigger_by_its_place_is_known_by_its_name(wound: Wound) -> None:
    clockwork = wound()
    by_place(clockwork, paused=False)
    clockwork.clock.turn(HOUR)

    renamed = named(clockwork)
    assert (rename(renamed), rename(renamed)) == (1, 0)

    assert [slot.slot for slot in renamed.look()] == ["2026-05-04T06:00"]
    assert known(renamed, FORMER).left_at is not None


def test_a_pause_is_carried_over_to_the_name_with_who_and_why(wound: Wound) -> None:
    clockwork = wound()
    by_place(clockwork, paused=True)

    renamed = named(clockwork)
    rename(renamed)
    renamed.clock.turn(HOUR)
    renamed.look()

    assert told(renamed, NIGHTLY) == [("04T06:00", "paused")]
    assert known(renamed, NIGHTLY).paused_by == "ann"
    assert not known(renamed, FORMER).paused
    assert types(renamed, NIGHTLY)[0] == RecordType.TRIGGER_PAUSED


@pytest.mark.parametrize("paused", [False, True])
def test_what_fits_no_trigger_is_carried_over_to_none_and_a_later_one_begins_anew(
    wound: Wound, paused: bool
) -> None:
    clockwork = wound()
    by_place(clockwork, paused=paused)

    assert rename(clockwork, TriggerName("aid.check/cron-2")) == 0
    assert rename(clockwork) == 0

    assert known(clockwork, FORMER).paused is paused
    with clockwork.store.reading() as tx:
        assert tx.triggers.known(NIGHTLY) is None
