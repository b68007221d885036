"""Decide about the slots that have come: which fire, which are skipped, and why.

One transaction a look: it holds the trigger, so of any number of hosts one decides, and a
process that dies in it leaves the slots for the next look.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice, takewhile

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.runbook import CronTrigger, Runbook
from deskhand.domain.schedule import (
    KnownTrigger,
    SkipReason,
    Slot,
    SlotRules,
    SlotState,
    TriggerSlot,
    Verdict,
    WorkingDays,
    judged,
    slot_id,
)
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction
from deskhand.ports.trigger import TimeTable

AT_ONCE = 200
"""Slots that one transaction decides about; after a long outage the next look goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedTrigger:
    """A time table of the project, and the clients whose sources it asks."""

    name: TriggerName
    runbook: Runbook
    trigger: CronTrigger
    clients: tuple[str, ...]
    working_days: WorkingDays | None = None

    def rules(self, known: KnownTrigger) -> SlotRules:
        """Return what decides about its slots."""
        return SlotRules(
            grace=self.trigger.grace,
            catch_up=self.trigger.catch_up,
            working_days=self.working_days,
            paused=known.paused,
        )


def decide_slots(
    watched: WatchedTrigger, *, store: Store, clock: Clock, time_table: TimeTable, by: Actor
) -> list[TriggerSlot]:
    """Decide about the slots that have come since the last look; return those that are due.

    A trigger that is seen for the first time begins now.
    """
    with store.reading() as tx:
        known = tx.triggers.known(watched.name)
    now = clock.now()
    if known is not None and not _come(watched, known, time_table, now=now):
        return []
    with store.transaction() as tx:
        known = tx.triggers.known(watched.name)
        if known is None:
            tx.triggers.save(KnownTrigger(name=watched.name, decided_to=now))
            return []
        # Looked at again: another host may have decided while we waited for the trigger.
        come = _come(watched, known, time_table, now=now)
        if not come:
            return []
        more = len(come) > AT_ONCE
        if more:
            # Slots of one moment stay together: `decided_to` could not tell them apart.
            come = [slot for slot in come if slot.at < come[-1].at]
        judgement = judged(come, watched.rules(known), now=now, more=more, owed=known.owed)
        ledger = _Ledger(tx=tx, watched=watched, by=by, now=now)
        due = [slot for verdict in judgement.verdicts for slot in ledger.note(verdict)]
        tx.triggers.save(replace(known, decided_to=come[-1].at, owed=judgement.owed))
    return due


def _come(
    watched: WatchedTrigger, known: KnownTrigger, time_table: TimeTable, *, now: datetime
) -> Sequence[Slot]:
    """Return the slots that have come, and one more than are decided about at once."""
    following = time_table.slots(watched.trigger, after=known.decided_to)
    return list(islice(takewhile(lambda slot: slot.at <= now, following), AT_ONCE + 1))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ledger:
    """Notes what was decided about slots, each with its record."""

    tx: Transaction
    watched: WatchedTrigger
    by: Actor
    now: datetime

    def note(self, verdict: Verdict) -> list[TriggerSlot]:
        """Note a verdict; return what is due now: one for each client."""
        verdict = self._with_a_free_name(verdict)
        skipped = verdict.skipped
        if skipped is None and not self.watched.clients:
            skipped = SkipReason.NO_CLIENT
        if skipped is not None:
            self._add(self._slot(verdict, SlotState.SKIPPED, reason=skipped.value))
            return []
        return [
            self._add(self._slot(verdict, SlotState.DUE, client=client))
            for client in self.watched.clients
        ]

    def _with_a_free_name(self, verdict: Verdict) -> Verdict:
        slot, has_slot = verdict.slot, self.tx.triggers.has_slot
        free = next(wall for wall in slot.names() if not has_slot(self.watched.name, wall))
        return verdict if free == slot.wall else replace(verdict, slot=replace(slot, wall=free))

    def _slot(
        self, verdict: Verdict, state: SlotState, *, client: str = "", reason: str | None = None
    ) -> TriggerSlot:
        watched, slot = self.watched, verdict.slot
        return TriggerSlot(
            id=slot_id(watched.name, slot.wall, client),
            trigger=watched.name,
            slot=slot.wall,
            client=client,
            state=state,
            audit_seq=0,
            due_at=slot.at,
            decided_at=self.now,
            ask_until=self.now + watched.trigger.grace,
            stands_for=verdict.stands_for,
            reason=reason,
            ended_at=self.now if state is SlotState.SKIPPED else None,
        )

    def _add(self, slot: TriggerSlot) -> TriggerSlot:
        due = slot.state is SlotState.DUE
        facts = {"stands_for": slot.stands_for} if due else {"reason": slot.reason}
        seq = self.tx.record(
            Entry(
                stream=slot.stream,
                type=RecordType.TRIGGER_CLAIMED if due else RecordType.TRIGGER_SKIPPED,
                subject=slot.subject,
                state=slot.state.value,
                actor=self.by,
                at=self.now,
                data={"slot": slot.slot, "client": slot.client, **facts},
            )
        )
        told = replace(slot, audit_seq=seq)
        self.tx.triggers.add_slot(told)
        return told
