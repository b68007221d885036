"""Re-checks and held versions come back as they were written, and count without a race."""

from functools import partial

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import CaseKind
from deskhand.domain.identifiers import AttemptId, ItemId, RunbookHash
from deskhand.domain.quality import Grade, RecheckState
from deskhand.domain.work_item import ItemState
from deskhand.errors import NotFoundError, StoreConflictError
from deskhand.ports.case_clocks import Place
from deskhand.ports.quality import RecheckFilter
from deskhand.ports.store import Store
from deskhand.use_cases.begin_attempt import begin_attempt
from tests.contracts.stores.racing import race
from tests.making import (
    ACCOUNT,
    NOW,
    RUNBOOK,
    WORKER,
    HandClock,
    a_case,
    a_worker,
    add_attempt,
    add_case,
    add_items,
    an_attempt,
    an_entry,
    an_item,
    move_item,
)
from tests.making_quality import (
    a_recheck,
    a_version,
    add_recheck,
    answer,
    free_version,
    hold_version,
)

OTHER = RunbookHash("b" * 64)


def test_a_re_check_comes_back_as_it_was_chosen_answered_and_graded(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"))
        waiting = add_recheck(tx, a_recheck())
        assert tx.rechecks.of_item(ItemId("i1")) == waiting
        answered = answer(tx, waiting, differing=("total", "lines.code"))
    with store.transaction() as tx:
        assert tx.rechecks.of_item(ItemId("i1")) == answered
        seq = tx.record(an_entry("item:i1", "recheck", "graded"))
        graded = answered.graded(Grade.MINOR, by="ann", at=NOW, audit_seq=seq)
        tx.rechecks.save(graded)

    with store.reading() as tx:
        assert tx.rechecks.of_item(ItemId("i1")) == graded
        assert tx.rechecks.of_item(ItemId("none")) is None


def test_re_checks_are_found_by_state_grade_runbook_and_client_oldest_first(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2"))
        later = add_recheck(tx, a_recheck("i2", ordinal=2))
        first = answer(tx, add_recheck(tx, a_recheck("i1")))

        def found(**wanted: object) -> list[str]:
            rows = tx.rechecks.find(RecheckFilter(**wanted), limit=10)  # type: ignore[arg-type]
            return [row.item for row in rows]

        assert found() == [first.item, later.item]
        assert found(state=RecheckState.WAITING) == ["i2"]
        assert found(runbook="claims-submit", client="lakeside") == ["i1", "i2"]
        assert found(client="hill") == found(grade=Grade.PASS) == []


def test_an_item_is_checked_again_once_and_no_number_is_given_twice(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2"))
        add_recheck(tx, a_recheck("i1"))

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        add_recheck(tx, a_recheck("i1", ordinal=2, case="i1-other"))
    with pytest.raises(StoreConflictError), store.transaction() as tx:
        add_recheck(tx, a_recheck("i2"))


def test_those_who_count_the_first_of_a_version_at_once_get_different_numbers(
    store: Store,
) -> None:
    items = [f"i{number}" for number in range(8)]
    with store.transaction() as tx:
        add_items(tx, *map(an_item, items))

    def choose(item: str) -> int:
        with store.transaction() as tx:
            number = tx.rechecks.first_of(RUNBOOK, client="lakeside") + 1
            add_recheck(tx, a_recheck(item, ordinal=number))
        return number

    numbers, raised = race(*[partial(choose, item) for item in items])

    assert raised == []
    assert sorted(numbers) == list(range(1, 9))


def test_the_first_are_counted_for_each_client_alone(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2"))
        add_recheck(tx, a_recheck("i1", ordinal=7))
        add_recheck(tx, a_recheck("i2", ordinal=None))

    with store.transaction() as tx:
        assert tx.rechecks.first_of(RUNBOOK, client="lakeside") == 7
        assert tx.rechecks.first_of(RUNBOOK, client="hill") == 0
        assert tx.rechecks.first_of(OTHER, client="lakeside") == 0


def test_a_version_comes_back_as_held_and_as_released(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"))
        assert tx.runbook_holds.of(RUNBOOK) is None
        held = hold_version(tx, a_version())
    with store.transaction() as tx:
        assert (tx.runbook_holds.of(RUNBOOK), tx.runbook_holds.held()) == (held, [held])
        assert tx.runbook_holds.forbids(RUNBOOK)
        assert not tx.runbook_holds.forbids(OTHER)
        free = free_version(tx, held)

    with store.reading() as tx:
        assert (tx.runbook_holds.of(RUNBOOK), tx.runbook_holds.held()) == (free, [])
        assert not tx.runbook_holds.forbids(RUNBOOK)


def test_items_of_a_held_version_are_not_next_and_those_behind_them_are(store: Store) -> None:
    newer = an_item("i2", runbook_hash=OTHER)
    with store.transaction() as tx:
        add_items(tx, an_item("i1"))
        tx.runbooks.add(OTHER, name="claims-submit", source="newer", by="ann", at=NOW)
        tx.record(an_entry(newer.stream, "item", newer.state.value))
        tx.items.add([newer])
        held = hold_version(tx, a_version())

    with store.transaction() as tx:
        assert [item.id for item in tx.items.next_waiting(ACCOUNT, now=NOW, limit=9)] == ["i2"]
        assert tx.items.ready_by_account() == {ACCOUNT: 1}
        free_version(tx, held)
        assert len(tx.items.next_waiting(ACCOUNT, now=NOW, limit=9)) == 2
        assert tx.items.ready_by_account() == {ACCOUNT: 2}


def test_a_version_is_found_by_its_number(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"))
        number = tx.runbooks.add(OTHER, name="claims-submit", source="newer", by="ann", at=NOW)

        assert tx.runbooks.numbered("claims-submit", number).hash == OTHER
        with pytest.raises(NotFoundError, match="claims-submit version 9"):
            tx.runbooks.numbered("claims-submit", 9)


def test_the_next_case_is_of_the_kind_that_is_wanted_and_none_that_was_passed_by(
    store: Store,
) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1", state=ItemState.WAITING))
        for number in (1, 2):
            add_case(tx, a_case(f"i1-{number}"))
        place = [Place("claims", "lakeside")]
        first = tx.case_clocks.next_open(place, now=NOW)
        assert first is not None

        second = tx.case_clocks.next_open(place, now=NOW, but=[first.id])
        none = tx.case_clocks.next_open(place, now=NOW, kind=first.kind)
        other = tx.case_clocks.next_open(place, now=NOW, kind=_another(first.kind))

    assert (first.id, second and second.id, none and none.id) == ("i1-1", "i1-2", "i1-1")
    assert other is None


def _another(kind: object) -> CaseKind:
    return next(one for one in CaseKind if one is not kind)


def test_no_attempt_begins_behind_the_record_that_holds_its_version(store: Store) -> None:
    items = [f"i{number}" for number in range(6)]
    clock = HandClock()
    with store.transaction() as tx:
        add_items(tx, *map(an_item, items))
        tx.workers.add(a_worker())
        for item in items:
            move_item(tx, tx.items.get(ItemId(item)), ItemState.PERFORMING)
            add_attempt(tx, an_attempt(item))

    def begin(item: str) -> object:
        attempt = AttemptId(f"{item}:1")
        return begin_attempt(attempt, store=store, clock=clock, worker=WORKER)

    def hold() -> object:
        with store.transaction() as tx:
            known = tx.runbook_holds.of(RUNBOOK)
            assert known is None
            return hold_version(tx, a_version())

    halves = [partial(begin, item) for item in items]
    given, raised = race(*halves[:3], hold, *halves[3:])

    with store.reading() as tx:
        records = [*tx.audit_log.all()]
        attempts = {tx.attempts.get(AttemptId(f"{item}:1")).state for item in items}
    held_at = next(row.position for row in records if row.type == RecordType.RUNBOOK_HELD)
    begun = [row.position for row in records if row.type == RecordType.ATTEMPT_STARTED]
    assert raised == []
    assert len(begun) == sum(one is not None for one in given) - 1
    assert all(position < held_at for position in begun)
    assert attempts <= {AttemptState.RUNNING, AttemptState.LOST}
