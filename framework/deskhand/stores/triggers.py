"""Triggers and their slots."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update

from deskhand.domain.identifiers import SlotId, TriggerName
from deskhand.domain.schedule import (
    BY_HAND,
    KnownTrigger,
    SlotKey,
    SlotState,
    TriggerSlot,
    slot_key,
)
from deskhand.errors import NotFoundError
from deskhand.stores.locks import lock_name, locked
from deskhand.stores.mapping import changes_of, columns_of, value_of
from deskhand.stores.trigger_tables import trigger_slot, trigger_state


class SqlTriggers:
    """The tables `trigger_state` and `trigger_slot`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(self, name: TriggerName) -> KnownTrigger | None:
        lock_name(self._connection, f"trigger:{name}")
        row = self._connection.execute(
            select(trigger_state).where(trigger_state.c.name == name)
        ).first()
        return None if row is None else value_of(KnownTrigger, row)

    def all_known(self) -> list[KnownTrigger]:
        rows = self._connection.execute(select(trigger_state).order_by(trigger_state.c.name))
        return [value_of(KnownTrigger, row) for row in rows]

    def save(self, trigger: KnownTrigger) -> None:
        changed = self._connection.execute(
            update(trigger_state).where(trigger_state.c.name == trigger.name), columns_of(trigger)
        )
        if changed.rowcount == 0:
            self._connection.execute(insert(trigger_state), columns_of(trigger))

    def add_slot(self, slot: TriggerSlot) -> None:
        self._connection.execute(insert(trigger_slot), columns_of(slot))

    def has_slot(self, name: TriggerName, wall: str) -> bool:
        found = select(trigger_slot.c.id).where(
            trigger_slot.c.trigger == name, trigger_slot.c.slot == wall
        )
        return self._connection.execute(found.limit(1)).first() is not None

    def slot(self, id: SlotId) -> TriggerSlot:
        row = self._connection.execute(
            locked(select(trigger_slot).where(trigger_slot.c.id == id), self._connection)
        ).first()
        if row is None:
            raise NotFoundError("slot", id)
        return value_of(TriggerSlot, row)

    def save_slot(self, slot: TriggerSlot) -> None:
        self._connection.execute(
            update(trigger_slot).where(trigger_slot.c.id == slot.id), changes_of(slot)
        )

    def due(self, names: Sequence[TriggerName], *, now: datetime, limit: int) -> list[TriggerSlot]:
        rows = self._connection.execute(
            select(trigger_slot)
            .where(trigger_slot.c.state == SlotState.DUE, trigger_slot.c.trigger.in_(names))
            .where(or_(trigger_slot.c.not_before.is_(None), trigger_slot.c.not_before <= now))
            .order_by(trigger_slot.c.due_at, trigger_slot.c.id)
            .limit(limit)
        )
        return [value_of(TriggerSlot, row) for row in rows]

    def left_due(
        self, names: Collection[TriggerName], *, asked_before: datetime, limit: int
    ) -> list[TriggerSlot]:
        rows = self._connection.execute(
            select(trigger_slot)
            .where(trigger_slot.c.state == SlotState.DUE, trigger_slot.c.trigger.not_in(names))
            .where(trigger_slot.c.ask_until < asked_before)
            .order_by(trigger_slot.c.due_at, trigger_slot.c.id)
            .limit(limit)
        )
        return [value_of(TriggerSlot, row) for row in rows]

    def decided(
        self, name: TriggerName, moments: Collection[datetime], *, behind: int
    ) -> set[SlotKey]:
        rows = self._connection.execute(
            select(trigger_slot.c.slot, trigger_slot.c.due_at)
            .where(trigger_slot.c.trigger == name, trigger_slot.c.due_at.in_(moments))
            .where(trigger_slot.c.audit_seq > behind, ~trigger_slot.c.slot.endswith(BY_HAND))
        )
        return {slot_key(wall, at) for wall, at in rows}

    def last_slot(self, name: TriggerName) -> TriggerSlot | None:
        row = self._connection.execute(
            select(trigger_slot)
            .where(trigger_slot.c.trigger == name, trigger_slot.c.state != SlotState.SKIPPED)
            .order_by(trigger_slot.c.due_at.desc(), trigger_slot.c.id.desc())
        ).first()
        return None if row is None else value_of(TriggerSlot, row)

    def slots_of(self, name: TriggerName) -> list[TriggerSlot]:
        rows = self._connection.execute(
            select(trigger_slot)
            .where(trigger_slot.c.trigger == name)
            .order_by(trigger_slot.c.due_at, trigger_slot.c.id)
        )
        return [value_of(TriggerSlot, row) for row in rows]
