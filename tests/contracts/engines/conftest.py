"""Each test of the engine's contract runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine as Database

from deskhand.stores.store import SqlStore
from tests.contracts.engines.desk import EngineDesk
from tests.making import migrated, sql_store, sqlite_url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The database that the store and the engine share."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database(url: str) -> Iterator[Database]:
    """That database with the store's schema."""
    with migrated(url) as database:
        yield database


@pytest.fixture
def store(database: Database) -> SqlStore:
    """A store in whose transactions attempts are enqueued."""
    return sql_store(database)


@pytest.fixture
def desk(url: str, store: SqlStore) -> EngineDesk:
    """An engine on that database, and what it performs."""
    return EngineDesk(url=url, store=store)
