from dataclasses import replace
from datetime import timedelta

import pytest

from deskhand.domain.effect import EffectState
from deskhand.domain.identifiers import AttemptId, EffectId, ItemId
from deskhand.domain.read_back import ReadBack
from deskhand.errors import NotFoundError, StoreConflictError
from deskhand.ports.attempt_store import StepResult
from deskhand.ports.item_store import ItemFilter
from deskhand.ports.store import Store, Transaction
from tests.making import (
    NOW,
    a_running_attempt,
    add_attempt,
    add_effect,
    add_items,
    an_effect,
    an_entry,
    an_item,
)

ITEM = ItemId("i1")


@pytest.fixture(autouse=True)
def _running_attempts(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2", client="hill"))
        for number in (1, 2):
            add_attempt(tx, a_running_attempt("i1", number))
        add_attempt(tx, a_running_attempt("i2", 1))


def a_result(step: str, *, seconds: int = 0, attempt: str = "i1:1") -> StepResult:
    return StepResult(
        attempt=AttemptId(attempt),
        item=ITEM,
        step=step,
        iteration=0,
        sealed_value=b"\x00" + step.encode(),
        recorded_at=NOW + timedelta(seconds=seconds),
    )


def add_read_back(
    tx: Transaction, item: str, attempt: str, wrong: tuple[str, ...], *, seconds: int = 0
) -> None:
    tx.journal.add_read_back(
        ReadBack(checked=5, wrong=wrong),
        item=tx.items.get(ItemId(item)),
        attempt=AttemptId(attempt),
        step="submit_claim",
        at=NOW + timedelta(seconds=seconds),
    )


def test_step_results_come_back_oldest_first(store: Store) -> None:
    late, early = a_result("b", seconds=2), a_result("a", seconds=1)

    with store.transaction() as tx:
        tx.journal.add_result(late)
        tx.journal.add_result(early)

    with store.reading() as tx:
        assert tx.journal.results_of(ITEM) == [early, late]
        assert tx.journal.results_of(ItemId("i2")) == []


def test_what_a_later_attempt_kept_comes_last_though_its_workers_clock_is_behind(
    store: Store,
) -> None:
    first = a_result("answer", seconds=300)
    second = a_result("answer", seconds=1, attempt="i1:2")

    with store.transaction() as tx:
        tx.journal.add_result(first)
        tx.journal.add_result(second)
        add_read_back(tx, "i1", "i1:1", ("total",), seconds=300)
        add_read_back(tx, "i1", "i1:2", (), seconds=1)

    with store.reading() as tx:
        assert tx.journal.results_of(ITEM) == [first, second]
        assert tx.journal.verified_steps(ITEM) == {"submit_claim"}


def test_a_later_act_comes_last_though_its_workers_clock_is_behind(store: Store) -> None:
    with store.transaction() as tx:
        first = add_effect(tx, an_effect(act_no=1, intended_at=NOW + timedelta(minutes=5)))
        later = add_effect(tx, an_effect(act_no=2, intended_at=NOW, attempt=AttemptId("i1:2")))

    with store.reading() as tx:
        assert [act.id for act in tx.journal.effects_of(ITEM)] == [first.id, later.id]


def test_a_step_gives_one_result_an_attempt(store: Store) -> None:
    with store.transaction() as tx:
        tx.journal.add_result(a_result("a"))
        tx.journal.add_result(a_result("a", attempt="i1:2"))

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.journal.add_result(a_result("a"))


def test_an_act_comes_back_as_it_was_intended_and_as_it_was_settled(store: Store) -> None:
    with store.transaction() as tx:
        first = add_effect(tx, an_effect())
    with store.transaction() as tx:
        seq = tx.record(an_entry("item:i1", f"effect:{first.id}", "confirmed"))
        settled = replace(
            first.moved_to(EffectState.CONFIRMED, audit_seq=seq),
            sealed_receipt=b"receipt",
            sealed_by_hand=b"by hand",
        )
        tx.journal.save_effect(settled)
        add_effect(tx, later := an_effect(act_no=2, intended_at=NOW + timedelta(seconds=1)))

    with store.transaction() as tx:
        assert tx.journal.effect(first.id) == settled
        assert [act.id for act in tx.journal.effects_of(ITEM)] == [first.id, later.id]
        with pytest.raises(NotFoundError, match="no act"):
            tx.journal.effect(EffectId("none"))


def test_the_same_act_is_intended_once(store: Store) -> None:
    with store.transaction() as tx:
        add_effect(tx, an_effect())

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        add_effect(tx, an_effect(id=EffectId("another name for it")))


def test_a_step_is_verified_by_its_last_read_back(store: Store) -> None:
    with store.transaction() as tx:
        add_read_back(tx, "i1", "i1:1", ("total",))
    with store.reading() as tx:
        assert tx.journal.verified_steps(ITEM) == frozenset()

    with store.transaction() as tx:
        add_read_back(tx, "i1", "i1:2", (), seconds=1)

    with store.reading() as tx:
        assert tx.journal.verified_steps(ITEM) == {"submit_claim"}


def test_read_backs_are_added_up_over_the_last_one_of_each_item(store: Store) -> None:
    with store.transaction() as tx:
        add_read_back(tx, "i1", "i1:1", ("a", "b", "c"))
        add_read_back(tx, "i1", "i1:2", ("a",), seconds=1)
        add_read_back(tx, "i2", "i2:1", ())

    with store.reading() as tx:
        assert tx.journal.read_back_totals(ItemFilter()) == (10, 1)
        assert tx.journal.read_back_totals(ItemFilter(client="lakeside")) == (5, 1)
        assert tx.journal.read_back_totals(ItemFilter(client="nobody")) == (0, 0)
