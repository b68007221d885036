"""What becomes of pauses and slots when a runbook's triggers are edited or put in another order."""

from datetime import timedelta

from deskhand.domain.entry import RecordType
from deskhand.use_cases.pause_trigger import TriggerWord, resume_trigger
from tests.making import ANN
from tests.practice.clockwork import runbook_with
from tests.unit.triggers.conftest import Wound
from tests.unit.triggers.edited import (
    AT_SIX,
    EIGHT,
    NIGHTLY,
    SEVEN,
    SIX,
    known,
    named,
    pause_it,
    told,
    types,
)

HOUR = timedelta(hours=1)


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


def test_a_time_that_came_in_one_zone_comes_in_the_zone_of_an_edited_clock_too(
    wound: Wound,
) -> None:
    clockwork = named(wound())
    clockwork.look()
    clockwork.clock.turn(HOUR)
    first = clockwork.look()

    chicago = named(clockwork, zone="America/Chicago")
    chicago.look()
    chicago.clock.turn(HOUR)
    (there,) = chicago.look()
    chicago.clock.turn(24 * HOUR)
    (next_day,) = chicago.look()

    assert [slot.slot for slot in first] == ["2026-05-04T06:00"]
    assert there.slot == "2026-05-04T06:00-0500"
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


def test_a_trigger_that_is_back_fires_though_its_host_starts_anew_before_the_slot(
    wound: Wound,
) -> None:
    clockwork = wound()
    away = clockwork.restarted(runbook_with(EIGHT))
    away.leave()
    clockwork.restarted(runbook_with(SIX)).look()
    clockwork.clock.turn(HOUR)

    due = clockwork.restarted(runbook_with(SIX)).look()

    assert [slot.slot for slot in due] == ["2026-05-04T06:00"]


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
