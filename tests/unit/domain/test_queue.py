"""What is laid down about queues: until when a case is due, and who may decide it."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.domain.business_hours import BusinessHours, BusinessTime, Opening
from deskhand.domain.calendars import Calendars
from deskhand.domain.exception_case import CaseKind, Decision
from deskhand.domain.identifiers import AccountName
from deskhand.domain.queue import ClockKind, Person, Queue, QueueBook

MONDAY = datetime(2026, 5, 4, 16, tzinfo=UTC)  # an hour before the standard day is over
HOUR = timedelta(hours=1)
OFFICE = BusinessHours(
    timezone=ZoneInfo("America/New_York"), week=(*[(Opening(time(8), time(17)),)] * 5, (), ())
)


def book(*queues: Queue, people: tuple[Person, ...] = ()) -> QueueBook:
    return QueueBook(
        queues={queue.name: queue for queue in queues},
        people={person.name: person for person in people},
        calendars=Calendars(hours={"us": OFFICE}, clients={"lakeside": "us"}),
    )


def ann(**said: str) -> Person:
    held = {key: frozenset(words.split()) for key, words in said.items()}
    return Person(name="ann", **held)


@pytest.mark.parametrize(
    ("kind", "due"),
    [
        (CaseKind.BUSINESS, MONDAY + 24 * HOUR),
        (CaseKind.SYSTEM, MONDAY + 20 * HOUR),
        (CaseKind.UNCERTAIN, MONDAY + 20 * HOUR),
    ],
)
def test_without_a_word_on_it_the_kind_of_a_case_says_how_soon(
    kind: CaseKind, due: datetime
) -> None:
    assert book().times("ops", kind, "hill", opened=MONDAY).due_at == due


def test_the_clock_of_a_case_is_its_clients() -> None:
    times = book().times("ops", CaseKind.SYSTEM, "lakeside", opened=MONDAY)

    assert times.due_at == MONDAY + 4 * HOUR
    assert times.risk_at == MONDAY + 3.2 * HOUR


def test_the_clock_of_a_case_stands_while_its_portal_is_closed() -> None:
    evenings = BusinessHours(timezone=UTC, week=((Opening(time(18), time(22)),),) * 7)
    calendars = Calendars(
        hours={"us": OFFICE, "evenings": evenings},
        clients={"lakeside": "us"},
        portals={"payer": "evenings"},
    )

    def due(account: str) -> datetime:
        named, kind = AccountName(account), CaseKind.SYSTEM
        rules = QueueBook(calendars=calendars)
        return rules.times("ops", kind, "lakeside", opened=MONDAY, account=named).due_at

    # The office closes at 21:00 UTC: they share three hours a day.
    assert due("payer/lakeside") == datetime(2026, 5, 5, 19, tzinfo=UTC)
    assert due("other/lakeside") == MONDAY + 4 * HOUR


def test_a_clock_that_always_runs_knows_no_night() -> None:
    queue = Queue(name="ops", within=BusinessTime(hours=10 * HOUR), clock=ClockKind.ALWAYS)

    times = book(queue).times("ops", CaseKind.BUSINESS, "lakeside", opened=MONDAY)

    assert (times.risk_at, times.due_at) == (MONDAY + 8 * HOUR, MONDAY + 10 * HOUR)


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 1, 1)),  # noqa: DTZ001
    st.integers(0, 9),
    st.integers(1, 99),
    st.integers(1, 100),
)
def test_a_case_is_never_at_risk_after_it_is_due(
    opened: datetime, days: int, hours: int, share: int
) -> None:
    within = BusinessTime(days=days, hours=hours * HOUR)
    queue = Queue(name="q", within=within, risk_at=share)
    moment = opened.replace(tzinfo=UTC)

    times = queue.times(CaseKind.BUSINESS, moment, hours=OFFICE)

    assert moment <= times.risk_at <= times.due_at


def test_where_a_role_is_asked_for_only_listed_people_who_have_it_may() -> None:
    claims = Queue(name="claims", role="reviewer")
    laid_down = book(claims, people=(ann(roles="reviewer engineer"), Person(name="bob")))

    assert laid_down.may("ann", "claims", "lakeside")
    assert not laid_down.may("bob", "claims", "lakeside")
    assert not laid_down.may("eve", "claims", "lakeside")
    assert list(laid_down.who_may("claims", "lakeside")) == ["ann"]


def test_where_no_role_is_asked_for_anybody_may_whom_no_limit_stops() -> None:
    laid_down = book(people=(ann(clients="hill"),))

    assert laid_down.may("eve", "claims", "lakeside")
    assert laid_down.may("ann", "claims", "hill")
    assert not laid_down.may("ann", "claims", "lakeside")


@pytest.mark.parametrize(
    ("person", "may"),
    [
        (ann(), True),
        (ann(queues="claims ops"), True),
        (ann(queues="ops"), False),
        (ann(clients="lakeside"), True),
        (ann(queues="claims", clients="hill"), False),
    ],
)
def test_a_person_is_kept_to_their_queues_and_clients(person: Person, may: bool) -> None:
    assert book(people=(person,)).may("ann", "claims", "lakeside") is may


def test_a_queue_may_allow_some_decisions_only() -> None:
    strict = Queue(name="q", may=frozenset({Decision.FIX}))

    assert [decision for decision in Decision if strict.allows(decision)] == [Decision.FIX]
    assert all(map(Queue(name="q").allows, Decision))


def test_a_queue_that_asks_for_skills_is_for_those_who_have_all_of_them() -> None:
    laid_down = book(
        Queue(name="q", skills=frozenset({"es", "oncology"})), people=(ann(skills="es"),)
    )

    assert not laid_down.skilled("ann", "q")
    assert laid_down.skilled("ann", "q", skills=frozenset({"es", "oncology"}))
    assert not laid_down.skilled("eve", "q")
    assert laid_down.skilled("eve", "another")


@pytest.mark.parametrize("spelling", ["Ann", "ANN", "  ann"])
def test_a_listed_person_is_found_however_their_name_is_written(spelling: str) -> None:
    claims = Queue(name="claims", role="reviewer", skills=frozenset({"es"}))
    laid_down = book(claims, people=(ann(roles="reviewer", clients="hill", skills="es"),))

    assert laid_down.may(spelling, "claims", "hill")
    assert not laid_down.may(spelling, "claims", "lakeside")
    assert laid_down.skilled(spelling, "claims")
