"""Moments in New York, and what is told in them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from deskhand.domain.business_hours import BusinessHours, Opening
from deskhand.domain.notification import Notification, NotificationState, Rule
from deskhand.domain.notify_rules import (
    Gathering,
    NotifyBook,
    NotifyRule,
    Told,
    shift_between,
)
from tests.making_notifications import a_notification

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = BusinessHours(
    timezone=NEW_YORK,
    week=(*[(Opening(time(8), time(17)),)] * 5, (), ()),
    closed=frozenset({date(2026, 5, 25)}),
)
ANN = ("ann",)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
OVERDUE = NotifyRule(rule=Rule.CASE_OVERDUE, to=ANN)


def at(text: str) -> datetime:
    """Return a moment: `05-04 12:00` in the year 2026."""
    return datetime.fromisoformat(f"2026-{text}").replace(tzinfo=NEW_YORK).astimezone(UTC)


def shift(*, ends: int = 7, begins: int = 19, working: bool = True) -> BusinessHours:
    return shift_between(
        ends=time(ends),
        begins=time(begins),
        timezone=NEW_YORK,
        working_days=OFFICE if working else None,
    )


def book(*rules: NotifyRule, night: bool = True) -> NotifyBook:
    return NotifyBook(rules=rules or (OVERDUE,), shift=shift() if night else None)


def told(
    *latest: Notification, noticed: Iterable[tuple[str, datetime]] = (), target: str = "ann"
) -> Told:
    return Told(
        latest={(one.target, one.topic): one for one in latest},
        noticed={(target, key): moment for key, moment in noticed},
    )


def sent(moment: datetime, **changes: object) -> Notification:
    one = a_notification(
        opened_at=moment, next_try_at=moment, left_at=moment, state=NotificationState.SENT
    )
    return replace(one, **changes)  # type: ignore[arg-type]


def only(gatherings: list[Gathering]) -> Gathering:
    (gathering,) = gatherings
    return gathering
