"""Requests that were seen are forgotten when they are old, hook by hook, and the log says so."""

from datetime import timedelta
from functools import partial

import pytest

from deskhand.errors import StoreConflictError
from deskhand.stores.store import SqlStore
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.forget_requests import AT_ONCE, forget_requests
from tests.contracts.stores.racing import race
from tests.making import ANN, NOW, HandClock
from tests.making_requests import a_request

DAY = timedelta(days=1)
KEPT = timedelta(days=30)


def forget(store: SqlStore, clock: HandClock) -> int:
    return forget_requests(kept=KEPT, store=store, clock=clock)


def told(store: SqlStore, hook: str) -> list[str]:
    with store.reading() as tx:
        return [record.type for record in tx.audit_log.of_stream(f"hook-ids:{hook}")]


def test_what_is_older_than_it_is_kept_is_forgotten_by_whole_days(store: SqlStore) -> None:
    clock = HandClock(NOW + KEPT + DAY)
    with store.transaction() as tx:
        tx.hooks.add(a_request())
        tx.hooks.add(a_request(id="msg-2", seen_at=NOW + DAY))
        tx.hooks.add(a_request(hook="eligibility", seen_at=NOW + DAY))

    assert (forget(store, clock), forget(store, clock)) == (1, 0)

    with store.reading() as tx:
        assert tx.hooks.seen("lakeside", "claims", "msg-1") is None
        assert tx.hooks.seen("lakeside", "claims", "msg-2") is not None
    assert told(store, "lakeside/claims") == ["webhook.ids_forgotten"]
    assert told(store, "lakeside/eligibility") == []
    assert verify_log(by=ANN, store=store, clock=clock).findings == []


def test_many_are_forgotten_in_several_transactions_with_one_record(store: SqlStore) -> None:
    count = AT_ONCE + 1
    with store.transaction() as tx:
        for number in range(count):
            tx.hooks.add(a_request(id=f"msg-{number}"))

    assert forget(store, HandClock(NOW + KEPT + DAY)) == count

    assert told(store, "lakeside/claims") == ["webhook.ids_forgotten"]


def test_hosts_that_forget_at_once_forget_each_request_once(store: SqlStore) -> None:
    with store.transaction() as tx:
        for number in range(20):
            tx.hooks.add(a_request(id=f"msg-{number}"))

    _, raised = race(*[partial(forget, store, HandClock(NOW + KEPT + DAY))] * 4)

    assert raised == []
    assert told(store, "lakeside/claims") == ["webhook.ids_forgotten"]
    with store.reading() as tx:
        assert tx.hooks.seen_before(NOW + DAY, limit=1) == []


def test_nothing_is_forgotten_that_the_log_does_not_tell_of(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.hooks.add(a_request())

    with pytest.raises(StoreConflictError, match="without its record"), store.transaction() as tx:
        tx.hooks.forget("lakeside", "claims", ["msg-1"])
