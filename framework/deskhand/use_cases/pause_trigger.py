"""Pause a trigger, let it fire again, or have it fire now: a person's word, recorded."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import (
    BY_HAND,
    KnownTrigger,
    SkipReason,
    SlotState,
    TriggerSlot,
    slot_id,
)
from deskhand.errors import DecisionRefusedError
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.decide_slots import WatchedTrigger
from deskhand.use_cases.take_slot import LEASE, slot_lease

_PAUSE = "pause"
_WHENEVER = datetime(9999, 1, 1, tzinfo=UTC)
_MANY = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerWord:
    """A person's word on a trigger: which one, whose word, and why."""

    name: TriggerName
    by: Actor
    reason: str


def pause_trigger(word: TriggerWord, *, store: Store, clock: Clock) -> KnownTrigger:
    """Let the trigger fire no more; raises `DecisionRefusedError` when it is paused already.

    What has come until now should have been decided about before. What is still due is skipped,
    but for what is being asked at this moment, and what a person had fire.
    """
    _need_reason(word, doing="pausing a trigger")
    with store.transaction() as tx:
        # Leases first, the trigger after them: in the order of whoever settles a slot.
        still_due = _due_and_free(tx, word, now=clock.now())
        known = _known(tx, word, now=clock.now())
        if known.paused:
            raise DecisionRefusedError(
                f"{word.name} is paused already, by {known.paused_by}: {known.paused_why}"
            )
        seq = _record(tx, known, word, RecordType.TRIGGER_PAUSED, state="paused", at=clock.now())
        paused = replace(
            known,
            audit_seq=seq,
            paused=True,
            paused_by=word.by.name,
            paused_why=word.reason,
            paused_at=clock.now(),
        )
        tx.triggers.save(paused)
        for slot in still_due:
            _skip(tx, slot, word, now=clock.now())
    return paused


def resume_trigger(word: TriggerWord, *, store: Store, clock: Clock) -> KnownTrigger:
    """Let the trigger fire again; raises `DecisionRefusedError` when it is not paused.

    The slots of the pause should have been decided about before: they are skipped. A trigger that
    is ahead, by a host whose clock was wrong, begins now.
    """
    _need_reason(word, doing="resuming a trigger")
    with store.transaction() as tx:
        known = _known(tx, word, now=clock.now())
        if not known.paused:
            raise DecisionRefusedError(f"{word.name} is not paused")
        now = clock.now()
        seq = _record(tx, known, word, RecordType.TRIGGER_RESUMED, state="working", at=now)
        if known.is_ahead(now):
            known = replace(known, decided_to=now, owed=0, anew_seq=seq)
        working = replace(
            known,
            audit_seq=seq,
            paused=False,
            paused_by=None,
            paused_why=None,
            paused_at=None,
        )
        tx.triggers.save(working)
    return working


def call_trigger(
    watched: WatchedTrigger,
    *,
    clients: Sequence[str],
    by: Actor,
    holder: str,
    store: Store,
    clock: Clock,
) -> list[TriggerSlot]:
    """Have a trigger fire now, by hand, paused or not; return what is due, one a client.

    `holder` has the slots, and asks their sources: a host does when it died before.
    Raises `DecisionRefusedError` when it was fired by hand within this second.
    """
    now = clock.now()
    local = now.astimezone(ZoneInfo(watched.trigger.timezone))
    wall = f"{local:%Y-%m-%dT%H:%M:%S}-{BY_HAND}"
    called = []
    with store.transaction() as tx:
        if tx.triggers.has_slot(watched.name, wall):
            raise DecisionRefusedError(
                f"{watched.name} was fired by hand at this very second; "
                "when that is not enough, fire it again"
            )
        for client in clients:
            slot = TriggerSlot(
                id=slot_id(watched.name, wall, client),
                trigger=watched.name,
                slot=wall,
                client=client,
                state=SlotState.DUE,
                audit_seq=0,
                due_at=now,
                decided_at=now,
                ask_until=now + watched.trigger.grace,
            )
            called.append(_called(tx, slot, by=by))
            tx.workers.lease(slot_lease(slot.id), holder=holder, now=now, until=now + LEASE)
    return called


def _called(tx: Transaction, slot: TriggerSlot, *, by: Actor) -> TriggerSlot:
    seq = tx.record(
        Entry(
            stream=slot.stream,
            type=RecordType.TRIGGER_CALLED,
            subject=slot.subject,
            state=slot.state.value,
            actor=by,
            at=slot.decided_at,
            data={"slot": slot.slot, "client": slot.client},
        )
    )
    told = replace(slot, audit_seq=seq)
    tx.triggers.add_slot(told)
    return told


def _due_and_free(tx: Transaction, word: TriggerWord, *, now: datetime) -> list[TriggerSlot]:
    """Return what is due, asked for by nobody at this moment, and not a person's own wish."""
    due = tx.triggers.due((word.name,), now=_WHENEVER, limit=_MANY)
    return [
        tx.triggers.slot(slot.id)
        for slot in due
        if not slot.by_hand
        and tx.workers.lease(slot_lease(slot.id), holder=_PAUSE, now=now, until=now)
    ]


def _skip(tx: Transaction, slot: TriggerSlot, word: TriggerWord, *, now: datetime) -> None:
    """Ask no source again that failed before the pause: the pause may be for its sake."""
    tx.workers.free(slot_lease(slot.id), holder=_PAUSE)
    tx.accounts.end_visit(slot.id)  # or a session would be kept for it that nobody uses
    if slot.state is not SlotState.DUE:
        return  # settled while we waited for its lease
    reason = SkipReason.PAUSED.value
    seq = tx.record(
        Entry(
            stream=slot.stream,
            type=RecordType.TRIGGER_SKIPPED,
            subject=slot.subject,
            state=SlotState.SKIPPED.value,
            actor=word.by,
            at=now,
            data={"slot": slot.slot, "client": slot.client, "reason": reason},
        )
    )
    skipped = slot.moved_to(SlotState.SKIPPED, audit_seq=seq)
    tx.triggers.save_slot(replace(skipped, reason=reason, ended_at=now))


def _need_reason(word: TriggerWord, *, doing: str) -> None:
    if not word.reason.strip():
        raise DecisionRefusedError(f"{doing} needs a reason: --reason TEXT")


def _known(tx: Transaction, word: TriggerWord, *, now: datetime) -> KnownTrigger:
    return tx.triggers.known(word.name) or KnownTrigger(name=word.name, decided_to=now)


def _record(
    tx: Transaction,
    known: KnownTrigger,
    word: TriggerWord,
    type: str,
    *,
    state: str,
    at: datetime,
) -> int:
    return tx.record(
        Entry(
            stream=known.stream,
            type=type,
            subject="trigger",
            state=state,
            actor=word.by,
            at=at,
            data={"reason": word.reason},
        )
    )
