"""A message to be told, as the tests of every notifier tell it."""

from datetime import datetime

from deskhand.domain.announcement import Announcement
from deskhand.domain.identifiers import NotificationId
from tests.making import NOW


def an_announcement(
    *, subject: str = "deskhand: 2 cases are overdue", body: str = "Two.\n", at: datetime = NOW
) -> Announcement:
    return Announcement(
        id=NotificationId("0197a1"),
        at=at,
        subject=subject,
        body=body,
        facts={"topic": "case.overdue", "count": 2, "lines": []},
    )
