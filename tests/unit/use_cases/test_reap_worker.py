from collections.abc import Callable
from datetime import timedelta

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.effect import EffectState
from deskhand.domain.identifiers import AttemptId, WorkerId
from deskhand.domain.outcome import Done, TryLater
from deskhand.domain.work_item import ItemState
from deskhand.use_cases.reap_worker import (
    give_back,
    reap_abandoned,
    reap_every_other,
    reap_silent_workers,
    reap_undelivered,
    reap_worker,
)
from deskhand.use_cases.register_worker import retire_worker
from tests.making import OTHER_WORKER, WORKER, an_entry
from tests.unit.use_cases.office import Office

SILENT_FOR = timedelta(seconds=30)
BUSY = TryLater(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.PORTAL_BUSY))


def reap(office: Office) -> list[AttemptId]:
    return reap_silent_workers(
        store=office.store,
        clock=office.clock,
        silent_for=SILENT_FOR,
        but=OTHER_WORKER,
        cancel=office.engine.cancel,
    )


def undelivered(office: Office) -> list[AttemptId]:
    return reap_undelivered(
        store=office.store, clock=office.clock, engine=office.engine, older_than=SILENT_FOR
    )


def state_of(office: Office, attempt: AttemptId) -> AttemptState:
    with office.store.reading() as tx:
        return tx.attempts.get(attempt).state


def test_a_silent_workers_item_waits_again_with_its_tries_and_its_slot_back(
    office: Office,
) -> None:
    office.register()
    office.accept("C-1")
    office.perform(BUSY)
    office.clock.turn(timedelta(hours=1))
    with office.store.transaction() as tx:
        tx.workers.seen(WORKER, at=office.clock.at)
    fenced = office.begin_next()

    office.clock.turn(SILENT_FOR)
    in_time = reap(office)
    office.clock.turn(timedelta(microseconds=1))
    lost = reap(office)

    item = office.item("C-1")
    assert (in_time, lost) == ([], [fenced.attempt.id])
    assert office.engine.cancelled == lost
    assert (item.state, item.tries, item.attempts) == (ItemState.WAITING, 1, 2)
    assert state_of(office, fenced.attempt.id) is AttemptState.LOST
    assert office.slots_in_use() == 0


def test_a_worker_is_reaped_once_and_one_that_shows_life_is_not(office: Office) -> None:
    office.register()
    office.register(OTHER_WORKER)
    office.clock.turn(SILENT_FOR * 2)
    with office.store.transaction() as tx:
        tx.workers.seen(OTHER_WORKER, at=office.clock.at)

    reap(office)
    again = reap_worker(WORKER, store=office.store, clock=office.clock)

    assert again == []
    with office.store.transaction() as tx:
        assert not tx.workers.alive(WORKER)
        assert not tx.workers.seen(WORKER, at=office.clock.at)
        assert tx.workers.alive(OTHER_WORKER)


def test_an_item_whose_act_is_in_doubt_waits_until_the_portal_may_be_asked(
    office: Office,
) -> None:
    office.register()
    office.accept("C-1")
    effect = office.intend(office.begin_next())

    reap_worker(WORKER, store=office.store, clock=office.clock)

    item = office.item("C-1")
    assert (item.state, item.not_before) == (ItemState.WAITING, effect.ask_at)
    assert office.feed() == []
    with office.store.transaction() as tx:
        assert tx.journal.effect(effect.id).state is EffectState.INTENDED


def test_an_attempt_that_was_settled_before_its_worker_died_stays_as_it_ended(
    office: Office,
) -> None:
    office.register()
    office.accept("C-1")
    fenced = office.begin_next()
    office.settle(fenced, Done())

    lost = reap_worker(WORKER, store=office.store, clock=office.clock)

    assert lost == []
    assert state_of(office, fenced.attempt.id) is AttemptState.ENDED
    assert office.item("C-1").state is ItemState.DONE


def test_the_only_worker_takes_every_other_one_and_every_attempt_of_nobody_for_lost(
    office: Office,
) -> None:
    office.open_account("lakeside", at_once=2)
    office.register(OTHER_WORKER)
    office.accept("C-1", "C-2")
    begun, waiting = office.feed()
    office.begin(begun, worker=OTHER_WORKER)
    office.register()

    lost = reap_every_other(
        WORKER, store=office.store, clock=office.clock, cancel=office.engine.cancel
    )

    assert set(lost) == {begun, waiting}
    assert office.engine.cancelled == lost
    assert {office.item(claim).state for claim in ("C-1", "C-2")} == {ItemState.WAITING}
    with office.store.transaction() as tx:
        assert tx.workers.alive(WORKER)


