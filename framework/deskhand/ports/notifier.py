"""Telling people: one message to one target."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Protocol

from deskhand.domain.announcement import Announcement


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The target's server has taken the message.

    `said` are the server's own words, for the person at the terminal who asked: never kept.
    """

    said: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotDelivered:
    """It is not known that the target's server has taken the message.

    `problem` says why and holds nothing of what the server said in words; those are in `said`,
    which is never kept. `for_good` tells that another try would come to the same.
    """

    problem: str
    for_good: bool = False
    said: str = ""
    retry_after: timedelta | None = None


class Notifier(Protocol):
    """Tells one target."""

    async def deliver(self, announcement: Announcement) -> Delivered | NotDelivered:
        """Deliver a message once; it returns in bounded time and raises for no server's fault."""
        ...
