"""What was known of triggers when their places named them is known by their names."""

from datetime import timedelta

import pytest

from deskhand.domain.entry import RecordType
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import KnownTrigger
from deskhand.use_cases.rename_triggers import rename_triggers
from tests.making_triggers import pause
from tests.practice.clockwork import CLOCKWORK, Clockwork
from tests.unit.triggers.conftest import Wound
from tests.unit.triggers.edited import NIGHTLY, known, named, told, types

HOUR = timedelta(hours=1)
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
