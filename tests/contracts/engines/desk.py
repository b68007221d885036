"""An engine under test: what it was given, what it performed, and that it always stops."""

import asyncio
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from sqlalchemy import Engine as Database
from sqlalchemy import MetaData, select

from deskhand.domain.identifiers import AttemptId, WorkerId
from deskhand.engines.dbos import DbosEngine
from deskhand.stores.store import SqlStore
from deskhand.stores.tables import tables as store_tables
from tests.making import WORKER

PATIENCE = 20
POLL = 0.05


@dataclass(slots=True)
class Performances:
    """Performs attempts by noting them; those in `held` last until they are let go."""

    done: list[str] = field(default_factory=list)
    at_once: int = 0
    most_at_once: int = 0
    held: set[str] = field(default_factory=set)
    _changed: asyncio.Condition = field(default_factory=asyncio.Condition)
    begun: list[str] = field(default_factory=list)

    async def perform(self, attempt: AttemptId) -> str:
        async with self._changed:
            self.begun.append(attempt)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
            self._changed.notify_all()
        try:
            async with self._changed:
                await self._changed.wait_for(lambda: attempt not in self.held)
        finally:
            self.at_once -= 1
        async with self._changed:
            self.done.append(attempt)
            self._changed.notify_all()
        return "done"

    async def let_go(self) -> None:
        """End what lasts."""
        async with self._changed:
            self.held.clear()
            self._changed.notify_all()

    async def until_begun(self, count: int) -> list[str]:
        """Wait until so many were begun; return them in the order of their beginning."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.begun) >= count)
        return list(self.begun)

    async def until_done(self, count: int) -> list[str]:
        """Wait until so many were done; return them in the order of their end."""
        async with asyncio.timeout(PATIENCE), self._changed:
            await self._changed.wait_for(lambda: len(self.done) >= count)
        return list(self.done)


@dataclass(slots=True, kw_only=True)
class EngineDesk:
    """Enqueues in the store's transactions, and starts engines that are stopped for sure."""

    url: str
    store: SqlStore
    performances: Performances = field(default_factory=Performances)

    def engine(self) -> DbosEngine:
        return DbosEngine(self.url, poll_seconds=POLL)

    def prepare(self) -> None:
        """Have the engine's own tables made, as the first start of a worker does."""
        asyncio.run(self._start_and_stop())

    @asynccontextmanager
    async def running(
        self, *, worker: WorkerId = WORKER, lanes: int = 4
    ) -> AsyncIterator[DbosEngine]:
        engine = self.engine()
        try:
            await engine.start(self.performances.perform, worker=worker, lanes=lanes)
            yield engine
        finally:
            await engine.stop()

    def enqueue(self, engine: DbosEngine, attempts: Iterable[str], *, priority: int = 5) -> None:
        with self.store.transaction() as tx:
            for attempt in attempts:
                engine.enqueue(tx.connection, AttemptId(attempt), priority=priority)

    async def _start_and_stop(self) -> None:
        async with self.running():
            pass


def engine_tables(database: Database) -> dict[str, list[dict[str, object]]]:
    """Return every row of every table that is the engine's own."""
    known = MetaData(schema=None if database.dialect.name == "sqlite" else "dbos")
    known.reflect(database)
    ours = {*store_tables.tables, "alembic_version"}
    with database.connect() as connection:
        return {
            table.name: [dict(row) for row in connection.execute(select(table)).mappings()]
            for table in known.sorted_tables
            if table.name not in ours
        }
