"""Telling others of events."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from deskhand.domain.receiver import Receiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """An event as others are told of it. `id` is the same every time it is sent."""

    id: str
    source: str
    type: str
    subject: str
    time: datetime
    client: str
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrived:
    """The receiver has taken a message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NotTaken:
    """It is not known that the receiver has taken a message. Never what it answered in words.

    `retry_after` is the receiver's own wish; not `answered` is a receiver that said nothing.
    """

    problem: str
    retry_after: timedelta | None = None
    answered: bool = True


class Sending(Protocol):
    """Sends while it lasts."""

    async def send(self, message: Message, *, to: Receiver) -> Arrived | NotTaken:
        """Send a message once; it returns in bounded time and raises for no receiver's fault."""
        ...


class Sender(Protocol):
    """Opens what messages are sent through."""

    def open(self) -> AbstractAsyncContextManager[Sending]:
        """Open it; several messages may be sent at the same time."""
        ...
