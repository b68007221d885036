"""What the store keeps of triggers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Protocol

from deskhand.domain.identifiers import SlotId, TriggerName
from deskhand.domain.schedule import KnownTrigger, SlotKey, TriggerSlot


class Triggers(Protocol):
    """Triggers, and their slots that were decided about."""

    def known(self, name: TriggerName) -> KnownTrigger | None:
        """Return what is known of a trigger, locked; None before it was first seen."""
        ...

    def all_known(self) -> list[KnownTrigger]:
        """Return what is known of every trigger, by name, not locked."""
        ...

    def save(self, trigger: KnownTrigger) -> None:
        """Write what is known of a trigger; a change of its state must stand in the log."""
        ...

    def add_slot(self, slot: TriggerSlot) -> None:
        """Insert a slot, once; its record must stand in the log."""
        ...

    def has_slot(self, name: TriggerName, wall: str) -> bool:
        """Whether a slot of this name was decided about, for whomever."""
        ...

    def slot(self, id: SlotId) -> TriggerSlot:
        """Return a slot, locked; raises `NotFoundError`."""
        ...

    def save_slot(self, slot: TriggerSlot) -> None:
        """Write what became of a slot; its record must stand in the log."""
        ...

    def due(self, names: Sequence[TriggerName], *, now: datetime, limit: int) -> list[TriggerSlot]:
        """Return the slots of these triggers whose source is to be asked now, oldest first."""
        ...

    def left_due(
        self, names: Collection[TriggerName], *, asked_before: datetime, limit: int
    ) -> list[TriggerSlot]:
        """Return what is due of all triggers but these, and should have been asked before then."""
        ...

    def decided(
        self, name: TriggerName, moments: Collection[datetime], *, behind: int
    ) -> set[SlotKey]:
        """Return a trigger's slots of these moments that were decided about; none by hand.

        Only those whose records stand behind the number `behind` in the trigger's stream.
        """
        ...

    def last_slot(self, name: TriggerName) -> TriggerSlot | None:
        """Return the trigger's latest slot that was not skipped."""
        ...

    def slots_of(self, name: TriggerName) -> list[TriggerSlot]:
        """Return every slot of a trigger that was decided about, oldest first."""
        ...
