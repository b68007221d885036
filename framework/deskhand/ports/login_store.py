"""Saved logins, sealed, shared by the sessions of an account."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from deskhand.domain.identifiers import AccountName


class LoginStore(Protocol):
    """Keeps the browser's state of a logged-in account, and lets one log in at a time."""

    async def load(self, account: AccountName) -> bytes | None:
        """Return the saved state (JSON), opened; None when there is none."""
        ...

    async def save(self, account: AccountName, state: bytes) -> None:
        """Seal and keep the state of a fresh login, with its audit record."""
        ...

    async def forget(self, account: AccountName) -> None:
        """Drop a state that the portal no longer honours."""
        ...

    def logging_in(self, account: AccountName) -> AbstractAsyncContextManager[None]:
        """Hold the account's login lock: one at a time, so that no TOTP code is used twice."""
        ...
