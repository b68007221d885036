"""What people are told: notifications and the facts in them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deskhand.domain.identifiers import NotificationId
from deskhand.domain.notification import Fact, Line, Notification, NotificationState


@dataclass(frozen=True, slots=True, kw_only=True)
class NotificationFilter:
    """Which notifications to list; None means any."""

    state: NotificationState | None = None
    target: str | None = None


class Notifications(Protocol):
    """Notifications, and which facts are in which of them."""

    def latest(self, target: str, topic: str) -> Notification | None:
        """Return a target's newest notification of a topic; one that was dropped is none."""
        ...

    def noticed(self, target: str, keys: Collection[str]) -> Mapping[str, datetime]:
        """Return when a target's notifications took these facts up for the last time."""
        ...

    def add(self, new: Notification) -> None:
        """Keep a new notification, which is due and on no record yet."""
        ...

    def known(self, id: NotificationId) -> bool:
        """Whether there is one of this id."""
        ...

    def take_up(self, into: Notification, facts: Sequence[Fact], *, at: datetime) -> None:
        """Keep facts in a notification that has not left."""
        ...

    def forget_closed(self, id: NotificationId) -> None:
        """Take out of a notification that has not left what is about a case that is closed."""
        ...

    def lines(self, id: NotificationId) -> list[Line]:
        """Return what is in a notification, counted by rule and place."""
        ...

    def wakes(self, id: NotificationId, *, before: datetime | None) -> bool:
        """Whether somebody is woken for what is in a notification, in a night that ends then.

        By day, None, only for what wakes people whenever it is due.
        """
        ...

    def still_so(self, id: NotificationId) -> bool:
        """Whether something of what is in a notification is about no case that is closed."""
        ...

    def knows(self, target: str, id: NotificationId) -> bool:
        """Whether a target is told all that is in a notification by messages of its own."""
        ...

    def stands_in(self, target: str, id: NotificationId) -> bool:
        """Whether a target has been handed what is in a notification, in another one's place."""
        ...

    def late_pages(self, *, since: datetime, limit: int) -> list[Notification]:
        """Return pages that were not taken since then, and not passed on; oldest first, locked."""
        ...

    def was_heard(self, id: NotificationId) -> bool:
        """Whether somebody has been told all that is in a notification, in whatever message."""
        ...

    def unheard_pages(self, *, since: datetime) -> int:
        """Count the pages that nobody has taken since then, and no person has seen to."""
        ...

    def waiting(self, *, now: datetime) -> bool:
        """Whether there is one whose time has come."""
        ...

    def due(self, *, now: datetime, limit: int) -> list[Notification]:
        """Return those whose time has come, oldest first, locked."""
        ...

    def get(self, id: NotificationId) -> Notification:
        """Return a notification, locked until the transaction ends; raises `NotFoundError`."""
        ...

    def named(self, name: str) -> Notification:
        """Return a notification by its id or the beginning of it; raises `NotFoundError`."""
        ...

    def save(self, changed: Notification) -> None:
        """Write how far a notification has come; a new state must stand in the log."""
        ...

    def find(self, wanted: NotificationFilter, *, limit: int) -> list[Notification]:
        """Return notifications, newest first."""
        ...
