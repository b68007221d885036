from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.identifiers import AttemptId, ItemId, WorkerId
from deskhand.errors import FencedError, NotFoundError, StoreConflictError
from deskhand.ports.store import Store
from tests.making import (
    NOW,
    OTHER_WORKER,
    WORKER,
    a_running_attempt,
    a_worker,
    add_attempt,
    add_items,
    an_attempt,
    an_entry,
    an_item,
)


@pytest.fixture(autouse=True)
def _items(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2"))


def write_behind_fence(store: Store, *, owner: WorkerId) -> None:
    with store.transaction() as tx:
        tx.attempts.fence(AttemptId("i1:1"), owner=owner)
        tx.record(an_entry("item:i1", "step:fill"))


def write_then_meet_the_fence(store: Store) -> None:
    with store.transaction() as tx:
        tx.record(an_entry("item:i1", "step:fill"))
        tx.attempts.fence(AttemptId("i1:1"), owner=WORKER)


def records_of_steps(store: Store) -> int:
    with store.reading() as tx:
        return sum(row.subject == "step:fill" for row in tx.audit_log.of_stream("item:i1"))


def test_an_attempt_comes_back_exactly_as_it_was_put_in(store: Store) -> None:
    ended = an_attempt(
        state=AttemptState.ENDED,
        owner=WORKER,
        started_at=NOW + timedelta(seconds=1),
        ended_at=NOW + timedelta(seconds=2, microseconds=1),
        outcome="try_later",
        cause_group="system/TRANSIENT/fill",
    )

    with store.transaction() as tx:
        add_attempt(tx, ended)
        add_attempt(tx, again := an_attempt(number=2))

    with store.transaction() as tx:
        assert tx.attempts.get(ended.id) == ended
        assert tx.attempts.of_item(ItemId("i1")) == [ended, again]
        with pytest.raises(NotFoundError, match="no attempt"):
            tx.attempts.get(AttemptId("i9:1"))


def test_an_item_has_each_attempt_number_once(store: Store) -> None:
    with store.transaction() as tx:
        add_attempt(tx, an_attempt())

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.attempts.add(an_attempt(id=AttemptId("another")))


def test_open_attempts_are_told_apart_by_their_owner(store: Store) -> None:
    with store.transaction() as tx:
        add_attempt(tx, mine := a_running_attempt("i1", 1))
        add_attempt(tx, nobodys := an_attempt("i1", 2))
        add_attempt(tx, other := a_running_attempt("i2", 1, owner=OTHER_WORKER))
        add_attempt(tx, an_attempt("i2", 2, state=AttemptState.ENDED, owner=WORKER))

    with store.transaction() as tx:
        assert tx.attempts.open_of(WORKER) == [mine]
        assert tx.attempts.open_of(None) == [nobodys]
        assert tx.attempts.open_of(OTHER_WORKER) == [other]
        assert tx.attempts.enqueued_count() == 1
        # None of the two owners has been noted as a worker.
        assert tx.attempts.abandoned() == [mine, other]


def test_an_attempt_is_abandoned_when_its_owner_has_ended(store: Store) -> None:
    with store.transaction() as tx:
        tx.workers.add(a_worker())
        add_attempt(tx, mine := a_running_attempt())
        add_attempt(tx, an_attempt("i2"))
        alive = tx.attempts.abandoned()
        tx.workers.end(WORKER, at=NOW)

        assert alive == []
        assert tx.attempts.abandoned() == [mine]


def test_the_fence_lets_the_owner_of_a_running_attempt_write(store: Store) -> None:
    with store.transaction() as tx:
        add_attempt(tx, a_running_attempt())

    write_behind_fence(store, owner=WORKER)

    assert records_of_steps(store) == 1


@pytest.mark.parametrize(
    "state", [AttemptState.ENQUEUED, AttemptState.ENDED, AttemptState.LOST], ids=lambda s: s.value
)
def test_the_fence_stops_an_attempt_that_does_not_run(store: Store, state: AttemptState) -> None:
    with store.transaction() as tx:
        add_attempt(tx, replace(a_running_attempt(), state=state))

    with pytest.raises(FencedError):
        write_behind_fence(store, owner=WORKER)

    assert records_of_steps(store) == 0


def test_the_fence_stops_another_worker_and_an_attempt_that_is_not_there(store: Store) -> None:
    with pytest.raises(FencedError):
        write_behind_fence(store, owner=WORKER)
    with store.transaction() as tx:
        add_attempt(tx, a_running_attempt())

    with pytest.raises(FencedError):
        write_behind_fence(store, owner=OTHER_WORKER)

    assert records_of_steps(store) == 0


def test_what_a_stopped_attempt_wrote_before_it_met_the_fence_is_taken_back(store: Store) -> None:
    with store.transaction() as tx:
        add_attempt(tx, a_running_attempt(owner=OTHER_WORKER))

    with pytest.raises(FencedError):
        write_then_meet_the_fence(store)

    assert records_of_steps(store) == 0
