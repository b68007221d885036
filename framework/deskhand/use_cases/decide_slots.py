"""Decide about the slots that have come: which fire, which are skipped, and why.

One transaction a look: it holds the trigger, so of any number of hosts one decides, and a
process that dies in it leaves the slots for the next look.

A time table whose times were edited decides first about what the one before had let come, and
counts from then on. Hosts whose runbooks differ for a while each see to their own times: a slot
that one has decided about, by the wall's time and the moment, no other decides about again.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from heapq import merge
from itertools import islice, takewhile

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.runbook import CronTrigger, Runbook
from deskhand.domain.schedule import (
    KnownTrigger,
    SkipReason,
    Slot,
    SlotKey,
    SlotRules,
    SlotState,
    TriggerSlot,
    Verdict,
    WorkingDays,
    judged,
    slot_id,
    times_of,
    with_times,
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

    @property
    def times(self) -> str:
        """When it fires, in a line."""
        return times_of(self.trigger)

    def rules(self, known: KnownTrigger) -> SlotRules:
        """Return what decides about its slots."""
        return SlotRules(
            grace=self.trigger.grace,
            catch_up=self.trigger.catch_up,
            working_days=self.working_days,
            paused=known.paused,
        )


def decide_slots(
    watched: WatchedTrigger,
    *,
    store: Store,
    clock: Clock,
    time_table: TimeTable,
    by: Actor,
    since: datetime | None = None,
) -> list[TriggerSlot]:
    """Decide about the slots that have come since the last look; return those that are due.

    A trigger that is seen for the first time begins now. `since` is when this process looked for
    the last time, with the same runbook; None at its first look.
    """
    look = _Look(watched=watched, time_table=time_table, by=by, now=clock.now(), since=since)
    with store.reading() as tx:
        known = tx.triggers.known(watched.name)
    if known is not None and look.knows(known) and not look.come(known):
        return []
    due: list[TriggerSlot] = []
    while True:
        with store.transaction() as tx:
            # Looked at again: another host may have decided while we waited for the trigger.
            known = tx.triggers.known(watched.name)
            if known is None:
                tx.triggers.save(look.begun())
                return due
            edited, come = look.edited(known), look.come(known)
            more = len(come) > AT_ONCE
            if more:
                # Slots of one moment stay together: `decided_to` could not tell them apart.
                come = [slot for slot in come if slot.at < come[-1].at]
            due += look.decide(tx, known, come, more=more)
        if not (edited and more):
            return due
        look = look.going_on_from(come[-1].at)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    """One look at a time table, at `now`; `since` is the process's look before."""

    watched: WatchedTrigger
    time_table: TimeTable
    by: Actor
    now: datetime
    since: datetime | None

    def begun(self) -> KnownTrigger:
        """Return what is known of a trigger that is seen for the first time."""
        watched = self.watched
        return KnownTrigger(name=watched.name, decided_to=self.now, times=watched.times)

    def going_on_from(self, moment: datetime) -> "_Look":
        """Return the look that goes on where the slots until then are decided about."""
        return replace(self, since=None if self.since is None else max(self.since, moment))

    def knows(self, known: KnownTrigger) -> bool:
        """Whether the trigger is still as it was last looked at, so that nothing is to be noted."""
        return known.left_at is None and known.times == self.watched.times

    def edited(self, known: KnownTrigger) -> bool:
        """Whether the trigger was another one, or none, when it was last looked at."""
        return known.left_at is not None or known.times not in (None, self.watched.times)

    def come(self, known: KnownTrigger) -> Sequence[Slot]:
        """Return the slots that have come, and one more than are decided about at once."""
        trigger = self.watched.trigger
        if not self.edited(known):
            return [*islice(self._slots(trigger, known.decided_to, self.now), AT_ONCE + 1)]
        before = with_times(trigger, known.times or self.watched.times)
        parts = [self._slots(before, known.decided_to, known.left_at or self.now)]
        if self.since is not None:
            # Another host's runbook differs: what ours has let come meanwhile is due all the same.
            parts.append(self._slots(trigger, self.since, self.now))
        return [*islice(_once(merge(*parts, key=lambda slot: slot.at)), AT_ONCE + 1)]

    def decide(
        self, tx: Transaction, known: KnownTrigger, come: Sequence[Slot], *, more: bool
    ) -> list[TriggerSlot]:
        """Decide about slots, and note how far the trigger has come; return what is due."""
        moments = [slot.at for slot in come]
        decided = tx.triggers.decided(known.name, moments, behind=known.anew_seq) if come else ()
        fresh = [slot for slot in come if slot.key not in decided]
        rules = self.watched.rules(known)
        judgement = judged(fresh, rules, now=self.now, more=more, owed=known.owed)
        ledger = _Ledger(tx=tx, watched=self.watched, by=self.by, now=self.now)
        due = [slot for verdict in judgement.verdicts for slot in ledger.note(verdict)]
        reached = max([known.decided_to, *(slot.at for slot in come)])
        further = replace(known, decided_to=reached, owed=judgement.owed)
        if self.edited(known) and not more:
            further = self._taken_over(tx, further)
        elif known.times is None:
            further = replace(further, times=self.watched.times)
        if further != known:
            tx.triggers.save(further)
        return due

    def _taken_over(self, tx: Transaction, known: KnownTrigger) -> KnownTrigger:
        """Return the trigger with the times of our runbook, which count from now on."""
        seq = known.audit_seq
        if self.since is None and known.times != self.watched.times:
            # Told at a process's first look only: two hosts that differ would tell without end.
            seq = tx.record(self._edited(known))
        return replace(
            known,
            audit_seq=seq,
            times=self.watched.times,
            decided_to=known.decided_to if known.is_ahead(self.now) else self.now,
            left_at=None,
        )

    def _edited(self, known: KnownTrigger) -> Entry:
        return Entry(
            stream=known.stream,
            type=RecordType.TRIGGER_EDITED,
            subject="trigger",
            state="paused" if known.paused else "working",
            actor=self.by,
            at=self.now,
            data={"from": known.times, "to": self.watched.times},
        )

    def _slots(self, trigger: CronTrigger, after: datetime, until: datetime) -> Iterator[Slot]:
        following = self.time_table.slots(trigger, after=after)
        return takewhile(lambda slot: slot.at <= until, following)


def _once(slots: Iterable[Slot]) -> Iterator[Slot]:
    """Yield the slots, none of them twice."""
    seen: set[SlotKey] = set()
    for slot in slots:
        if slot.key not in seen:
            seen.add(slot.key)
            yield slot


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
