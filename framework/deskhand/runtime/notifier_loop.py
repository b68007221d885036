"""The notifier's loop: notes what people should know, tells them, notes how it went."""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from deskhand.domain.identifiers import WorkerId
from deskhand.ports.notifier import Delivered, NotDelivered, Notifier
from deskhand.ports.observer import Observer
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.note_facts import Lookout, note_facts
from deskhand.use_cases.pass_on import Secretary, pass_on_late_pages
from deskhand.use_cases.tell_people import Outgoing, next_outgoing, note_failure, note_told

_UNKNOWN = NotDelivered(problem="notify.yaml has no such target", for_good=True)


@dataclass(slots=True, kw_only=True)
class NotifierLoop:
    """Tells people; `notifiers` has one for each target, by its name."""

    lookout: Lookout
    secretary: Secretary
    notifiers: Mapping[str, Notifier]
    thread: StoreThread
    observer: Observer
    holder: WorkerId
    name: str = "notifier"
    every: timedelta = timedelta(seconds=15)

    async def tick(self) -> None:
        """Note what is new, pass on what was not heard, then tell until nothing is due."""
        await self.thread.run(note_facts, lookout=self.lookout, holder=self.holder)
        for page in await self.thread.run(
            pass_on_late_pages, secretary=self.secretary, holder=self.holder
        ):
            self.observer.tell("page_not_taken", place=page.target, passed_on_to=page.to)
        while outgoing := await self._next():
            # All of them to their end, whatever one of them meets: it is told afterwards.
            endings = await asyncio.gather(
                *(self._tell(one) for one in outgoing), return_exceptions=True
            )
            for ending in endings:
                if ending is not None:
                    raise ending

    async def _next(self) -> list[Outgoing]:
        return await self.thread.run(next_outgoing, secretary=self.secretary, holder=self.holder)

    async def _tell(self, outgoing: Outgoing) -> None:
        notifier = self.notifiers.get(outgoing.notification.target)
        answer = _UNKNOWN if notifier is None else await notifier.deliver(outgoing.announcement)
        match answer:
            case Delivered():
                await self.thread.run(note_told, outgoing, secretary=self.secretary)
            case NotDelivered():
                await self._failed(outgoing, answer)

    async def _failed(self, outgoing: Outgoing, why: NotDelivered) -> None:
        given_up = await self.thread.run(
            note_failure,
            outgoing,
            why,
            chance=random.random(),  # noqa: S311 - jitter, no secret
            secretary=self.secretary,
        )
        self.observer.tell(
            "notification_given_up" if given_up else "notification_not_taken",
            place=outgoing.notification.target,
            problem=why.problem,
        )
