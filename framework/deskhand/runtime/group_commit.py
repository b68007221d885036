"""Several writes in one commit: whoever waits while the disk works shares the next one."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, TypeVar

from deskhand.errors import StoreUnavailableError
from deskhand.ports.store import Store, Transaction
from deskhand.runtime.store_thread import StoreThread

Returned = TypeVar("Returned")

AT_MOST = 64
"""Writes of one commit: what fails with it, and what PostgreSQL keeps locked for it."""


class GroupCommit:
    """Runs writes in one thread, as many in a transaction as wait for it.

    A write that fails is undone by itself and spoils no other one; when the commit fails, none
    of them has happened and each caller is told. A write may be run twice: what it did the first
    time is rolled back.
    """

    def __init__(self, store: Store, *, thread: StoreThread) -> None:
        self._store = store
        self._thread = thread
        self._waiting: deque[_Write] = deque()
        self._committing: asyncio.Task[None] | None = None

    async def write(self, act: Callable[[Transaction], Returned], *, touches: str) -> Returned:
        """Run `act` in a transaction and return what it returned, once that is committed.

        `touches` names what it locks: writes of one commit lock in the order of these names, so
        that two hosts do not wait for each other. What `act` raises is raised here.
        """
        ended: asyncio.Future[Returned] = asyncio.get_running_loop().create_future()
        self._waiting.append(_Write(act=act, touches=touches, ended=ended))
        if self._committing is None or self._committing.done():
            self._committing = asyncio.create_task(self._commit())
        return await ended

    async def _commit(self) -> None:
        while self._waiting:
            size = min(len(self._waiting), AT_MOST)
            group = [self._waiting.popleft() for _ in range(size)]
            group.sort(key=attrgetter("touches"))
            for write, ending in zip(
                group, await self._thread.run(_committed, self._store, group), strict=True
            ):
                write.end(ending)


@dataclass(slots=True, kw_only=True)
class _Write:
    """What somebody waits for."""

    act: Callable[[Transaction], Any]
    touches: str
    ended: asyncio.Future[Any]

    def end(self, ending: "_Ending") -> None:
        if self.ended.done():  # whoever waited has gone
            return
        if ending.error is None:
            self.ended.set_result(ending.value)
        else:
            self.ended.set_exception(ending.error)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ending:
    value: object = None
    error: Exception | None = None


def _committed(store: Store, writes: Sequence[_Write]) -> list[_Ending]:
    """Commit all of them; when one fails, begin anew and let each fail by itself."""
    try:
        with suppress(_FailedError), store.transaction() as tx:
            return [_together(tx, write) for write in writes]
        with store.transaction() as tx:
            return [_apart(tx, write) for write in writes]
    except Exception as error:  # noqa: BLE001 - none of them has happened: each caller raises it
        return [_Ending(error=error)] * len(writes)


class _FailedError(Exception):
    """Rolls the transaction back in which one of several writes has failed."""


def _together(tx: Transaction, write: _Write) -> _Ending:
    try:
        return _Ending(value=write.act(tx))
    except Exception as error:
        raise _FailedError from error


def _apart(tx: Transaction, write: _Write) -> _Ending:
    # A part costs two statements: nearly always no write fails, and none is needed.
    try:
        with tx.part():
            return _Ending(value=write.act(tx))
    except StoreUnavailableError:
        raise
    except Exception as error:  # noqa: BLE001 - this one alone is undone: its caller raises it
        return _Ending(error=error)
