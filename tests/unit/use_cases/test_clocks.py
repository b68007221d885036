"""Cases have clocks: when they are due, who is told of it, where they go."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from deskhand.domain.business_hours import BusinessHours, BusinessTime, Opening
from deskhand.domain.calendars import Calendars
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import ExceptionCase, Told
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.queue import ClockKind, Person, Queue, QueueBook
from deskhand.errors import DecisionRefusedError
from deskhand.ports.store import Event
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.sweeper import Sweeper
from deskhand.use_cases.decide_case import reject_case, retry_case
from deskhand.use_cases.snooze_case import snooze_case
from deskhand.use_cases.sweep_cases import Swept, sweep_cases
from deskhand.use_cases.take_case import take_case
from tests.making import ACCOUNT, ANN, NOW
from tests.unit.use_cases.office import Office, word

NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND", message="no"))
FAULTY = NeedsPerson(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.BOT_FAULTY))
CAPTCHA = NeedsPerson(cause=Cause(kind=CauseKind.STOP, code="CAPTCHA"))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
TEN_HOURS = Queue(
    name="claims",
    within=BusinessTime(hours=10 * HOUR),
    clock=ClockKind.ALWAYS,
    escalate_to="supervisors",
)


@dataclass(slots=True)
class Seen:
    """An observer that shows what it heard."""

    told: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def tell(self, event: str, **fields: object) -> None:
        self.told.append((event, fields))


def case_of(office: Office, claim: str = "C-1") -> ExceptionCase:
    with office.store.reading() as tx:
        return tx.cases.of_item(office.item(claim).id)[-1]


def about_account(office: Office) -> ExceptionCase:
    with office.store.reading() as tx:
        case = tx.cases.open_of_account(ACCOUNT)
    assert case is not None
    return case


def book(*queues: Queue, people: tuple[Person, ...] = ()) -> QueueBook:
    return QueueBook(
        queues={queue.name: queue for queue in queues},
        people={person.name: person for person in people},
    )


def sweep(office: Office) -> Swept:
    return sweep_cases(store=office.store, clock=office.clock, book=office.book)


def events(office: Office) -> list[Event]:
    with office.store.reading() as tx:
        return tx.outbox.of_item(office.item("C-1").id)


def told(office: Office, stream: str) -> list[str]:
    with office.store.reading() as tx:
        rows = tx.audit_log.of_stream(stream)
    clocks = (RecordType.CASE_AT_RISK, RecordType.CASE_OVERDUE, RecordType.CASE_ESCALATED)
    return [row.type for row in rows if row.type in clocks]


def test_a_case_is_due_as_its_kind_says_under_the_clock_of_its_client(office: Office) -> None:
    office.accept("C-1")
    office.perform(NO)
    office.accept("C-2")
    office.perform(FAULTY)

    business, system = case_of(office, "C-1"), case_of(office, "C-2")

    assert (business.due_at, business.risk_at) == (NOW + DAY, NOW + 6.4 * HOUR)
    assert (system.due_at, system.risk_at) == (NOW + 4 * HOUR, NOW + 3.2 * HOUR)


def test_a_client_has_a_calendar_of_their_own(office: Office) -> None:
    us = BusinessHours(
        timezone=ZoneInfo("America/New_York"), week=(*[(Opening(time(8), time(17)),)] * 5, (), ())
    )
    office.book = QueueBook(calendars=Calendars(hours={"us": us}, clients={"lakeside": "us"}))
    office.accept("C-1")

    office.perform(FAULTY)

    assert case_of(office).due_at == datetime(2026, 5, 4, 16, tzinfo=UTC)


def test_a_reference_that_is_taken_twice_is_due_too(office: Office) -> None:
    office.accept("C-1")
    office.accept("C-1", note="another")

    with office.store.reading() as tx:
        conflict = tx.cases.named("C-1")

    assert conflict.due_at == NOW + DAY


def test_a_case_that_comes_back_wins_no_time(office: Office) -> None:
    office.accept("C-1")
    office.perform(NO)
    first = case_of(office)
    office.clock.turn(2 * HOUR)
    retry_case(word("C-1"), desk=office.desk)

    office.perform(NO)

    second = case_of(office)
    assert second.came_back
    assert second.opened_at > first.opened_at
    assert (second.due_at, second.risk_at) == (first.due_at, first.risk_at)


def test_a_case_of_another_cause_has_its_own_time(office: Office) -> None:
    office.accept("C-1")
    office.perform(NO)
    office.clock.turn(HOUR)
    retry_case(word("C-1"), desk=office.desk)

    office.perform(FAULTY)

    assert case_of(office).due_at == office.clock.at + 4 * HOUR


def test_each_case_is_told_of_once_when_it_is_at_risk_and_once_when_it_is_overdue(
    office: Office,
) -> None:
    office.accept("C-1")
    office.perform(FAULTY)
    swept = []
    for _ in range(12):
        swept += [sweep(office), sweep(office)]
        office.clock.turn(HOUR / 2)

    assert sum(swept, start=Swept()) == Swept(at_risk=1, overdue=1)
    assert told(office, office.item("C-1").stream) == ["case.at_risk", "case.overdue"]
    assert [(event.event, event.subject) for event in events(office)] == [
        ("case.at_risk", case_of(office).id),
        ("case.overdue", case_of(office).id),
    ]
    assert case_of(office).told is Told.OVERDUE


def test_what_is_told_of_a_case_says_where_it_is_and_nothing_of_its_item(office: Office) -> None:
    office.accept("C-1")
    office.perform(FAULTY)
    office.clock.turn(3.5 * HOUR)

    sweep(office)

    (event,) = events(office)
    body: dict[str, Any] = json.loads(event.body)
    case = case_of(office)
    assert case.due_at is not None
    assert body == {
        "case": case.id,
        "item": case.item,
        "client": "lakeside",
        "runbook": "claims.tiny",
        "queue": "engineers",
        "kind": "system",
        "code": "BOT_FAULTY",
        "due_at": case.due_at.isoformat(),
    }


def test_after_a_long_night_without_a_sweeper_both_are_told_in_order(office: Office) -> None:
    office.accept("C-1")
    office.perform(FAULTY)
    office.clock.turn(30 * DAY)

    assert sweep(office) == Swept(at_risk=1, overdue=1)

    assert [event.event for event in events(office)] == ["case.at_risk", "case.overdue"]


def test_a_case_that_was_decided_in_time_is_told_of_to_nobody(office: Office) -> None:
    office.accept("C-1")
    office.perform(FAULTY)
    reject_case(word("C-1"), desk=office.desk)
    office.clock.turn(30 * DAY)

    assert sweep(office) == Swept()


def test_the_case_of_an_account_has_a_clock_as_well(office: Office) -> None:
    office.accept("C-1")
    office.perform(CAPTCHA)
    office.clock.turn(5 * HOUR)

    swept = sweep(office)

    assert swept.overdue >= 1
    assert about_account(office).told is Told.OVERDUE
    assert told(office, f"account:{ACCOUNT}") == ["case.at_risk", "case.overdue"]


def test_an_overdue_case_goes_to_the_queue_above_and_stays_with_who_has_it(
    office: Office,
) -> None:
    boss = Queue(name="supervisors", role="boss")
    office.book = book(TEN_HOURS, boss, people=(Person(name="bob", roles=frozenset({"boss"})),))
    office.accept("C-1", "C-2")
    office.perform(NO)
    office.perform(NO)
    take_case("C-1", by=ANN, store=office.store, clock=office.clock, book=office.book)
    office.clock.turn(10 * HOUR)

    swept = sweep(office)

    first = case_of(office)
    assert swept == Swept(at_risk=2, overdue=2, escalated=2)
    assert (first.queue, first.escalated_from, first.taken_by) == ("supervisors", "claims", "ann")
    with pytest.raises(DecisionRefusedError, match=r"role boss.* not for ann; who may: bob"):
        retry_case(word("C-2"), desk=office.desk)
    retry_case(word("C-1"), desk=office.desk)
    assert told(office, first.stream) == ["case.at_risk", "case.overdue", "case.escalated"]


def test_a_snoozed_case_rests_with_its_clock_running(office: Office) -> None:
    office.accept("C-1")
    office.perform(FAULTY)

    resting = snooze_case(word("C-1"), until=NOW + DAY, desk=office.desk)
    office.clock.turn(4 * HOUR)

    assert resting.snoozed_until == NOW + DAY
    assert sweep(office) == Swept(at_risk=1, overdue=1)
    taken = take_case("C-1", by=ANN, store=office.store, clock=office.clock, book=office.book)
    assert taken.snoozed_until is None


@pytest.mark.parametrize(
    ("until", "reason", "problem"),
    [
        (NOW, "later", "until a moment in the next 92 days"),
        (NOW + 93 * DAY, "later", "until a moment in the next 92 days"),
        (NOW + DAY, " ", "needs a reason"),
    ],
)
def test_a_case_is_snoozed_for_a_while_and_for_a_reason(
    office: Office, until: datetime, reason: str, problem: str
) -> None:
    office.accept("C-1")
    office.perform(NO)

    with pytest.raises(DecisionRefusedError, match=problem):
        snooze_case(word("C-1", reason=reason), until=until, desk=office.desk)


@pytest.mark.asyncio
async def test_the_sweepers_loop_tells_operators_numbers_when_there_are_some(
    office: Office,
) -> None:
    office.accept("C-1")
    office.perform(FAULTY)
    office.clock.turn(5 * HOUR)
    seen, thread = Seen(), StoreThread()
    sweeper = Sweeper(
        store=office.store,
        seal=office.seal,
        clock=office.clock,
        observer=seen,
        thread=thread,
        book=office.book,
    )

    await sweeper.tick()
    await sweeper.tick()

    thread.close()
    assert seen.told == [("cases_swept", {"at_risk": 1, "overdue": 1, "escalated": 0})]
