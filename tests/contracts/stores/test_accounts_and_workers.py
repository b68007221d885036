from datetime import timedelta

import pytest

from deskhand.domain.identifiers import AccountName, AttemptId
from deskhand.errors import StoreConflictError
from deskhand.ports.store import Store
from tests.making import (
    ACCOUNT,
    NOW,
    OTHER_WORKER,
    WORKER,
    a_running_attempt,
    a_worker,
    add_attempt,
    add_items,
    an_item,
    health,
    hold,
)

LATER = NOW + timedelta(seconds=10)
HILL = AccountName("payer_portal/hill")


@pytest.fixture
def _attempts(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, *[an_item(f"i{number}") for number in (1, 2, 3)])
        for number in (1, 2, 3):
            add_attempt(tx, a_running_attempt(f"i{number}"))


def test_an_account_is_well_until_it_has_a_history(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.accounts.health(ACCOUNT) == health()
        counted = health().after_cause("system/TRANSIENT/fill")
        tx.accounts.save_health(counted)

    with store.transaction() as tx:
        assert tx.accounts.health(ACCOUNT) == counted
        tx.accounts.save_health(counted.after_cause("system/TRANSIENT/fill"))

    with store.reading() as tx:
        assert [(known.name, known.in_a_row) for known in tx.accounts.all_health()] == [
            (ACCOUNT, 2)
        ]


def test_a_held_account_comes_back_held(store: Store) -> None:
    with store.transaction() as tx:
        held = hold(tx, health())

    with store.transaction() as tx:
        assert tx.accounts.health(ACCOUNT) == held
        assert not tx.accounts.health(HILL).held


@pytest.mark.usefixtures("_attempts")
def test_a_slot_is_held_until_its_attempt_lets_go(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.accounts.free_slots(ACCOUNT, at_once=3, now=NOW) == [0, 1, 2]
        tx.accounts.take_slot(ACCOUNT, 1, attempt=AttemptId("i1:1"))
        assert tx.accounts.free_slots(ACCOUNT, at_once=3, now=NOW) == [0, 2]
        assert tx.accounts.free_slots(HILL, at_once=1, now=NOW) == [0]
        # The limit was lowered while the second slot is held: it counts.
        assert tx.accounts.free_slots(ACCOUNT, at_once=1, now=NOW) == []

    with store.transaction() as tx:
        tx.accounts.free_slot(AttemptId("i1:1"))
        tx.accounts.free_slot(AttemptId("i1:1"))

    with store.transaction() as tx:
        assert tx.accounts.free_slots(ACCOUNT, at_once=2, now=NOW) == [0, 1]


@pytest.mark.usefixtures("_attempts")
def test_neither_two_attempts_share_a_slot_nor_has_one_attempt_two(store: Store) -> None:
    with store.transaction() as tx:
        tx.accounts.take_slot(ACCOUNT, 0, attempt=AttemptId("i1:1"))

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.accounts.take_slot(ACCOUNT, 0, attempt=AttemptId("i2:1"))
    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.accounts.take_slot(ACCOUNT, 1, attempt=AttemptId("i1:1"))


@pytest.mark.usefixtures("_attempts")
def test_visitors_of_an_account_come_in_turn_and_before_new_attempts(store: Store) -> None:
    def asks(visitor: str, *, at: timedelta = timedelta(0)) -> bool:
        now = NOW + at
        with store.transaction() as tx:
            return tx.accounts.visit(
                ACCOUNT, visitor=visitor, at_once=1, now=now, until=now + timedelta(minutes=10)
            )

    with store.transaction() as tx:
        tx.accounts.take_slot(ACCOUNT, 0, attempt=AttemptId("i1:1"))
    while_held = [asks("first"), asks("second", at=timedelta(seconds=1))]
    with store.transaction() as tx:
        tx.accounts.free_slot(AttemptId("i1:1"))
        for_attempts = tx.accounts.free_slots(ACCOUNT, at_once=1, now=NOW)
    in_turn = [asks("second"), asks("first")]
    with store.transaction() as tx:
        tx.accounts.end_visit("first")
    next_one = asks("second")

    assert while_held == [False, False]
    assert for_attempts == []
    assert in_turn == [False, True]
    assert next_one
    with store.transaction() as tx:
        later = NOW + timedelta(hours=1)
        assert tx.accounts.free_slots(ACCOUNT, at_once=1, now=later) == [0]


def test_a_saved_login_is_replaced_and_forgotten(store: Store) -> None:
    kept = []
    for sealed in (b"first", b"second", None):
        with store.transaction() as tx:
            tx.accounts.save_login(ACCOUNT, sealed, at=NOW)
        with store.reading() as tx:
            kept.append(tx.accounts.login(ACCOUNT))
            assert tx.accounts.login(HILL) is None

    assert kept == [b"first", b"second", None]


def test_the_login_lock_is_one_holders_until_it_is_given_back_or_runs_out(store: Store) -> None:
    def lock(holder: str, *, at: timedelta = timedelta()) -> bool:
        now = NOW + at
        with store.transaction() as tx:
            return tx.accounts.lock_login(
                ACCOUNT, holder=holder, now=now, until=now + timedelta(seconds=10)
            )

    assert lock("a")
    assert not lock("b")
    assert not lock("b", at=timedelta(seconds=9))
    assert lock("b", at=timedelta(seconds=10))
    with store.transaction() as tx:
        tx.accounts.unlock_login(ACCOUNT, holder="a")
    assert not lock("c", at=timedelta(seconds=11))
    with store.transaction() as tx:
        tx.accounts.unlock_login(ACCOUNT, holder="b")
    assert lock("c", at=timedelta(seconds=11))


def test_a_lease_is_renewed_by_its_holder_and_taken_over_when_it_has_run_out(store: Store) -> None:
    def lease(holder: str, *, seconds: int) -> bool:
        now = NOW + timedelta(seconds=seconds)
        with store.transaction() as tx:
            return tx.workers.lease(
                "feeder", holder=holder, now=now, until=now + timedelta(seconds=10)
            )

    assert lease("a", seconds=0)
    assert lease("a", seconds=5)
    assert not lease("b", seconds=14)
    assert lease("b", seconds=15)
    assert not lease("a", seconds=16)


def test_a_lease_that_its_holder_gives_back_is_free_at_once(store: Store) -> None:
    with store.transaction() as tx:
        tx.workers.lease("feeder", holder="a", now=NOW, until=LATER)
        tx.workers.free("feeder", holder="b")
        assert not tx.workers.lease("feeder", holder="b", now=NOW, until=LATER)
        tx.workers.free("feeder", holder="a")

    with store.transaction() as tx:
        assert tx.workers.lease("feeder", holder="b", now=NOW, until=LATER)


def test_all_leases_of_one_holder_are_given_back_at_once_and_nobody_elses(store: Store) -> None:
    with store.transaction() as tx:
        for name, holder in (("feeder", "a"), ("outbox", "a"), ("sweeper", "b")):
            tx.workers.lease(name, holder=holder, now=NOW, until=LATER)
        tx.workers.free_all(holder="a")

    with store.transaction() as tx:
        taken = {
            name: tx.workers.lease(name, holder="c", now=NOW, until=LATER)
            for name in ("feeder", "outbox", "sweeper")
        }
    assert taken == {"feeder": True, "outbox": True, "sweeper": False}


def test_a_lease_has_a_name_of_its_own(store: Store) -> None:
    with store.transaction() as tx:
        assert tx.workers.lease("feeder", holder="a", now=NOW, until=LATER)
        assert tx.workers.lease("sweeper", holder="b", now=NOW, until=LATER)


def test_a_worker_lives_until_its_end_is_noted_once(store: Store) -> None:
    with store.transaction() as tx:
        tx.workers.add(a_worker())
        assert tx.workers.alive(WORKER)
        assert not tx.workers.alive(OTHER_WORKER)
        assert tx.workers.seen(WORKER, at=LATER)

    with store.transaction() as tx:
        assert tx.workers.end(WORKER, at=LATER)
        assert not tx.workers.end(WORKER, at=LATER)

    with store.transaction() as tx:
        assert not tx.workers.seen(WORKER, at=LATER)
        assert not tx.workers.alive(WORKER)


def test_silent_workers_are_those_not_seen_since_and_not_ended(store: Store) -> None:
    silent = a_worker()
    with store.transaction() as tx:
        tx.workers.add(silent)
        tx.workers.add(a_worker(OTHER_WORKER, seen_at=LATER))

    with store.transaction() as tx:
        found = tx.workers.silent(since=LATER)
        tx.workers.end(WORKER, at=LATER)
        then = tx.workers.silent(since=LATER)

    assert found == [silent]
    assert then == []
