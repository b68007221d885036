"""What is known of portal accounts: their health, slots and logins."""

from datetime import datetime
from typing import Protocol

from deskhand.domain.account import AccountHealth
from deskhand.domain.identifiers import (
    AccountName,
    AttemptId,
    WorkerId,
)


class Accounts(Protocol):
    """What is known of accounts, their slots and their saved logins."""

    def health(self, name: AccountName) -> AccountHealth:
        """Return what is known of an account, locked; a new one is well."""
        ...

    def save_health(self, health: AccountHealth) -> None:
        """Write what is known of an account."""
        ...

    def all_health(self) -> list[AccountHealth]:
        """Return every account that has a history."""
        ...

    def free_slots(self, name: AccountName, *, at_once: int, now: datetime) -> list[int]:
        """Return the numbers of the slots that nobody holds, and that no visit waits for."""
        ...

    def take_slot(self, name: AccountName, slot: int, *, attempt: AttemptId) -> None:
        """Give a slot to an attempt."""
        ...

    def free_slot(self, attempt: AttemptId) -> None:
        """Free the slot that an attempt holds."""
        ...

    def visit(
        self, name: AccountName, *, visitor: str, at_once: int, now: datetime, until: datetime
    ) -> bool:
        """Ask for a session of an account for something that is no attempt; whether one is free.

        From the first asking on no attempt gets it, and visitors come in the order of theirs.
        Who does not ask again before `until` waits no more.
        """
        ...

    def end_visit(self, visitor: str) -> None:
        """Give back what `visit` was asked for, whether it was free or not."""
        ...

    def login(self, name: AccountName) -> bytes | None:
        """Return the sealed saved login."""
        ...

    def save_login(self, name: AccountName, sealed: bytes | None, *, at: datetime) -> None:
        """Keep a sealed login, or forget it."""
        ...

    def lock_login(self, name: AccountName, *, holder: str, now: datetime, until: datetime) -> bool:
        """Take the account's login lock if it is free or has run out."""
        ...

    def unlock_login(self, name: AccountName, *, holder: str) -> None:
        """Give the login lock back."""
        ...

    def unlock_logins_of(self, worker: WorkerId) -> None:
        """Free every login lock whose holder begins with the worker's id and a slash."""
        ...
