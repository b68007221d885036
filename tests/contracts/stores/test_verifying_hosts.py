"""Of several hosts one verifies the log; another one goes on when it has died."""

import pytest

from deskhand.ports.notices import SETTLES_AFTER
from deskhand.ports.store import Store
from deskhand.use_cases import watch_log
from deskhand.use_cases.watch_log import LEASE, seen_head, verify_part
from tests.contracts.stores.raw_access import make_history
from tests.contracts.stores.verifying import begun, ended, open_store, watching
from tests.making import OTHER_WORKER, HandClock, add_items, an_item


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_log, "PART_RECORDS", 3)


def test_one_host_verifies_and_another_one_takes_over_when_it_has_died(
    database_url: str,
) -> None:
    make_history(database_url)
    clock = HandClock()
    with open_store(database_url, clock) as store:
        one, other = watching(store, clock), watching(store, clock, holder=OTHER_WORKER)
        run = begun(one)
        assert run is not None
        verify_part(run, watch=one)
        meanwhile = begun(other)
        clock.turn(LEASE)
        taken_over = ended(other)
        goes_on = verify_part(run, watch=one)
        nothing_left = begun(one)

    assert meanwhile is None
    assert taken_over.verdict.clean
    assert nothing_left is None
    assert goes_on  # the lease was given back with the verdict; its own verdict is not harmful


def test_a_host_that_has_lost_its_right_forgets_what_it_began(database_url: str) -> None:
    make_history(database_url)
    clock = HandClock()
    with open_store(database_url, clock) as store:
        one, other = watching(store, clock), watching(store, clock, holder=OTHER_WORKER)
        run = begun(one)
        assert run is not None
        clock.turn(LEASE)
        assert begun(other) is not None

        assert not verify_part(run, watch=one)


def test_a_long_verification_keeps_its_right(database_url: str) -> None:
    make_history(database_url)
    clock = HandClock()
    with open_store(database_url, clock) as store:
        one, other = watching(store, clock), watching(store, clock, holder=OTHER_WORKER)
        run = begun(one)
        assert run is not None
        for _ in range(3):
            clock.turn(LEASE * 0.9)
            assert verify_part(run, watch=one)
            assert begun(other) is None


def test_where_records_may_be_committed_in_another_order_the_head_settles_first(
    store: Store,
) -> None:
    clock = HandClock()
    watch = watching(store, clock)
    with store.transaction() as tx:
        in_order = tx.notices.in_order
        add_items(tx, an_item("i1"))

    head, at_once = seen_head(None, watch=watch)
    with store.transaction() as tx:
        add_items(tx, an_item("i2"))
    clock.turn(SETTLES_AFTER)
    later, settled = seen_head(head, watch=watch)

    assert at_once is in_order
    assert settled
    assert (later.position == head.position) is not in_order
