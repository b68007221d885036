from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.dispatch import DispatchState, new_dispatch
from deskhand.errors import NotFoundError, StoreConflictError
from deskhand.ports.dispatches import DispatchFilter
from deskhand.ports.hook_log import SeenRequest
from deskhand.ports.store import Store, Transaction
from tests.making import NOW, add_items, an_entry, an_event, an_item
from tests.making_dispatches import give_up

LATER = NOW + timedelta(hours=1)


def emit(store: Store, *events: tuple[str, str], receivers: tuple[str, ...] = ("emr",)) -> None:
    """Put events (item, name) into the outbox, each on its way to every receiver."""
    with store.transaction() as tx:
        for item, name in events:
            tx.outbox.add(an_event(item, name))
        for event in tx.dispatches.unaddressed(limit=100):
            to = [new_dispatch(event, receiver=one, log="test/1", at=NOW) for one in receivers]
            tx.dispatches.address(event, to, at=NOW)


def due(store: Store) -> list[tuple[str, str, str]]:
    with store.reading() as tx:
        parcels = tx.dispatches.due(now=NOW, limit=100)
    return [(one.event.subject, one.event.event, one.dispatch.receiver) for one in parcels]


def move(tx: Transaction, name: str, state: DispatchState) -> None:
    dispatch = tx.dispatches.get(tx.dispatches.named(name).id)
    seq = tx.record(an_entry(dispatch.stream, dispatch.subject, state.value))
    tx.dispatches.save(dispatch.moved_to(state, audit_seq=seq, at=NOW))


@pytest.fixture(autouse=True)
def _items(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2"))


def test_an_event_is_addressed_once(store: Store) -> None:
    with store.reading() as tx:
        before = tx.dispatches.waiting(now=NOW)
    with store.transaction() as tx:
        tx.outbox.add(an_event("i1"))

    with store.reading() as tx:
        unaddressed = tx.dispatches.waiting(now=NOW)
    emit(store, receivers=())
    with store.reading() as tx:
        assert (before, unaddressed, tx.dispatches.waiting(now=NOW)) == (False, True, False)
        assert tx.dispatches.unaddressed(limit=10) == []


def test_the_events_of_an_item_come_one_after_the_other_for_each_receiver(store: Store) -> None:
    emit(store, ("i1", "a"), ("i2", "a"), ("i1", "b"), receivers=("emr", "lab"))
    first = due(store)

    with store.transaction() as tx:
        to_emr = next(
            one.dispatch
            for one in tx.dispatches.find(DispatchFilter(receiver="emr"), limit=10)
            if one.event.subject == "i1"
        )
        move(tx, to_emr.id, DispatchState.DELIVERED)

    assert sorted(first) == [
        ("i1", "a", "emr"), ("i1", "a", "lab"), ("i2", "a", "emr"), ("i2", "a", "lab"),
    ]  # fmt: skip
    assert sorted(due(store)) == [
        ("i1", "a", "lab"), ("i1", "b", "emr"), ("i2", "a", "emr"), ("i2", "a", "lab"),
    ]  # fmt: skip


def test_what_is_given_up_holds_back_what_comes_after_it(store: Store) -> None:
    emit(store, ("i1", "a"), ("i1", "b"), ("i2", "a"))
    with store.transaction() as tx:
        (first, *_) = tx.dispatches.due(now=NOW, limit=10)
        give_up(tx, first.dispatch)

    held_back = due(store)
    with store.transaction() as tx:
        (other,) = tx.dispatches.due(now=NOW, limit=10)
        move(tx, other.dispatch.id, DispatchState.DELIVERED)
    with store.reading() as tx:
        nothing = tx.dispatches.waiting(now=NOW)
    emit(store, ("i2", "b"))
    with store.transaction() as tx:
        move(tx, first.dispatch.id, DispatchState.DROPPED)

    assert (held_back, nothing) == ([("i2", "a", "emr")], False)
    assert due(store) == [("i1", "b", "emr"), ("i2", "b", "emr")]


def test_a_try_that_is_put_off_holds_back_what_comes_after_it(store: Store) -> None:
    emit(store, ("i1", "a"), ("i1", "b"))
    with store.transaction() as tx:
        (first,) = tx.dispatches.due(now=NOW, limit=10)
        put_off = replace(first.dispatch, tries=1, problem="answered 500", next_try_at=LATER)
        tx.dispatches.save(put_off)

    with store.reading() as tx:
        assert tx.dispatches.due(now=NOW, limit=10) == []
        assert [one.event.event for one in tx.dispatches.due(now=LATER, limit=10)] == ["a"]


def test_dispatches_are_found_by_the_beginning_of_their_ids(store: Store) -> None:
    emit(store, ("i1", "a"), receivers=("emr", "lab"))

    with store.reading() as tx:
        parcels = tx.dispatches.find(DispatchFilter(state=DispatchState.WAITING), limit=10)
        first = parcels[0].dispatch
        assert tx.dispatches.named(first.id) == first
        with pytest.raises(NotFoundError, match="no single dispatch"):
            tx.dispatches.named(first.event_id)
        with pytest.raises(NotFoundError, match="no dispatch"):
            tx.dispatches.named("x")


def test_a_request_is_seen_once_an_id(store: Store) -> None:
    seen = SeenRequest(
        client="lakeside", hook="claims", id="msg-1", digest="d", answer="{}", seen_at=NOW
    )
    with store.transaction() as tx:
        tx.hooks.add(seen)

    with store.reading() as tx:
        assert tx.hooks.seen("lakeside", "claims", "msg-1") == seen
        assert tx.hooks.seen("lakeside", "claims", "msg-2") is None
    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.hooks.add(seen)


def record_and_add(tx: Transaction, request: SeenRequest) -> None:
    tx.record(an_entry("item:i1", "item", "done"))
    tx.hooks.add(request)


def test_a_part_that_fails_is_undone_alone(store: Store) -> None:
    first = SeenRequest(
        client="lakeside", hook="claims", id="msg-1", digest="d", answer="{}", seen_at=NOW
    )
    with store.transaction() as tx:
        tx.hooks.add(first)
        with pytest.raises(StoreConflictError), tx.part():
            record_and_add(tx, first)
        with tx.part():
            tx.record(an_entry("item:i2", "step:fill"))

    with store.reading() as tx:
        assert tx.hooks.seen("lakeside", "claims", "msg-1") == first
        assert len(tx.audit_log.of_stream("item:i1")) == 1
        assert len(tx.audit_log.of_stream("item:i2")) == 2
