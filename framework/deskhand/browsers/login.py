"""Logins: saved per account, renewed by one session at a time, no one-time code used twice."""

import asyncio
import base64
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp
from playwright.async_api import StorageState

from deskhand.domain.account import Account
from deskhand.domain.identifiers import AccountName
from deskhand.domain.login import Login
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError, SecretMissingError, VaultError
from deskhand.ports.clock import Clock
from deskhand.ports.login_store import LoginStore
from deskhand.ports.vault import Vault

CODE_LIFE = timedelta(seconds=30)

Pause = Callable[[float], Awaitable[None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedLogin:
    """A logged-in browser's state, and the time step of the last one-time code that was used."""

    state: StorageState = field(repr=False)
    code_step: int | None = None

    def to_bytes(self) -> bytes:
        """Return the form in which it is kept, sealed."""
        return json.dumps({"state": self.state, "code_step": self.code_step}).encode()

    @classmethod
    def from_bytes(cls, kept: bytes) -> "SavedLogin":
        """Return the login that was kept."""
        told = json.loads(kept)
        return cls(state=told["state"], code_step=told["code_step"])


class LoginKeeper:
    """Keeps the logins of all accounts of a worker."""

    def __init__(
        self, *, store: LoginStore, vault: Vault, clock: Clock, pause: Pause = asyncio.sleep
    ) -> None:
        self._store = store
        self._vault = vault
        self._clock = clock
        self._pause = pause
        self._used_steps: dict[AccountName, int] = {}

    async def credentials(self, account: Account) -> Login:
        """Return what a bot needs to log in; raises `SecretMissingError`."""
        return await asyncio.to_thread(self._credentials, account)

    async def saved(self, account: AccountName) -> SavedLogin | None:
        """Return the login that was saved last, if there is one."""
        kept = await self._store.load(account)
        return SavedLogin.from_bytes(kept) if kept is not None else None

    async def renew(
        self,
        account: AccountName,
        *,
        used: SavedLogin | None,
        log_in: Callable[[], Awaitable[StorageState]],
    ) -> tuple[SavedLogin, bool]:
        """Return a login that is newer than the `used` one, and whether it is this session's own.

        Under the account's lock: where another session has logged in meanwhile, its login
        serves this one too; otherwise `log_in` is called and gives the new state.
        """
        async with self._store.logging_in(account):
            newest = await self.saved(account)
            if newest is not None and (used is None or newest.state != used.state):
                self._note_code(account, newest.code_step)
                return newest, False
            if newest is not None:
                self._note_code(account, newest.code_step)
            state = await log_in()
            made = SavedLogin(state=state, code_step=self._used_steps.get(account))
            await self._store.save(account, made.to_bytes())
            return made, True

    async def drop(self, account: AccountName, *, used: SavedLogin | None) -> None:
        """Forget a login that the portal no longer honours, unless a newer one was saved."""
        newest = await self.saved(account)
        if used is not None and newest is not None and newest.state == used.state:
            await self._store.forget(account)

    async def one_time_code(self, account: AccountName, login: Login) -> Sealed[str]:
        """Return a one-time code that this account has not used; waits for a fresh one if it must.

        Only within a login, that is, under the account's lock.
        """
        if login.totp is None:
            raise BotError(f"the account {account} has no `totp` secret in its vault path")
        now = self._clock.now()
        while code_step(now) <= self._used_steps.get(account, -1):
            await self._pause(until_next_code(now).total_seconds())
            now = self._clock.now()
        self._used_steps[account] = code_step(now)
        return Sealed(_code(login.totp, now, account=account))

    def _note_code(self, account: AccountName, step: int | None) -> None:
        if step is not None:
            self._used_steps[account] = max(step, self._used_steps.get(account, -1))

    def _credentials(self, account: Account) -> Login:
        return Login(
            url=account.url,
            user=self._vault.secret(f"{account.login}/user"),
            password=self._vault.secret(f"{account.login}/password"),
            totp=self._optional_secret(f"{account.login}/totp"),
        )

    def _optional_secret(self, name: str) -> Sealed[str] | None:
        try:
            return self._vault.secret(name)
        except SecretMissingError:
            return None


class _AnyTotp(pyotp.TOTP):
    """Takes the short secrets that portals still hand out, and that PyOTP refuses."""

    def byte_secret(self) -> bytes:
        padding = "=" * (-len(self.secret) % 8)
        return base64.b32decode(self.secret + padding, casefold=True)


def _code(secret: Sealed[str], now: datetime, *, account: AccountName) -> str:
    try:
        return _AnyTotp("".join(secret.reveal().split())).at(now)
    except ValueError:
        # The error's own message would tell of the secret.
        raise VaultError(f"the `totp` secret of {account} is not in base32") from None


def code_step(now: datetime) -> int:
    """The number of the time step to which a one-time code belongs.

    >>> from datetime import UTC
    >>> code_step(datetime(1970, 1, 1, 0, 1, tzinfo=UTC))
    2
    """
    return int(now.timestamp() // CODE_LIFE.total_seconds())


def until_next_code(now: datetime) -> timedelta:
    """The time until the next code is shown.

    >>> from datetime import UTC
    >>> until_next_code(datetime(1970, 1, 1, 0, 1, 20, tzinfo=UTC))
    datetime.timedelta(seconds=10)
    """
    life = CODE_LIFE.total_seconds()
    return timedelta(seconds=life - now.timestamp() % life)
