"""Questions about the clocks of many cases, and many who ask them at once."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import CaseKind, CaseState, Decision, ExceptionCase, Told
from deskhand.domain.identifiers import CaseId, ItemId
from deskhand.domain.queue import QueueBook
from deskhand.ports.case_clocks import CauseCount, Place
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.hand_out_case import Wish, next_case
from deskhand.use_cases.sweep_cases import Swept, sweep_cases
from tests.contracts.stores.racing import race
from tests.making import (
    ANN,
    NOW,
    HandClock,
    a_case,
    add_case,
    add_items,
    an_entry,
    an_item,
    health,
    hold,
)
from tests.making_desk import a_desk

HOUR = timedelta(hours=1)
HERE = Place("claims", "lakeside")
MANY = 8


@pytest.fixture(autouse=True)
def _items(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, *[an_item(f"i{number}") for number in range(MANY)])


def a_clocked_case(number: int, *, due: timedelta = HOUR, **changes: object) -> ExceptionCase:
    case = a_case(f"i{number}-1", item=f"i{number}", due_at=NOW + due, risk_at=NOW + due / 2)
    return replace(case, **changes)  # type: ignore[arg-type]


def change(
    tx: Transaction, case: ExceptionCase, changed: Callable[[int], ExceptionCase]
) -> ExceptionCase:
    """Record a change of a case that is there, then save it."""
    state = changed(0).state.value
    seq = tx.record(an_entry(case.stream, f"case:{case.id}", state))
    tx.cases.save(now := changed(seq))
    return now


def close(tx: Transaction, case: ExceptionCase) -> ExceptionCase:
    return change(
        tx,
        case,
        lambda seq: case.closed(Decision.RETRY, by="ann", at=NOW, audit_seq=seq),
    )


def test_a_case_comes_back_with_its_whole_clock(store: Store) -> None:
    with store.transaction() as tx:
        case = add_case(
            tx,
            a_clocked_case(1, cause_group="system/X/@a", incident=CaseId("i0-1"), queue="ops"),
        )
        case = change(tx, case, lambda seq: case.snoozed(until=NOW + HOUR, audit_seq=seq))
        case = change(tx, case, lambda seq: case.having_told(Told.OVERDUE, audit_seq=seq))
        case = change(tx, case, lambda seq: case.escalated(to="boss", audit_seq=seq))

    with store.reading() as tx:
        kept = tx.cases.named(case.id)

    assert kept == case
    assert (kept.queue, kept.escalated_from, kept.version) == ("boss", "ops", 4)


def test_what_is_to_be_told_is_found_and_what_was_told_or_closed_is_not(store: Store) -> None:
    with store.transaction() as tx:
        add_case(tx, a_clocked_case(0, due=2 * HOUR))  # at risk in an hour
        add_case(tx, a_clocked_case(1, due=-HOUR))
        add_case(tx, a_clocked_case(2, due=-2 * HOUR, told=Told.RISK))
        add_case(tx, a_clocked_case(3, due=-3 * HOUR, told=Told.OVERDUE))
        add_case(tx, a_clocked_case(4, due=HOUR, told=Told.RISK))
        close(tx, add_case(tx, a_clocked_case(5, due=-HOUR)))
        add_case(tx, a_case("i6-1", item="i6"))

    with store.reading() as tx:
        now = tx.case_clocks.to_tell(now=NOW, limit=9)
        later = tx.case_clocks.to_tell(now=NOW + HOUR, limit=9)
        first = tx.case_clocks.to_tell(now=NOW, limit=1)

    assert now == ["i2-1", "i1-1"]
    assert later == ["i2-1", "i4-1", "i1-1", "i0-1"]
    assert first == ["i2-1"]


def test_the_case_that_is_due_first_is_next_where_somebody_may_work(store: Store) -> None:
    hill = Place("claims", "hill")
    with store.transaction() as tx:
        add_case(tx, a_case("i0-1", item="i0"))
        add_case(tx, a_clocked_case(1, due=2 * HOUR))
        add_case(tx, a_clocked_case(2, due=HOUR, client="hill"))
        add_case(tx, a_clocked_case(3, due=-HOUR, snoozed_until=NOW + HOUR))
        taken = add_case(tx, a_clocked_case(4, due=-HOUR))
        change(tx, taken, lambda seq: taken.taken(by="ann", at=NOW, audit_seq=seq))
        close(tx, add_case(tx, a_clocked_case(5, due=-HOUR)))

    def next_of(*places: Place, now: timedelta = timedelta(0)) -> str | None:
        with store.transaction() as tx:
            case = tx.case_clocks.next_open(places, now=NOW + now)
            return None if case is None else case.id

    with store.reading() as tx:
        places = tx.case_clocks.places()
    assert sorted(places) == [hill, HERE]
    assert (next_of(HERE), next_of(HERE, hill), next_of(hill)) == ("i1-1", "i2-1", "i2-1")
    assert next_of(HERE, now=HOUR) == "i3-1"
    assert next_of(Place("ops", "lakeside")) is None


def test_a_case_without_a_due_time_comes_last(store: Store) -> None:
    with store.transaction() as tx:
        add_case(tx, a_case("i0-1", item="i0"))
    with store.transaction() as tx:
        only = tx.case_clocks.next_open([HERE], now=NOW)

    assert only is not None
    assert only.id == "i0-1"


def test_an_incident_lasts_as_long_as_it_has_an_open_case(store: Store) -> None:
    def of_the_incident(number: int) -> ExceptionCase:
        return a_clocked_case(
            number, kind=CaseKind.SYSTEM, cause_group="g", incident=CaseId("i0-1")
        )

    with store.transaction() as tx:
        first = add_case(tx, of_the_incident(0))
        second = add_case(tx, of_the_incident(1))
        add_case(tx, a_clocked_case(2, cause_group="h"))
        found = [tx.case_clocks.incident_of(group) for group in ("g", "h", "none")]
        close(tx, first)
        after_the_first = tx.case_clocks.incident_of("g")
        close(tx, second)
        after_the_last = tx.case_clocks.incident_of("g")

    assert found == ["i0-1", None, None]
    assert (after_the_first, after_the_last) == ("i0-1", None)


def test_causes_are_counted_over_the_cases_that_are_not_closed(store: Store) -> None:
    later = NOW + HOUR
    with store.transaction() as tx:
        add_case(tx, a_clocked_case(0, cause_group="g", due=3 * HOUR))
        add_case(tx, a_clocked_case(1, cause_group="g", due=2 * HOUR, opened_at=later))
        add_case(tx, a_clocked_case(2, cause_group="h", code="OTHER"))
        close(tx, add_case(tx, a_clocked_case(3, cause_group="h", code="OTHER")))

    with store.reading() as tx:
        counts = tx.case_clocks.causes()

    assert counts == [
        CauseCount(
            cause_group="g",
            kind=CaseKind.BUSINESS,
            code="MEMBER_NOT_FOUND",
            count=2,
            first_seen=NOW,
            last_seen=later,
            oldest_due=NOW + 2 * HOUR,
        ),
        CauseCount(
            cause_group="h",
            kind=CaseKind.BUSINESS,
            code="OTHER",
            count=1,
            first_seen=NOW,
            last_seen=NOW,
            oldest_due=NOW + HOUR,
        ),
    ]


def test_cases_are_listed_by_their_clock_and_cause(store: Store) -> None:
    with store.transaction() as tx:
        add_case(tx, a_case("i0-1", item="i0"))
        add_case(tx, a_clocked_case(1, due=2 * HOUR, cause_group="g", incident=CaseId("i1-1")))
        add_case(tx, a_clocked_case(2, due=-HOUR))
        close(tx, add_case(tx, a_clocked_case(3, due=-2 * HOUR)))

    def found(wanted: CaseFilter) -> list[str]:
        with store.reading() as tx:
            return [case.id for case in tx.cases.find(wanted, limit=9)]

    assert found(CaseFilter()) == ["i3-1", "i2-1", "i1-1", "i0-1"]
    assert found(CaseFilter(overdue_at=NOW)) == ["i2-1"]
    assert found(CaseFilter(cause_group="g")) == ["i1-1"]
    assert found(CaseFilter(incident=CaseId("i1-1"))) == ["i1-1"]


def test_an_event_may_be_about_no_item(store: Store) -> None:
    with store.transaction() as tx:
        hold(tx, health())
        add_case(tx, a_case("account-1", item=None, due_at=NOW, risk_at=NOW))

    swept = sweep_cases(store=store, clock=HandClock(), book=QueueBook())

    assert swept == Swept(at_risk=1, overdue=1)


def test_racing_sweepers_tell_of_each_case_once(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(MANY):
            add_case(tx, a_clocked_case(number, due=-HOUR))

    swept, raised = race(
        *[partial(sweep_cases, store=store, clock=HandClock(), book=QueueBook())] * 4
    )

    assert raised == []
    assert sum(swept, start=Swept()) == Swept(at_risk=MANY, overdue=MANY)
    with store.reading() as tx:
        told = [
            event.event
            for number in range(MANY)
            for event in tx.outbox.of_item(ItemId(f"i{number}"))
        ]
    assert told == ["case.at_risk", "case.overdue"] * MANY
    assert verify_log(by=ANN, store=store, clock=HandClock()).clean


def test_of_many_who_ask_for_the_next_case_no_two_get_the_same(store: Store) -> None:
    with store.transaction() as tx:
        for number in range(MANY - 2):
            add_case(tx, a_clocked_case(number))

    def ask(number: int) -> str | None:
        by = Actor(kind=ActorKind.HUMAN, id=f"person {number}")
        case = next_case(Wish(), by=by, desk=a_desk(store, clock=HandClock()))
        return None if case is None else case.id

    handed, raised = race(*[partial(ask, number) for number in range(MANY)])

    assert raised == []
    got = [case for case in handed if case is not None]
    assert len(got) == len(set(got))
    with store.reading() as tx:
        taken = tx.cases.find(CaseFilter(state=CaseState.TAKEN), limit=99)
    assert sorted(case.id for case in taken) == sorted(got)


def test_two_first_cases_of_one_cause_are_one_incident(store: Store) -> None:
    def happen(number: int) -> CaseId:
        with store.transaction() as tx:
            case = a_clocked_case(number, kind=CaseKind.SYSTEM, cause_group="g")
            incident = tx.case_clocks.incident_of("g") or case.id
            add_case(tx, replace(case, incident=incident))
            return incident

    incidents, raised = race(*[partial(happen, number) for number in range(MANY)])

    assert raised == []
    assert len(set(incidents)) == 1
