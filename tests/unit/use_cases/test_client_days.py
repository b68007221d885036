"""A client's day is that of their calendar, also in the evening, when UTC has the next one."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from deskhand.domain.business_hours import BusinessHours
from deskhand.domain.calendars import ALWAYS, Calendars
from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.queue import QueueBook
from deskhand.use_cases.correct_item import Correction, fix_case
from tests.unit.use_cases.office import SOURCE, Office, word

EVENING = datetime(2026, 2, 1, 2, 30, tzinfo=UTC)  # in Chicago, January 31, 20:30
CHICAGO = Calendars(
    hours={"chicago": BusinessHours(timezone=ZoneInfo("America/Chicago"), week=ALWAYS.week)},
    clients={"lakeside": "chicago"},
)
SAME_DAY = SOURCE.replace(
    "item:\n",
    "item:\n"
    "  checks:\n"
    "    - {that: \"date(default(item.note, '2026-01-31')) >= today\", else: PAST}\n"
    "  due: today\n",
    1,
)
NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="NO", step="submit_claim"))


def in_chicago(office: Office) -> Office:
    office.book = QueueBook(calendars=CHICAGO)
    office.source = SAME_DAY
    office.clock.turn(EVENING - office.clock.now())
    return office


def test_an_item_of_the_last_day_is_taken_in_until_the_clients_midnight(office: Office) -> None:
    in_chicago(office).accept("C-1", note="2026-01-31")

    assert office.item("C-1").due == datetime(2026, 2, 1, 6, 0, tzinfo=UTC)


def test_a_correction_is_checked_on_the_clients_day(office: Office) -> None:
    in_chicago(office).accept("C-1", note="2026-02-03")
    office.settle(office.begin_next(), NO)

    fix_case(word("C-1"), Correction(changes={"note": "2026-01-31"}), desk=office.desk)

    assert office.item("C-1").due == datetime(2026, 2, 1, 6, 0, tzinfo=UTC)


def test_a_client_without_a_calendar_has_the_days_of_utc() -> None:
    assert QueueBook(calendars=CHICAGO).zone("hill") is UTC
