import asyncio
from collections.abc import Iterator
from pathlib import Path
from threading import Event

import pytest
from sqlalchemy import Engine, event

from deskhand.errors import StoreConflictError, StoreUnavailableError
from deskhand.ports.store import Transaction
from deskhand.runtime.group_commit import AT_MOST, GroupCommit
from deskhand.runtime.store_thread import StoreThread
from deskhand.stores.store import SqlStore
from tests.making import add_items, an_entry, an_item, migrated, sql_store, sqlite_url

pytestmark = pytest.mark.asyncio


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Engine]:
    with migrated(sqlite_url(tmp_path)) as engine:
        yield engine


@pytest.fixture
def store(database: Engine) -> SqlStore:
    return sql_store(database)


@pytest.fixture
def thread() -> Iterator[StoreThread]:
    thread = StoreThread()
    yield thread
    thread.close()


@pytest.fixture
def commits(store: SqlStore, thread: StoreThread) -> GroupCommit:
    return GroupCommit(store, thread=thread)


def recorded(tx: Transaction, *, by: str = "item:i1") -> int:
    return tx.record(an_entry(by, "step:fill"))


def records(store: SqlStore, stream: str = "item:i1") -> int:
    with store.reading() as tx:
        return len(tx.audit_log.of_stream(stream))


async def test_writes_that_wait_share_a_commit(
    commits: GroupCommit, store: SqlStore, database: Engine, thread: StoreThread
) -> None:
    committed: list[int] = []
    event.listen(database, "commit", lambda _: committed.append(1))
    disk = Event()
    busy = asyncio.create_task(thread.run(disk.wait))

    writes = [asyncio.create_task(commits.write(recorded, touches="i1")) for _ in range(20)]
    await asyncio.sleep(0)  # all of them are waiting
    disk.set()
    numbers = await asyncio.gather(*writes)
    await busy

    assert sorted(numbers) == list(range(1, 21))
    assert records(store) == 20
    assert len(committed) <= 2


async def test_no_commit_is_larger_than_it_may_be(
    commits: GroupCommit, store: SqlStore, database: Engine
) -> None:
    committed: list[int] = []
    event.listen(database, "commit", lambda _: committed.append(1))

    await asyncio.gather(*(commits.write(recorded, touches="i1") for _ in range(3 * AT_MOST)))

    assert len(committed) == 3
    assert records(store) == 3 * AT_MOST


async def test_a_write_that_fails_is_undone_alone_and_its_caller_told(
    commits: GroupCommit, store: SqlStore
) -> None:
    def failing(tx: Transaction) -> None:
        recorded(tx)
        raise LookupError("this one")

    def refused(tx: Transaction) -> None:
        recorded(tx)
        tx.record(an_entry("item:i2", "item", "done"))
        tx.items.save(an_item("i2", version=2))

    with store.transaction() as tx:
        add_items(tx, an_item("i2"))
    endings = await asyncio.gather(
        *(commits.write(act, touches="i1") for act in (recorded, failing, refused, recorded)),
        return_exceptions=True,
    )

    assert endings[0] == 1
    assert isinstance(endings[1], LookupError)
    assert isinstance(endings[2], StoreConflictError)
    assert endings[3] == 2
    assert (records(store), records(store, "item:i2")) == (2, 1)


async def test_when_the_store_is_away_everybody_is_told_and_nothing_has_happened(
    commits: GroupCommit, store: SqlStore
) -> None:
    def gone(_: Transaction) -> None:
        raise StoreUnavailableError("here", "it went away")

    endings = await asyncio.gather(
        *(commits.write(act, touches="i1") for act in (recorded, gone, recorded)),
        return_exceptions=True,
    )
    later = await commits.write(recorded, touches="i1")

    assert [type(ending) for ending in endings] == [StoreUnavailableError] * 3
    assert (later, records(store)) == (1, 1)


async def test_writes_lock_in_the_order_of_what_they_touch(
    commits: GroupCommit, thread: StoreThread
) -> None:
    order: list[str] = []
    disk = Event()
    busy = asyncio.create_task(thread.run(disk.wait))
    first = asyncio.create_task(commits.write(lambda _: order.append("first"), touches="z"))
    await asyncio.sleep(0)

    writes = [
        asyncio.create_task(commits.write(lambda _, name=name: order.append(name), touches=name))  # type: ignore[misc]
        for name in ("c", "a", "b")
    ]
    await asyncio.sleep(0)
    disk.set()
    await asyncio.gather(busy, first, *writes)

    assert order in (["first", "a", "b", "c"], ["a", "b", "c", "first"])


async def test_a_caller_that_goes_away_spoils_nothing(
    commits: GroupCommit, store: SqlStore
) -> None:
    goes = asyncio.create_task(commits.write(recorded, touches="i1"))
    await asyncio.sleep(0)
    goes.cancel()

    assert await commits.write(recorded, touches="i1") == 2
    assert records(store) == 2
