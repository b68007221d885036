import threading
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.identifiers import AttemptId, RunbookHash
from deskhand.domain.work_item import ItemState
from deskhand.ports.item_store import ItemFilter
from deskhand.ports.store import Store
from deskhand.use_cases.check_log import verify_log
from tests.contracts.stores.racing import append, beside, race
from tests.making import (
    ACCOUNT,
    ANN,
    NOW,
    HandClock,
    a_running_attempt,
    a_worker,
    add_attempt,
    add_items,
    an_entry,
    an_item,
    health,
    move_item,
)

LANES = 4
TIMES = 25


def test_appenders_beside_a_busy_reader_and_another_process_never_collide(
    store: Store, database_url: str
) -> None:
    enough = threading.Event()
    readings: list[int] = []

    def read() -> int:
        while not enough.is_set():
            with store.reading() as tx:
                records = list(tx.audit_log.by_stream())
                readings.append(len(records))
        return 0

    def write(lane: int) -> int:
        return append(store, f"item:{lane}", times=TIMES)

    other = ["tests.contracts.stores.appender", database_url, "item:other", str(TIMES)]
    reader = threading.Thread(target=read)
    reader.start()
    with beside(other) as process:
        written, raised = race(*[partial(write, lane) for lane in range(LANES)])
        said, complained = process.communicate(timeout=60)
    enough.set()
    reader.join()

    assert (raised, complained) == ([], "")
    assert (sum(written), said) == (LANES * TIMES, "done\n")
    with store.reading() as tx:
        shared = [record.seq for record in tx.audit_log.of_stream("log")]
    assert shared == list(range(1, (LANES + 1) * TIMES + 1))
    assert readings == sorted(readings)
    assert verify_log(by=ANN, store=store, clock=HandClock()).clean


def test_racing_takers_never_share_a_slot(store: Store) -> None:
    takers = 8
    with store.transaction() as tx:
        add_items(tx, *[an_item(f"i{number}") for number in range(takers)])
        for number in range(takers):
            add_attempt(tx, a_running_attempt(f"i{number}"))

    def take(number: int) -> int | None:
        with store.transaction() as tx:
            free = tx.accounts.free_slots(ACCOUNT, at_once=3, now=NOW)
            if not free:
                return None
            tx.accounts.take_slot(ACCOUNT, free[0], attempt=AttemptId(f"i{number}:1"))
            return free[0]

    taken, raised = race(*[partial(take, number) for number in range(takers)])

    assert raised == []
    assert sorted(slot for slot in taken if slot is not None) == [0, 1, 2]
    assert taken.count(None) == takers - 3


def _lock_login(store: Store, holder: str) -> bool:
    with store.transaction() as tx:
        return tx.accounts.lock_login(
            ACCOUNT, holder=holder, now=NOW, until=NOW + timedelta(minutes=1)
        )


def _lease(store: Store, holder: str) -> bool:
    with store.transaction() as tx:
        return tx.workers.lease("feeder", holder=holder, now=NOW, until=NOW + timedelta(seconds=1))


def _reap(store: Store, _holder: str) -> bool:
    with store.transaction() as tx:
        return tx.workers.end(a_worker().id, at=NOW)


@pytest.mark.parametrize("take", [_lock_login, _lease, _reap])
def test_of_many_who_want_the_same_thing_at_once_one_gets_it(
    store: Store, take: Callable[[Store, str], bool]
) -> None:
    with store.transaction() as tx:
        tx.workers.add(a_worker())

    got, raised = race(*[partial(take, store, f"holder {number}") for number in range(8)])

    assert raised == []
    assert sorted(got) == [False] * 7 + [True]


def test_the_first_causes_of_an_account_are_all_counted(store: Store) -> None:
    def count() -> None:
        with store.transaction() as tx:
            known = tx.accounts.health(ACCOUNT)
            tx.accounts.save_health(known.after_cause("system/TRANSIENT/fill"))

    _, raised = race(*[count] * 6)

    assert raised == []
    with store.transaction() as tx:
        assert tx.accounts.health(ACCOUNT) == health(last_cause="system/TRANSIENT/fill", in_a_row=6)


