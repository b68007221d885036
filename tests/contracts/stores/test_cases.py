from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.exception_case import CaseKind, CaseState, Decision, ExceptionCase
from deskhand.domain.identifiers import CaseId, ItemId
from deskhand.errors import NotFoundError, StaleVersionError, StoreConflictError
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.store import Store, Transaction
from tests.making import ACCOUNT, NOW, a_case, add_case, add_items, an_entry, an_item, health, hold

LATER = NOW + timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _items(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1", reference="CLM-000001"), an_item("i2"))


def record(tx: Transaction, case: ExceptionCase, state: CaseState) -> int:
    return tx.record(an_entry(case.stream, f"case:{case.id}", state.value))


def close(tx: Transaction, case: ExceptionCase) -> ExceptionCase:
    seq = record(tx, case, CaseState.CLOSED)
    closed = case.closed(Decision.RETRY, by="ann", at=LATER, audit_seq=seq)
    tx.cases.save(closed)
    return closed


def test_a_case_comes_back_exactly_as_it_was_opened_and_taken(store: Store) -> None:
    with store.transaction() as tx:
        opened = add_case(tx, a_case(came_back=True))
    with store.transaction() as tx:
        assert tx.cases.get(opened.id) == opened
        seq = record(tx, opened, CaseState.TAKEN)
        taken = opened.taken(by="ann", at=LATER, audit_seq=seq)
        tx.cases.save(taken)

    with store.transaction() as tx:
        closed = close(tx, taken)

    with store.transaction() as tx:
        assert tx.cases.get(opened.id) == closed
        with pytest.raises(NotFoundError, match="no case"):
            tx.cases.get(CaseId("none"))


def test_a_case_that_moved_on_meanwhile_is_not_overwritten(store: Store) -> None:
    with store.transaction() as tx:
        old = add_case(tx, a_case())
        close(tx, old)

    with pytest.raises(StaleVersionError), store.transaction() as tx:
        close(tx, old)


def test_an_open_case_is_found_by_its_item_or_reference_and_a_closed_one_by_its_id(
    store: Store,
) -> None:
    with store.transaction() as tx:
        close(tx, add_case(tx, a_case("i1-1", reference="CLM-000001")))
        add_case(tx, a_case("i1-2", reference="CLM-000001"))

    with store.reading() as tx:
        named = {
            name: tx.cases.named(name).id for name in ("i1", "CLM-000001", "00001", "i1-2", "i1-1")
        }
        with pytest.raises(NotFoundError):
            tx.cases.named("i2")

    assert named == {
        "i1": "i1-2",
        "CLM-000001": "i1-2",
        "00001": "i1-2",
        "i1-2": "i1-2",
        "i1-1": "i1-1",
    }


def test_a_name_that_several_open_cases_have_lists_them(store: Store) -> None:
    with store.transaction() as tx:
        add_case(tx, a_case("i1-1", reference="CLM-1"))
        add_case(tx, a_case("i2-1", item="i2", reference="CLM-2"))

    with store.reading() as tx, pytest.raises(NotFoundError) as refusal:
        tx.cases.named("CLM-")

    assert "i1-1 (CLM-1, MEMBER_NOT_FOUND), i2-1 (CLM-2, MEMBER_NOT_FOUND)" in str(refusal.value)


def test_what_is_named_whole_is_found_among_many_that_have_the_name_as_a_part(
    store: Store,
) -> None:
    with store.transaction() as tx:
        for number in range(10, 22):
            add_case(tx, a_case(f"i1-{number}", reference=f"CLM-1{number}"))
        add_case(tx, a_case("i1-05", reference="CLM-1"))
        add_case(tx, a_case("i1-7", reference="CLM-7"))

    with store.reading() as tx:
        assert tx.cases.named("CLM-1").id == "i1-05"

    with store.transaction() as tx:
        add_case(tx, a_case("i2-1", item="i2", reference="CLM-1"))

    with store.reading() as tx, pytest.raises(NotFoundError) as refusal:
        tx.cases.named("CLM-1")
    assert "there are several: i1-05 (CLM-1, MEMBER_NOT_FOUND), i2-1" in str(refusal.value)


def test_whoever_comes_too_late_is_told_who_closed_the_case_and_how(store: Store) -> None:
    with store.transaction() as tx:
        close(tx, add_case(tx, a_case("i1-1", reference="CLM-000001")))

    with store.reading() as tx, pytest.raises(NotFoundError) as refusal:
        tx.cases.named("CLM-000001")

    assert "ann closed it with `retry`; see: deskhand exceptions show i1-1" in str(refusal.value)


def test_cases_of_an_item_are_told_oldest_first(store: Store) -> None:
    with store.transaction() as tx:
        add_case(tx, a_case("i1-2", opened_at=LATER))
        add_case(tx, a_case("i1-1"))
        add_case(tx, a_case("i2-1", item="i2"))

    with store.reading() as tx:
        assert [case.id for case in tx.cases.of_item(ItemId("i1"))] == ["i1-1", "i1-2"]


def test_the_case_about_an_account_is_found_while_it_is_open(store: Store) -> None:
    with store.transaction() as tx:
        hold(tx, health())
        add_case(tx, a_case("i1-1"))
        about = add_case(tx, a_case("account-1", item=None))
    with store.reading() as tx:
        assert tx.cases.open_of_account(ACCOUNT) == about

    with store.transaction() as tx:
        close(tx, about)

    with store.reading() as tx:
        assert tx.cases.open_of_account(ACCOUNT) is None


def test_cases_are_listed_by_every_filter_oldest_first(store: Store) -> None:
    odd = a_case(
        "i2-1",
        item="i2",
        kind=CaseKind.SYSTEM,
        queue="engineers",
        code="LAYOUT_CHANGED",
        client="hill",
        runbook="aid",
        opened_at=NOW - timedelta(days=1),
    )
    with store.transaction() as tx:
        add_case(tx, a_case("i1-1"))
        told = add_case(tx, odd)
        seq = record(tx, told, CaseState.TAKEN)
        tx.cases.save(told.taken(by="ann", at=NOW, audit_seq=seq))
        close(tx, add_case(tx, a_case("i1-0", opened_at=NOW - timedelta(days=2))))
    filters = [
        CaseFilter(state=CaseState.TAKEN),
        CaseFilter(kind=CaseKind.SYSTEM),
        CaseFilter(queue="engineers"),
        CaseFilter(code="LAYOUT_CHANGED"),
        CaseFilter(client="hill"),
        CaseFilter(runbook="aid"),
        CaseFilter(taken_by="ann"),
    ]

    with store.reading() as tx:
        found = [[case.id for case in tx.cases.find(one, limit=9)] for one in filters]
        everything = [case.id for case in tx.cases.find(CaseFilter(), limit=9)]
        unclosed = [case.id for case in tx.cases.find(CaseFilter(unclosed=True), limit=9)]
        first = [case.id for case in tx.cases.find(CaseFilter(), limit=1)]

    assert found == [["i2-1"]] * len(filters)
    assert everything == ["i1-0", "i2-1", "i1-1"]
    assert unclosed == ["i2-1", "i1-1"]
    assert first == ["i1-0"]


def test_two_cases_do_not_share_an_id(store: Store) -> None:
    with store.transaction() as tx:
        first = add_case(tx, a_case())

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        add_case(tx, replace(first, code="OTHER"))
