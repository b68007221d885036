"""Test data of what people are told: facts, a notification, one that was sent."""

from dataclasses import replace
from datetime import timedelta

from deskhand.domain.identifiers import NotificationId
from deskhand.domain.notification import Fact, Notification, NotificationState, Rule
from deskhand.ports.store import Transaction
from tests.making import NOW, an_entry


def a_fact(key: str = "log:1", rule: Rule = Rule.CASE_OVERDUE, **changes: object) -> Fact:
    fact = Fact(key=key, rule=rule, queue="claims", client="lakeside")
    return replace(fact, **changes)  # type: ignore[arg-type]


def a_notification(id: str = "n1", **changes: object) -> Notification:
    notification = Notification(
        id=NotificationId(id),
        target="ann",
        topic=Rule.CASE_OVERDUE.value,
        opened_at=NOW,
        next_try_at=NOW + timedelta(minutes=10),
    )
    return replace(notification, **changes)  # type: ignore[arg-type]


def a_left(due: Notification, *, count: int = 1, wakes: bool = False) -> Notification:
    """Return a notification as it is once it was handed over."""
    return due.leaving(at=NOW, again_at=NOW + timedelta(hours=1), count=count, wakes=wakes)


def end(
    tx: Transaction, due: Notification, state: NotificationState = NotificationState.SENT
) -> Notification:
    """Record what became of a notification, and save it."""
    seq = tx.record(an_entry(due.stream, "notification", state.value))
    ended = due.moved_to(state, audit_seq=seq, at=NOW)
    tx.notifications.save(ended)
    return ended
