"""Test data of triggers: what is known of one, and its slots."""

from dataclasses import replace
from datetime import timedelta

from deskhand.domain.entry import RecordType
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import KnownTrigger, SlotState, TriggerSlot, slot_id
from deskhand.ports.store import Transaction
from tests.making import NOW, an_entry

TRIGGER = TriggerName("claims-submit/nightly")


def a_trigger(**changes: object) -> KnownTrigger:
    return replace(KnownTrigger(name=TRIGGER, decided_to=NOW), **changes)  # type: ignore[arg-type]


def a_slot(wall: str = "2026-05-04T05:00", **changes: object) -> TriggerSlot:
    slot = TriggerSlot(
        id=slot_id(TRIGGER, wall, "lakeside"),
        trigger=TRIGGER,
        slot=wall,
        client="lakeside",
        state=SlotState.DUE,
        audit_seq=0,
        due_at=NOW,
        decided_at=NOW,
        ask_until=NOW + timedelta(minutes=10),
    )
    return replace(slot, **changes)  # type: ignore[arg-type]


def pause(tx: Transaction, known: KnownTrigger) -> KnownTrigger:
    """Record that a trigger is paused, and save it."""
    seq = tx.record(an_entry(known.stream, "trigger", "paused", type=RecordType.TRIGGER_PAUSED))
    paused = replace(known, paused=True, paused_by="ann", paused_at=NOW, audit_seq=seq)
    tx.triggers.save(paused)
    return paused


def add_slot(tx: Transaction, slot: TriggerSlot) -> TriggerSlot:
    """Record a slot and insert it."""
    seq = tx.record(an_entry(slot.stream, slot.subject, slot.state.value))
    told = replace(slot, audit_seq=seq)
    tx.triggers.add_slot(told)
    return told


def move_slot(tx: Transaction, slot: TriggerSlot, state: SlotState) -> TriggerSlot:
    """Record a slot's move, then save it."""
    seq = tx.record(an_entry(slot.stream, slot.subject, state.value))
    moved = slot.moved_to(state, audit_seq=seq)
    tx.triggers.save_slot(moved)
    return moved