@pytest.mark.parametrize(
    ("holder", "reaped"),
    [
        pytest.param(OTHER_WORKER, True, id="a worker that died before it began"),
        pytest.param(None, True, id="nobody: the engine has ended it, or never had it"),
        pytest.param(WORKER, False, id="a worker that lives"),
    ],
)
def test_an_attempt_that_was_handed_out_and_never_begun_is_lost_with_whom_it_was_handed_to(
    office: Office, holder: WorkerId | None, reaped: bool
) -> None:
    office.register()
    office.accept("C-1")
    (attempt,) = office.feed()
    office.engine.holders[attempt] = holder

    early = undelivered(office)
    office.clock.turn(SILENT_FOR + timedelta(seconds=1))
    lost = undelivered(office)

    assert early == []
    assert (lost == [attempt]) is reaped
    assert (office.item("C-1").state is ItemState.WAITING) is reaped
    assert (office.engine.cancelled == [attempt]) is reaped


def test_an_attempt_that_still_waits_in_the_engines_queue_is_left_there(office: Office) -> None:
    office.accept("C-1")
    office.feed()
    office.clock.turn(timedelta(days=1))

    assert undelivered(office) == []


def test_what_runs_nowhere_is_lost_and_what_is_being_performed_stays(office: Office) -> None:
    office.open_account("lakeside", at_once=3)
    office.accept("C-1", "C-2", "C-3")
    others, forgotten, performed = office.feed()
    office.begin(others, worker=OTHER_WORKER)
    office.begin(forgotten)
    office.begin(performed)
    with office.store.transaction() as tx:
        tx.record(an_entry("log", f"worker:{OTHER_WORKER}", "ended"))
        tx.workers.end(OTHER_WORKER, at=office.clock.at)

    lost = reap_abandoned(
        store=office.store,
        clock=office.clock,
        holder=WORKER,
        performing=[performed],
        cancel=office.engine.cancel,
    )

    assert set(lost) == {others, forgotten}
    assert office.engine.cancelled == lost
    assert state_of(office, performed) is AttemptState.RUNNING


def test_an_attempt_that_is_given_back_lets_its_item_wait_and_one_that_runs_stays(
    office: Office,
) -> None:
    office.open_account("lakeside", at_once=2)
    office.accept("C-1", "C-2")
    waiting, running = office.feed()
    office.begin(running)

    for attempt in (waiting, running):
        give_back(attempt, store=office.store, clock=office.clock)

    assert state_of(office, waiting) is AttemptState.LOST
    assert state_of(office, running) is AttemptState.RUNNING
    assert office.slots_in_use() == 1


def end_in_good_order(office: Office) -> None:
    retire_worker(WORKER, store=office.store, clock=office.clock)


def be_killed(office: Office) -> None:
    reap_every_other(
        OTHER_WORKER, store=office.store, clock=office.clock, cancel=office.engine.cancel
    )


@pytest.mark.parametrize("ends", [end_in_good_order, be_killed])
def test_what_a_worker_held_a_lease_for_goes_on_as_soon_as_it_is_gone(
    office: Office, ends: Callable[[Office], None]
) -> None:
    office.register()
    office.register(OTHER_WORKER)
    now = office.clock.now()
    later = now + timedelta(minutes=1)

    def lease(holder: WorkerId) -> bool:
        with office.store.transaction() as tx:
            return tx.workers.lease("outbox", holder=holder, now=now, until=later)

    assert (lease(WORKER), lease(OTHER_WORKER)) == (True, False)

    ends(office)

    assert lease(OTHER_WORKER)


def test_another_worker_may_feed_as_soon_as_the_feeder_has_gone(office: Office) -> None:
    office.register()
    office.register(OTHER_WORKER)
    office.accept("C-1")
    office.open_account("lakeside", at_once=2)
    office.feed(holder=WORKER)
    office.accept("C-2")
    before = office.feed(holder=OTHER_WORKER)

    retire_worker(WORKER, store=office.store, clock=office.clock)
    retire_worker(WORKER, store=office.store, clock=office.clock)
    after = office.feed(holder=OTHER_WORKER)

    assert (before, len(after)) == ([], 1)
    with office.store.reading() as tx:
        types = [row.type for row in tx.audit_log.of_stream("log")]
    assert types == ["worker.started", "worker.started", "worker.stopped"]
