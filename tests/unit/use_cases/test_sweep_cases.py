"""Others are told of a case that is late, once; and it goes to the queue above."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

from deskhand.domain.business_hours import BusinessTime
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import ExceptionCase, Told
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.queue import ClockKind, Person, Queue, QueueBook
from deskhand.errors import DecisionRefusedError
from deskhand.ports.log_store import Event
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.sweeper import Sweeper
from deskhand.use_cases.decide_case import reject_case, retry_case
from deskhand.use_cases.sweep_cases import Swept, sweep_cases
from deskhand.use_cases.take_case import take_case
from tests.making import ACCOUNT, ANN
from tests.making_requests import a_request
from tests.making_triggers import a_slot, a_trigger, add_slot
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
    take_case("C-1", by=ANN, desk=office.desk)
    office.clock.turn(10 * HOUR)

    swept = sweep(office)

    first = case_of(office)
    assert swept == Swept(at_risk=2, overdue=2, escalated=2)
    assert (first.queue, first.escalated_from, first.taken_by) == ("supervisors", "claims", "ann")
    with pytest.raises(DecisionRefusedError, match=r"role boss.* not for ann; who may: bob"):
        retry_case(word("C-2"), desk=office.desk)
    retry_case(word("C-1"), desk=office.desk)
    assert told(office, first.stream) == ["case.at_risk", "case.overdue", "case.escalated"]


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
        triggers=(),
        ids_kept=timedelta(days=1),
    )

    await sweeper.tick()
    await sweeper.tick()

    thread.close()
    assert seen.told == [("cases_swept", {"at_risk": 1, "overdue": 1, "escalated": 0})]


@pytest.mark.asyncio
async def test_the_sweepers_loop_ends_what_is_due_of_triggers_that_are_gone_and_forgets_requests(
    office: Office,
) -> None:
    with office.store.transaction() as tx:
        tx.triggers.save(a_trigger(times="0 5 * * * America/New_York"))
        add_slot(tx, a_slot())
        tx.hooks.add(a_request())
    office.clock.turn(timedelta(days=2))
    seen, thread = Seen(), StoreThread()
    sweeper = Sweeper(
        store=office.store,
        seal=office.seal,
        clock=office.clock,
        observer=seen,
        thread=thread,
        book=office.book,
        triggers=frozenset({TriggerName("claims-submit/evening")}),
        ids_kept=timedelta(days=1),
    )

    await sweeper.tick()
    await sweeper.tick()

    thread.close()
    assert seen.told == [
        ("triggers_left", {"count": 1}),
        ("slot_ended", {"slot": a_slot().id, "reason": "gone"}),
        ("requests_forgotten", {"count": 1}),
    ]