def test_racing_keepers_of_a_runbook_give_it_one_number(store: Store) -> None:
    def keep(content: str) -> int:
        with store.transaction() as tx:
            return tx.runbooks.add(
                RunbookHash(content), name="claims", source="…", by="ann", at=NOW
            )

    numbers, raised = race(*[partial(keep, content) for content in ("a", "b", "a", "b", "a", "b")])

    assert raised == []
    assert sorted(numbers) == [1, 1, 1, 2, 2, 2]


def test_of_two_files_that_bring_the_same_reference_the_second_sees_the_firsts(
    store: Store,
) -> None:
    def accept(number: int) -> bool:
        with store.transaction() as tx:
            if tx.items.known("claims-submit", "lakeside", ["C"]):
                return False
            add_items(tx, an_item(f"i{number}", reference="C"))
            return True

    accepted, raised = race(*[partial(accept, number) for number in range(6)])

    assert raised == []
    assert sorted(accepted) == [False] * 5 + [True]


def test_items_that_another_feeder_is_just_taking_are_not_taken_again(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, *[an_item(f"i{number}") for number in range(6)])

    def feed() -> list[str]:
        with store.transaction() as tx:
            urgent = tx.items.next_waiting(ACCOUNT, now=NOW, limit=2)
            for item in urgent:
                move_item(tx, item, ItemState.PERFORMING)
            return [item.id for item in urgent]

    fed, raised = race(feed, feed, feed)

    assert raised == []
    taken = [item for some in fed for item in some]
    assert len(taken) == len(set(taken))
    with store.reading() as tx:
        performing = tx.items.find(ItemFilter(state=ItemState.PERFORMING), limit=9)
    assert sorted(item.id for item in performing) == sorted(taken)


def test_an_item_that_two_move_at_once_moves_once_or_once_after_the_other(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item())

    def move() -> ItemState:
        with store.transaction() as tx:
            item = tx.items.get(an_item().id)
            if item.state is ItemState.WAITING:
                item = move_item(tx, item, ItemState.PERFORMING)
            return item.state

    states, raised = race(*[move] * 6)

    assert raised == []
    assert set(states) == {ItemState.PERFORMING}
    with store.reading() as tx:
        assert len(tx.audit_log.of_stream("item:i1")) == 2


def test_an_attempt_that_its_owner_is_just_settling_is_not_found_open(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item())
        add_attempt(tx, a_running_attempt())
    held, go_on = threading.Event(), threading.Event()

    def settle() -> str:
        with store.transaction() as tx:
            attempt = tx.attempts.get(AttemptId("i1:1"))
            held.set()
            assert go_on.wait(10)
            tx.attempts.save(replace(attempt, state=AttemptState.ENDED))
        return "settled"

    def reap() -> str:
        assert held.wait(10)
        timer = threading.Timer(0.2, go_on.set)
        timer.start()
        with store.transaction() as tx:
            return f"found {len(tx.attempts.open_of(a_worker().id))}"

    did, raised = race(settle, reap)

    assert raised == []
    assert sorted(did) == ["found 0", "settled"]


def test_readers_do_not_wait_for_a_writer_and_see_one_consistent_state(store: Store) -> None:
    with store.transaction() as tx:
        tx.record(an_entry("log", "step:fill"))

    with store.transaction() as writer:
        writer.record(an_entry("log", "step:fill"))
        with store.reading() as reader:
            before = reader.audit_log.count()
    with store.reading() as reader:
        first = reader.audit_log.count()
        with store.transaction() as writer:
            writer.record(an_entry("log", "step:fill"))
        then = reader.audit_log.count()

    assert before == 1
    assert (first, then) == (2, 2)
