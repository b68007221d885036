"""What is asked of many cases at once: which is next, whose time has come, what goes together."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol

from deskhand.domain.exception_case import CaseKind, ExceptionCase
from deskhand.domain.identifiers import CaseId


class Place(NamedTuple):
    """Where cases wait: the queue, and whose cases they are."""

    queue: str
    client: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CauseCount:
    """The cases of one cause that are not closed: how many, since when, until when."""

    cause_group: str
    kind: CaseKind
    code: str
    count: int
    first_seen: datetime
    last_seen: datetime
    oldest_due: datetime | None


class CaseClocks(Protocol):
    """Questions about the clocks of cases that are not closed."""

    def to_tell(self, *, now: datetime, limit: int) -> list[CaseId]:
        """Return the cases at risk or overdue of which nobody was told, most urgent first."""
        ...

    def places(self) -> list[Place]:
        """Return where open cases wait that nobody has."""
        ...

    def next_open(
        self,
        places: Collection[Place],
        *,
        now: datetime,
        kind: CaseKind | None = None,
        but: Collection[CaseId] = (),
    ) -> ExceptionCase | None:
        """Return the case that is due first of those that nobody has, locked.

        Only of this `kind`, where one is given. Snoozed ones are left out, those in `but`, and
        those that another transaction is just handing out.
        """
        ...

    def incident_of(self, cause_group: str) -> CaseId | None:
        """Return the incident of a cause that still has a case, None where there is none.

        Until the transaction ends nobody else asks it: two first cases would be two incidents.
        """
        ...

    def causes(self) -> list[CauseCount]:
        """Count the cases by their cause, most frequent first."""
        ...
