"""Saved logins for the browsers of one worker, on top of the store."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from deskhand.domain.entry import Actor
from deskhand.domain.identifiers import AccountName
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store
from deskhand.ports.vault import Seal
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.keep_login import load_login, lock_login, save_login, unlock_login

LOCK_POLL_SECONDS = 0.2


class SavedLogins:
    """Keeps logins sealed in the store; an opened one is kept in memory while it is honoured.

    Within this worker a lock of the event loop orders the logins of an account; between
    workers the store's does, which is asked again until it is free.
    """

    def __init__(
        self, *, store: Store, seal: Seal, clock: Clock, thread: StoreThread, actor: Actor
    ) -> None:
        self._thread = thread
        self._worker = actor.id
        self._worker = actor.id
        self._load: Callable[[AccountName], bytes | None] = partial(
            load_login, store=store, seal=seal
        )
        self._save = partial(save_login, by=actor, store=store, seal=seal, clock=clock)
        self._lock = partial(lock_login, store=store, clock=clock)
        self._unlock = partial(unlock_login, store=store)
        self._here: dict[AccountName, asyncio.Lock] = {}

    async def load(self, account: AccountName) -> bytes | None:
        return await self._thread.run(self._load, account)

    async def save(self, account: AccountName, state: bytes) -> None:
        await self._thread.run(self._save, account, state)

    async def forget(self, account: AccountName) -> None:
        await self._thread.run(self._save, account, None)

    @asynccontextmanager
    async def logging_in(self, account: AccountName) -> AsyncIterator[None]:
        # A worker that dies while it logs in is reaped by its id, and its lock with it.
        holder = f"{self._worker}/{secrets.token_hex(8)}"
        async with self._here.setdefault(account, asyncio.Lock()):
            # No event crosses processes: another one holds the lock until it says otherwise.
            while not await self._thread.run(self._lock, account, holder=holder):  # noqa: ASYNC110
                await asyncio.sleep(LOCK_POLL_SECONDS)
            try:
                yield
            finally:
                await self._thread.run(self._unlock, account, holder=holder)
