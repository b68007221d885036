"""Re-checks of what bots did, and the versions of runbooks that are held because of one."""

from dataclasses import dataclass
from typing import Protocol

from deskhand.domain.identifiers import ItemId, RunbookHash
from deskhand.domain.quality import Grade, Recheck, RecheckState, RunbookHold


@dataclass(frozen=True, slots=True, kw_only=True)
class RecheckFilter:
    """Which re-checks to list; None means any."""

    state: RecheckState | None = None
    runbook: str | None = None
    client: str | None = None
    grade: Grade | None = None


class Rechecks(Protocol):
    """Items that are, or were, checked again."""

    def first_of(self, hash: RunbookHash, *, client: str) -> int:
        """Count the items that were chosen as the first of a version for a client.

        Until the transaction ends nobody else counts: two would have the same number.
        """
        ...

    def add(self, recheck: Recheck) -> None:
        """Insert a new one, once an item; its record and its case must stand."""
        ...

    def of_item(self, item: ItemId) -> Recheck | None:
        """Return an item's re-check, locked; None for an item that was not chosen."""
        ...

    def save(self, recheck: Recheck) -> None:
        """Write how far one has come; its record must stand in the log."""
        ...

    def find(self, wanted: RecheckFilter, *, limit: int) -> list[Recheck]:
        """Return re-checks, oldest first."""
        ...


class RunbookHolds(Protocol):
    """Versions of runbooks of which no attempt may begin."""

    def of(self, hash: RunbookHash) -> RunbookHold | None:
        """Return what is known of a version, locked; None when it was never held."""
        ...

    def forbids(self, hash: RunbookHash) -> bool:
        """Whether no attempt of a version may begin.

        Until the transaction ends nobody changes that; any number may ask at once.
        """
        ...

    def save(self, hold: RunbookHold) -> None:
        """Write whether a version is held; its record must stand in the log."""
        ...

    def held(self) -> list[RunbookHold]:
        """Return the versions that are held, by name and number."""
        ...
