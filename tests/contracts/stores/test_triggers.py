"""Triggers and their slots."""

from datetime import timedelta
from functools import partial

import pytest

from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import SlotState
from deskhand.errors import NotFoundError, StoreConflictError
from deskhand.stores.store import SqlStore
from tests.contracts.stores.racing import race
from tests.making import NOW, HandClock
from tests.making_triggers import TRIGGER, a_slot, a_trigger, add_slot, move_slot, pause
from tests.practice.clockwork import Clockwork, runbook_with

LATER = NOW + timedelta(minutes=1)


def test_a_trigger_is_unknown_until_it_is_first_seen(store: SqlStore) -> None:
    with store.transaction() as tx:
        assert tx.triggers.known(TRIGGER) is None
        tx.triggers.save(a_trigger())

    with store.reading() as tx:
        assert tx.triggers.known(TRIGGER) == a_trigger()


def test_how_far_a_trigger_has_come_needs_no_record_and_a_pause_does(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.triggers.save(a_trigger())
        tx.triggers.save(a_trigger(decided_to=LATER))
        paused = pause(tx, a_trigger(decided_to=LATER))

    with store.reading() as tx:
        assert tx.triggers.known(TRIGGER) == paused
    with pytest.raises(StoreConflictError, match="without its record"), store.transaction() as tx:
        tx.triggers.save(a_trigger(paused=False))


def test_the_oldest_slots_that_are_due_come_first_and_not_before_their_time(
    store: SqlStore,
) -> None:
    with store.transaction() as tx:
        second = add_slot(tx, a_slot("2026-05-04T05:30", due_at=LATER))
        first = add_slot(tx, a_slot("2026-05-04T05:00"))
        add_slot(tx, a_slot("2026-05-04T04:00", not_before=LATER))
        move_slot(tx, add_slot(tx, a_slot("2026-05-04T03:00")), SlotState.FIRED)

    with store.reading() as tx:
        assert tx.triggers.due([TRIGGER], now=NOW, limit=9) == [first, second]
        assert tx.triggers.due([TRIGGER], now=NOW, limit=1) == [first]
        assert len(tx.triggers.due([TRIGGER], now=LATER, limit=9)) == 3


def test_a_name_is_taken_as_soon_as_a_slot_of_it_was_decided_about_for_anybody(
    store: SqlStore,
) -> None:
    with store.transaction() as tx:
        slot = add_slot(tx, a_slot())

    with store.reading() as tx:
        assert tx.triggers.has_slot(TRIGGER, slot.slot)
        assert not tx.triggers.has_slot(TRIGGER, "2026-05-04T06:00")
        assert not tx.triggers.has_slot(TriggerName("claims-submit/cron-2"), slot.slot)


def test_a_slot_is_claimed_once_however_many_try(store: SqlStore) -> None:
    def claim() -> None:
        with store.transaction() as tx:
            add_slot(tx, a_slot())

    _, raised = race(*[partial(claim)] * 4)

    assert [type(error) for error in raised] == [StoreConflictError] * 3
    with store.reading() as tx:
        assert len(tx.triggers.slots_of(TRIGGER)) == 1


def test_of_any_number_of_hosts_that_look_at_once_one_claims_a_slot(store: SqlStore) -> None:
    clock = HandClock()
    clockwork = Clockwork(store=store, clock=clock, text=runbook_with(("*/10 * * * *", "all")))
    clockwork.look()
    clock.turn(timedelta(hours=2))

    claimed, raised = race(*[clockwork.look] * 4)

    assert raised == []
    assert sorted(len(slots) for slots in claimed) == [0, 0, 0, 12]
    assert len(clockwork.slots()) == 12


def test_of_any_number_of_hosts_that_take_a_slot_at_once_one_asks(store: SqlStore) -> None:
    clock = HandClock()
    clockwork = Clockwork(store=store, clock=clock, text=runbook_with(("0 6 * * *", "all")))
    clockwork.look()
    clock.turn(timedelta(days=1))
    (slot,) = clockwork.look()

    takers = [partial(clockwork.take, slot, holder=f"host-{number}") for number in range(4)]
    taken, raised = race(*takers)

    assert raised == []
    assert len([firing for firing in taken if firing is not None]) == 1


def test_the_last_slot_is_the_latest_that_was_not_skipped(store: SqlStore) -> None:
    with store.transaction() as tx:
        assert tx.triggers.last_slot(TRIGGER) is None
        fired = move_slot(tx, add_slot(tx, a_slot()), SlotState.FIRED)
        skipped = a_slot("2026-05-05T05:00", due_at=LATER, state=SlotState.SKIPPED)
        add_slot(tx, skipped)

        assert tx.triggers.last_slot(TRIGGER) == fired
        assert tx.triggers.slot(fired.id) == fired


def test_a_slot_that_nobody_claimed_is_not_found(store: SqlStore) -> None:
    with pytest.raises(NotFoundError, match="no slot"), store.transaction() as tx:
        tx.triggers.slot(a_slot().id)
