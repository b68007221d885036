"""Cases have clocks: when they are due, and how long they may rest."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from deskhand.domain.business_hours import BusinessHours, Opening
from deskhand.domain.calendars import Calendars
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.queue import QueueBook
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.decide_case import retry_case
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.snooze_case import snooze_case
from deskhand.use_cases.sweep_cases import Swept, sweep_cases
from deskhand.use_cases.take_case import take_case
from tests.making import ANN, NOW, add_items, an_item
from tests.unit.use_cases.office import Office, word

NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND", message="no"))
FAULTY = NeedsPerson(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.BOT_FAULTY))
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def case_of(office: Office, claim: str = "C-1") -> ExceptionCase:
    with office.store.reading() as tx:
        return tx.cases.of_item(office.item(claim).id)[-1]


def sweep(office: Office) -> Swept:
    return sweep_cases(store=office.store, clock=office.clock, book=office.book)


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


@pytest.mark.parametrize(
    ("due", "times"),
    [
        (NOW + 2 * HOUR, (NOW + 2 * HOUR, NOW + 2 * HOUR)),
        (NOW + 3.5 * HOUR, (NOW + 3.2 * HOUR, NOW + 3.5 * HOUR)),
        (NOW + DAY, (NOW + 3.2 * HOUR, NOW + 4 * HOUR)),
    ],
)
def test_no_case_is_due_later_than_its_item(
    office: Office, due: datetime, times: tuple[datetime, datetime]
) -> None:
    item = an_item(due=due)
    opener = CaseOpener(seal=office.seal, actor=ANN, at=NOW, book=office.book)
    with office.store.transaction() as tx:
        add_items(tx, item)

        case = opener.about_item(tx, item, FAULTY.cause, queue="ops", attempt=None)

    assert (case.risk_at, case.due_at) == times


def test_a_case_of_another_cause_has_its_own_time(office: Office) -> None:
    office.accept("C-1")
    office.perform(NO)
    office.clock.turn(HOUR)
    retry_case(word("C-1"), desk=office.desk)

    office.perform(FAULTY)

    assert case_of(office).due_at == office.clock.at + 4 * HOUR


def test_a_snoozed_case_rests_with_its_clock_running(office: Office) -> None:
    office.accept("C-1")
    office.perform(FAULTY)

    resting = snooze_case(word("C-1"), until=NOW + DAY, desk=office.desk)
    office.clock.turn(4 * HOUR)

    assert resting.snoozed_until == NOW + DAY
    assert sweep(office) == Swept(at_risk=1, overdue=1)
    taken = take_case("C-1", by=ANN, desk=office.desk)
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
