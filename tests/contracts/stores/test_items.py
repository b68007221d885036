from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.identifiers import AccountName, FileId, ItemId
from deskhand.domain.intake_file import FileState
from deskhand.domain.work_item import ItemState
from deskhand.errors import NotFoundError, StaleVersionError, StoreConflictError
from deskhand.ports.item_store import ItemFilter
from deskhand.ports.store import Store
from tests.making import ACCOUNT, NOW, a_file, add_items, add_runbook, an_item, move_item

SOON = NOW + timedelta(hours=1)


def next_waiting(store: Store, *, limit: int = 10) -> list[str]:
    with store.transaction() as tx:
        return [item.id for item in tx.items.next_waiting(ACCOUNT, now=NOW, limit=limit)]


def test_an_item_comes_back_exactly_as_it_was_put_in(store: Store) -> None:
    full = an_item(
        "i1",
        file=FileId("f1"),
        row=7,
        amount="1250.00",
        priority=2,
        due=SOON,
        deadline=SOON + timedelta(microseconds=1),
        not_before=NOW - timedelta(days=1),
        tries=2,
        attempts=3,
        portal_number="P-1",
        reason="why",
        sealed_outputs=b"\x00\xff",
    )

    with store.transaction() as tx:
        add_runbook(tx)
        tx.files.add(a_file("f1"))
        add_items(tx, full, an_item("i2"))

    with store.reading() as tx:
        assert tx.items.get(full.id) == full
        assert tx.items.by_ids([full.id, ItemId("i2"), ItemId("none")]) == {
            "i1": full,
            "i2": an_item("i2"),
        }


def test_an_item_that_nobody_has_is_not_found(store: Store) -> None:
    with store.reading() as tx, pytest.raises(NotFoundError, match="no item 'i9'"):
        tx.items.get(ItemId("i9"))


def test_known_references_tell_the_first_item_and_how_often_it_came(store: Store) -> None:
    first, second = an_item("i1", reference="C"), an_item("i2", reference="C", occurrence=1)
    with store.transaction() as tx:
        add_items(tx, second, first, an_item("i3", client="other", reference="D"))

    with store.transaction() as tx:
        known = tx.items.known("claims-submit", "lakeside", ["C", "D", "E", *map(str, range(999))])

    assert set(known) == {"C"}
    assert (known["C"].item, known["C"].occurrences) == ("i1", 2)
    assert known["C"].fields_digest == first.fields_digest


def test_a_reference_is_taken_once_and_the_whole_batch_is_refused(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1", reference="C"))

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        add_items(tx, an_item("i2"), an_item("i3", reference="C"))

    with store.reading() as tx:
        assert [item.id for item in tx.items.find(ItemFilter(), limit=9)] == ["i1"]
        assert tx.audit_log.of_stream("item:i2") == []


def test_an_item_is_found_by_its_id_its_reference_or_a_part_of_it(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("abcdef01", reference="CLM-2026-000017"), an_item("abcdef02"))

    with store.reading() as tx:
        found = [
            tx.items.named(name).id
            for name in ("abcdef01", "CLM-2026-000017", "000017", "abcdef02")
        ]

    assert found == ["abcdef01", "abcdef01", "abcdef01", "abcdef02"]


def test_a_name_that_several_items_have_lists_them(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1", reference="C"), an_item("i2", reference="C", client="hill"))

    with store.reading() as tx, pytest.raises(NotFoundError) as refusal:
        tx.items.named("C")

    assert "i1 (claims-submit, lakeside)" in str(refusal.value)
    assert "i2 (claims-submit, hill)" in str(refusal.value)


def test_wild_cards_in_a_name_stand_for_themselves(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1", reference="C-100000"))

    with store.reading() as tx, pytest.raises(NotFoundError):
        tx.items.named("______")


def test_items_are_listed_by_filter_in_pages(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, *[an_item(f"i{number}") for number in range(1, 6)])
        move_item(tx, tx.items.get(ItemId("i3")), ItemState.PERFORMING)

    waiting = ItemFilter(state=ItemState.WAITING, client="lakeside", runbook="claims-submit")
    with store.reading() as tx:
        first = tx.items.find(waiting, limit=2)
        then = tx.items.find(waiting, limit=9, after=first[-1].id)
        counts = dict(tx.items.counts(ItemFilter()))

    assert [item.id for item in (*first, *then)] == ["i1", "i2", "i4", "i5"]
    assert counts == {ItemState.WAITING: 4, ItemState.PERFORMING: 1}


def test_an_item_that_moved_on_meanwhile_is_not_overwritten(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, old := an_item("i1"))
        move_item(tx, old, ItemState.PERFORMING)

    with pytest.raises(StaleVersionError), store.transaction() as tx:
        move_item(tx, old, ItemState.WITH_PERSON)

    with store.reading() as tx:
        assert tx.items.get(old.id).state is ItemState.PERFORMING
        assert len(tx.audit_log.of_stream(old.stream)) == 2


def test_the_most_urgent_item_is_next_and_one_without_a_due_date_comes_last(store: Store) -> None:
    with store.transaction() as tx:
        add_items(
            tx,
            an_item("i1"),
            an_item("i2", due=SOON),
            an_item("i3", due=NOW),
            an_item("i4", priority=1),
            an_item("i5", due=NOW),
        )

    urgent = next_waiting(store)

    assert urgent == ["i4", "i3", "i5", "i2", "i1"]
    assert next_waiting(store, limit=2) == ["i4", "i3"]


def test_only_waiting_items_of_the_account_whose_time_has_come_are_next(store: Store) -> None:
    other = AccountName("payer_portal/hill")
    with store.transaction() as tx:
        add_items(
            tx,
            an_item("i1", not_before=NOW),
            an_item("i2", not_before=NOW + timedelta(microseconds=1)),
            an_item("i3", account=other),
            busy := an_item("i4"),
        )
        move_item(tx, busy, ItemState.PERFORMING)

    assert next_waiting(store) == ["i1"]
    with store.reading() as tx:
        assert tx.items.ready_by_account() == {ACCOUNT: 2, other: 1}


def test_items_of_a_file_that_is_still_being_taken_in_wait_for_its_end(store: Store) -> None:
    taking = a_file("f1", state=FileState.TAKING)
    refused = a_file("f2", state=FileState.REFUSED)
    with store.transaction() as tx:
        add_runbook(tx)
        tx.files.add(taking)
        tx.files.add(refused)
        add_items(
            tx,
            an_item("i1", file=taking.id),
            an_item("i2", file=refused.id),
            an_item("i3"),
        )

    before = next_waiting(store)
    with store.transaction() as tx:
        tx.files.save(replace(taking, state=FileState.TAKEN))

    assert before == ["i3"]
    assert next_waiting(store) == ["i1", "i3"]
