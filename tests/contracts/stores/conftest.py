"""Each test of the store's contract runs on SQLite and on a real PostgreSQL."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from deskhand.stores.store import SqlStore
from tests.making import migrated, sql_store, sqlite_url
from tests.postgres import PostgresServer


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database as every test begins: the one contract, on each kind of database."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path)
        return
    server: PostgresServer = request.getfixturevalue("postgres_server")
    model: str = request.getfixturevalue("migrated_postgres")
    with server.fresh_database(like=model) as url:
        yield url


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of an empty database of each kind."""
    if request.param == "sqlite":
        return sqlite_url(tmp_path)
    url: str = request.getfixturevalue("postgres_url")
    return url


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """A database with this version's schema."""
    with migrated(database_url) as engine:
        yield engine


@pytest.fixture
def store(database: Engine) -> SqlStore:
    """A store on a database that this test has to itself."""
    return sql_store(database)
