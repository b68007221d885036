"""Two loops of a host: one decides about slots in time, the other asks the sources of due ones.

Apart, so that a slow source never makes a slot late. Any number of hosts run both.
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor
from deskhand.domain.identifiers import AccountName, TriggerName
from deskhand.domain.schedule import TriggerSlot
from deskhand.errors import StoreConflictError, StoreError, StoreUnavailableError
from deskhand.ports.action import ActionAnswer, Failed, Stage
from deskhand.ports.observer import Observer
from deskhand.ports.trigger import Alarm, TimeTable
from deskhand.runtime.source_call import ask_source
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.decide_slots import WatchedTrigger, decide_slots
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.fire_slot import settle_slot
from deskhand.use_cases.take_slot import Firing, enter_account, let_go, take_slot
from deskhand.use_cases.tell_ahead import tell_ahead

AT_ONCE = 4
"""Sources that one host asks at the same time."""

LOOKED_AT = 50
"""Slots that one look finds: more than are asked at once, as other hosts may hold some."""


@dataclass(slots=True, kw_only=True)
class SlotLoop:
    """Decides about slots: when the alarm rings for the next one, and every so often besides."""

    watched: Sequence[WatchedTrigger]
    desk: Desk
    time_table: TimeTable
    alarm: Alarm
    observer: Observer
    thread: StoreThread
    by: Actor
    wake: asyncio.Event
    due: asyncio.Event
    name: str = "triggers"
    every: timedelta = timedelta(seconds=15)
    _looked: dict[TriggerName, datetime] = field(default_factory=dict)

    async def tick(self) -> None:
        """Decide about everything that has come, and set the alarm for what comes next."""
        for one in self.watched:
            try:
                await self._decide(one)
            except StoreUnavailableError:
                raise
            except Exception as error:  # noqa: BLE001 - one trigger must not stop all the others
                problem = str(error) if isinstance(error, StoreError) else type(error).__name__
                self.observer.tell("trigger_troubled", trigger=one.name, problem=problem)
        now = self.desk.clock.now()
        coming = (next(self.time_table.slots(one.trigger, after=now)) for one in self.watched)
        self.alarm.set(min(slot.at for slot in coming))

    async def _decide(self, watched: WatchedTrigger) -> None:
        if await self.thread.run(tell_ahead, watched, desk=self.desk, by=self.by):
            self.observer.tell("trigger_ahead", trigger=watched.name)
        now = self.desk.clock.now()
        due = await self.thread.run(
            decide_slots,
            watched,
            store=self.desk.store,
            clock=self.desk.clock,
            time_table=self.time_table,
            by=self.by,
            since=self._looked.get(watched.name),
        )
        self._looked[watched.name] = now
        for slot in due:
            self.observer.tell("slot_due", slot=slot.id, stands_for=slot.stands_for)
            self.due.set()


@dataclass(slots=True, kw_only=True)
class SourceLoop:
    """Asks the sources of due slots, and takes in what they answer.

    `folder` is the project's; `at_once` how many sessions each of its accounts allows.
    """

    watched: Mapping[TriggerName, WatchedTrigger]
    desk: Desk
    stage: Stage
    observer: Observer
    thread: StoreThread
    by: Actor
    holder: str
    folder: Path
    at_once: Mapping[AccountName, int] = field(default_factory=dict)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    name: str = "sources"
    every: timedelta = timedelta(seconds=5)

    async def tick(self) -> None:
        """Ask for some of the slots that are due now."""
        due = await self.thread.run(self._due)
        turns = asyncio.Semaphore(AT_ONCE)

        async def in_turn(slot: TriggerSlot) -> TriggerSlot | None:
            async with turns:
                return await self.fire(slot)

        fired = await asyncio.gather(*map(in_turn, due))
        if len(due) == LOOKED_AT and any(fired):
            self.wake.set()

    async def fire(self, slot: TriggerSlot) -> TriggerSlot | None:
        """Fire one slot; None when another host has it, or the store is away."""
        try:
            return await self._fire(slot)
        except StoreError as error:
            # The lease runs out: whoever comes then asks again.
            self.observer.tell("slot_not_settled", slot=slot.id, problem=str(error))
            return None

    async def _fire(self, slot: TriggerSlot) -> TriggerSlot | None:
        taken = await self.thread.run(take_slot, slot.id, holder=self.holder, desk=self.desk)
        if taken is None:
            return None
        firing = Firing(
            slot=taken,
            watched=self.watched[taken.trigger],
            holder=self.holder,
            by=self.by,
            folder=self.folder,
        )
        try:
            answer = await self._answer(firing)
        except asyncio.CancelledError:
            await self.thread.run(let_go, slot.id, holder=self.holder, store=self.desk.store)
            raise
        settled = await self._settled(firing, answer)
        if settled is not None:
            self.observer.tell(
                "slot_settled",
                slot=settled.id,
                state=settled.state.value,
                accepted=settled.accepted,
                rejected=settled.rejected,
            )
        return settled

    async def _settled(self, firing: Firing, answer: ActionAnswer) -> TriggerSlot | None:
        chance = secrets.SystemRandom().random()
        run, desk = self.thread.run, self.desk
        try:
            return await run(settle_slot, firing, answer, desk=desk, chance=chance)
        except StoreConflictError as error:
            # Another one took the same rows in at this moment: asked again, they are repeats.
            cause = Cause(kind=CauseKind.SYSTEM, code=SystemCode.TRANSIENT, message=str(error))
        except StoreUnavailableError:
            raise
        except Exception as error:  # noqa: BLE001 - else it would be asked for ever, and nobody told
            cause = Cause(
                kind=CauseKind.SYSTEM, code=SystemCode.RUNBOOK_FAULTY, message=type(error).__name__
            )
        return await run(settle_slot, firing, Failed(cause=cause), desk=desk, chance=chance)

    async def _answer(self, firing: Firing) -> ActionAnswer:
        at_once = self.at_once.get(firing.account)
        refusal = await self.thread.run(enter_account, firing, at_once=at_once, desk=self.desk)
        if refusal is not None:
            return refusal
        return await ask_source(firing, stage=self.stage, clock=self.desk.clock)

    def _due(self) -> list[TriggerSlot]:
        with self.desk.store.reading() as tx:
            return tx.triggers.due(tuple(self.watched), now=self.desk.clock.now(), limit=LOOKED_AT)
