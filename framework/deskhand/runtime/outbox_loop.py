"""The outbox's loop: takes what is due, sends it, notes how it went."""

import asyncio
import json
import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from deskhand.domain.account import Account, account_name
from deskhand.domain.dispatch import Parcel
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.identifiers import AccountName, WorkerId
from deskhand.domain.receiver import INSIDE
from deskhand.errors import StoreUnavailableError
from deskhand.ports.observer import Observer
from deskhand.ports.sender import Arrived, Message, NotTaken, Sender, Sending
from deskhand.ports.store import Store
from deskhand.runtime.store_inbox import Listener
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.accept_rows import RowDelivery
from deskhand.use_cases.deliver_events import (
    Addressees,
    FailedTry,
    Patience,
    deliver_inside,
    next_parcels,
    note_arrival,
    note_failure,
)
from deskhand.use_cases.receive_rows import Reception


@dataclass(slots=True, kw_only=True)
class OutboxLoop:
    """Delivers events to others and to our own runbooks; `inside` has these by their names."""

    store: Store
    thread: StoreThread
    sender: Sender
    addressees: Addressees
    inside: Mapping[str, Listener]
    accounts: Mapping[AccountName, Account]
    reception: Reception
    patience: Patience
    observer: Observer
    holder: WorkerId
    name: str = "outbox"
    every: timedelta = timedelta(seconds=1)
    _silent: set[str] = field(default_factory=set, init=False)

    async def tick(self) -> None:
        """Deliver until nothing is due.

        Whoever does not answer is left until the next time: each silence takes as long as a try
        may last, and the events of all others would wait for it.
        """
        self._silent.clear()
        parcels = await self._next()
        if not parcels:
            return
        async with self.sender.open() as sending:
            while parcels:
                # All of them to their end, whatever one of them meets: it is told afterwards.
                endings = await asyncio.gather(
                    *(self._guarded(parcel, sending) for parcel in parcels), return_exceptions=True
                )
                for ending in endings:
                    if ending is not None:
                        raise ending
                parcels = await self._next()

    async def _next(self) -> list[Parcel]:
        return await self.thread.run(
            next_parcels,
            store=self.store,
            clock=self.reception.clock,
            addressees=self.addressees,
            holder=self.holder,
            but_not=tuple(self._silent),
        )

    async def _guarded(self, parcel: Parcel, sending: Sending) -> None:
        """Deliver, or count a failed try: else what fails here would be tried for ever, unseen."""
        try:
            await self._deliver(parcel, sending)
        except StoreUnavailableError:
            raise  # it is not known what was written: the next time shows it
        except Exception as error:  # noqa: BLE001 - one event must not stop all the others
            await self._failed(parcel, NotTaken(problem=f"failed here ({type(error).__name__})"))

    async def _deliver(self, parcel: Parcel, sending: Sending) -> None:
        receiver = parcel.dispatch.receiver
        if receiver.startswith(INSIDE):
            await self._start_item(parcel, runbook=receiver.removeprefix(INSIDE))
            return
        known = self.addressees.receivers.get(receiver)
        if known is None:
            await self._failed(parcel, NotTaken(problem="receivers.yaml has no such receiver"))
            return
        answer = await sending.send(self._message(parcel), to=known)
        match answer:
            case Arrived():
                await self.thread.run(
                    note_arrival, parcel, store=self.store, clock=self.reception.clock
                )
            case NotTaken():
                if not answer.answered:
                    self._silent.add(receiver)
                await self._failed(parcel, answer)

    async def _start_item(self, parcel: Parcel, *, runbook: str) -> None:
        listener = self.inside.get(f"{runbook}/{parcel.event.event}")
        if listener is None:
            await self._failed(parcel, NotTaken(problem="no runbook of this name listens"))
            return
        client = parcel.event.client or "main"
        account = account_name(listener.runbook.portal, client)
        if account not in self.accounts:
            await self._failed(parcel, NotTaken(problem=f"there is no account {account}"))
            return
        to = RowDelivery(
            runbook=listener.runbook,
            client=client,
            binder=listener.binder,
            folder=None,
            by=Actor(kind=ActorKind.SERVICE, id=f"event:{parcel.event.event}"),
            book=self.reception.book,
        )
        problems = await self.thread.run(
            deliver_inside, parcel, to, store=self.store, reception=self.reception
        )
        if problems:
            why = NotTaken(problem="its data does not fit the runbook")
            await self._failed(parcel, why, detail="; ".join(problems))

    async def _failed(self, parcel: Parcel, why: NotTaken, *, detail: str = "") -> None:
        chance = random.random()  # noqa: S311 - jitter, no secret
        given_up = await self.thread.run(
            note_failure,
            parcel,
            FailedTry(why=why, chance=chance, detail=detail),
            store=self.store,
            reception=self.reception,
            patience=self.patience,
        )
        self.observer.tell(
            "event_given_up" if given_up else "event_not_taken",
            place=parcel.dispatch.receiver,
            problem=why.problem,
        )

    def _message(self, parcel: Parcel) -> Message:
        event = parcel.event
        return Message(
            id=parcel.dispatch.event_id,
            source=f"urn:deskhand:{self.addressees.log}",
            type=event.event,
            subject=event.subject,
            time=event.emitted_at,
            client=event.client,
            data=json.loads(event.body),
        )
