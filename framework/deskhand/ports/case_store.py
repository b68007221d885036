"""Exception cases, and what people answered."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deskhand.domain.exception_case import CaseKind, CaseState, ExceptionCase
from deskhand.domain.identifiers import (
    AccountName,
    CaseId,
    ItemId,
)
from deskhand.domain.question import Answer


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases to list; None means any."""

    state: CaseState | None = None
    kind: CaseKind | None = None
    queue: str | None = None
    code: str | None = None
    client: str | None = None
    runbook: str | None = None
    taken_by: str | None = None
    cause_group: str | None = None
    incident: CaseId | None = None
    unclosed: bool = False
    overdue_at: datetime | None = None


class Cases(Protocol):
    """Exception cases."""

    def add(self, case: ExceptionCase) -> None:
        """Open a case; its record must stand in the log."""
        ...

    def get(self, id: CaseId) -> ExceptionCase:
        """Return a case, locked; raises `NotFoundError`."""
        ...

    def named(self, name: str) -> ExceptionCase:
        """Return the case with this id, or the open one of the item with this id or reference."""
        ...

    def save(self, case: ExceptionCase) -> None:
        """Write a case's next version; raises `StaleVersionError` if it moved on meanwhile."""
        ...

    def of_item(self, item: ItemId) -> list[ExceptionCase]:
        """Return an item's cases, oldest first."""
        ...

    def open_of_account(self, account: AccountName) -> ExceptionCase | None:
        """Return the open case about the account itself, if there is one, locked."""
        ...

    def find(self, wanted: CaseFilter, *, limit: int) -> list[ExceptionCase]:
        """Return cases, the first ones due first, then the oldest."""
        ...

    def expired(self, *, now: datetime, limit: int) -> list[ExceptionCase]:
        """Return questions that nobody has answered in time, locked."""
        ...


class Answers(Protocol):
    """What people answered to the questions of runbooks."""

    def add(self, answer: Answer) -> None:
        """Keep a new answer; its record must stand in the log."""
        ...

    def save(self, answer: Answer) -> None:
        """Write whether an answer still holds."""
        ...

    def of_item(self, item: ItemId) -> list[Answer]:
        """Return every answer about an item, oldest first."""
        ...
