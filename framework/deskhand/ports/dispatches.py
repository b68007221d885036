"""The dispatches of the outbox's events."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deskhand.domain.dispatch import Dispatch, DispatchState, OutgoingEvent, Parcel
from deskhand.domain.identifiers import DispatchId


@dataclass(frozen=True, slots=True, kw_only=True)
class DispatchFilter:
    """Which dispatches to list; None means any."""

    state: DispatchState | None = None
    receiver: str | None = None


class Dispatches(Protocol):
    """Which event goes to whom, and how far it has come."""

    def waiting(self, *, now: datetime) -> bool:
        """Whether there is anything to address or to deliver now."""
        ...

    def unaddressed(self, *, limit: int) -> list[OutgoingEvent]:
        """Return events for which nobody has looked yet who receives them, oldest first."""
        ...

    def address(self, event: OutgoingEvent, to: Sequence[Dispatch], *, at: datetime) -> None:
        """Note an event's receivers, once."""
        ...

    def due(self, *, now: datetime, limit: int, but_not: Collection[str] = ()) -> list[Parcel]:
        """Return what may be delivered now, oldest first, to others than these receivers.

        Of the events of one stream a receiver gets the first unfinished one only.
        """
        ...

    def get(self, id: DispatchId) -> Dispatch:
        """Return a dispatch, locked until the transaction ends; raises `NotFoundError`."""
        ...

    def named(self, name: str) -> Dispatch:
        """Return the one dispatch whose id begins so; raises `NotFoundError`."""
        ...

    def save(self, changed: Dispatch) -> None:
        """Write how far a dispatch has come; a new state must stand in the log."""
        ...

    def find(self, wanted: DispatchFilter, *, limit: int) -> list[Parcel]:
        """Return dispatches, oldest event first."""
        ...
