"""Notifications to web addresses: the same signed requests as events."""

from deskhand.domain.announcement import Announcement
from deskhand.domain.receiver import Receiver
from deskhand.ports.notifier import Delivered, NotDelivered
from deskhand.ports.sender import Arrived, Message, NotTaken, Sender

TYPE = "deskhand.notification"


class WebhookNotifier:
    """Posts to one address (`deskhand.ports.notifier.Notifier`).

    A message has the same `id` at every try, so that one that comes twice is known.
    """

    def __init__(self, sender: Sender, *, to: Receiver, log: str) -> None:
        self._sender = sender
        self._to = to
        self._log = log

    async def deliver(self, announcement: Announcement) -> Delivered | NotDelivered:
        message = Message(
            id=announcement.id,
            source=f"urn:deskhand:{self._log}",
            type=TYPE,
            subject=str(announcement.facts["topic"]),
            time=announcement.at,
            client="",
            data={
                **announcement.facts,
                "subject": announcement.subject,
                "body": announcement.body,
            },
        )
        async with self._sender.open() as sending:
            answer = await sending.send(message, to=self._to)
        match answer:
            case Arrived():
                return Delivered(said="taken")
            case NotTaken():
                return NotDelivered(problem=answer.problem, retry_after=answer.retry_after)
