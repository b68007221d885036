"""Opening a database: SQLite with the settings that were tried, or PostgreSQL."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import ConnectionPoolEntry

from deskhand.errors import StoreUnavailableError
from deskhand.stores.locks import READING

BUSY_TIMEOUT_MS = 30_000
STOPPED_AFTER_SECONDS = 15
# A server that nothing reaches any more says nothing: without these, a worker would wait for it
# for a quarter of an hour, and for two hours where it was only listening.
NOTICES_SILENCE: Mapping[str, int] = {
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}

_DRIVERS = ("sqlite", "sqlite+pysqlite", "postgresql", "postgresql+psycopg")
_EXPECTED = "expected sqlite:///FILE or postgresql+psycopg://USER@HOST/DATABASE"


def open_database(url: str) -> Engine:
    """Return an engine for `sqlite:///FILE` or `postgresql+psycopg://…`. Opens no connection.

    Raises `StoreUnavailableError` when the URL names no such database.
    """
    parsed = _parsed(url)
    if parsed.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    try:
        return _open_postgresql(parsed)
    except ImportError as error:
        place = parsed.render_as_string(hide_password=True)
        raise StoreUnavailableError(place, "install deskhand[postgres] for PostgreSQL") from error


def reading_engine(engine: Engine) -> Engine:
    """Return the engine for transactions that read one consistent state and change nothing."""
    reading = engine.execution_options(**{READING: True})
    if engine.dialect.name != "postgresql":
        return reading
    return reading.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError) as error:
        # The text itself stays unsaid: it may hold a password.
        raise StoreUnavailableError("the URL in the settings", _EXPECTED) from error
    if parsed.drivername not in _DRIVERS:
        place = parsed.render_as_string(hide_password=True)
        raise StoreUnavailableError(place, _EXPECTED)
    return parsed


def sqlite_file(url: str) -> Path | None:
    """Return the file of an SQLite URL, None for another database."""
    parsed = _parsed(url)
    if parsed.get_backend_name() != "sqlite" or not parsed.database:
        return None
    return Path(parsed.database)


def _open_postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=8,
        max_overflow=8,
        pool_pre_ping=True,
        hide_parameters=True,
        connect_args={
            name: value for name, value in NOTICES_SILENCE.items() if name not in url.query
        },
    )
    if "options" in url.query:  # whoever writes them has their own idea of all this
        return engine

    @event.listens_for(engine, "connect")
    def _bound(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # A process that is stopped within a transaction keeps its locks, and every other worker
        # waiting: the server ends it.
        with connection.cursor() as cursor:
            cursor.execute(f"set idle_in_transaction_session_timeout = '{STOPPED_AFTER_SECONDS}s'")
        connection.commit()

    @event.listens_for(engine, "begin")
    def _unbound(connection: Connection) -> None:
        # What only reads holds no lock, and its reader may be slow: an export into a pipe.
        if connection.get_execution_options().get(READING, False):
            driver: Any = connection.connection.driver_connection
            driver.execute("set local idle_in_transaction_session_timeout = 0")

    return engine


def _open_sqlite(url: str) -> Engine:
    engine = create_engine(url, hide_parameters=True)

    @event.listens_for(engine, "connect")
    def _settle(connection: Any, _entry: ConnectionPoolEntry) -> None:
        # The driver's own transaction control would begin deferred ones: 378 of 400 of these
        # ended in "database is locked" when a writer and readers met.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in (
            f"busy_timeout={BUSY_TIMEOUT_MS}",
            "journal_mode=wal",
            "synchronous=full",
            "foreign_keys=on",
            "recursive_triggers=on",
        ):
            cursor.execute(f"pragma {pragma}")
        cursor.close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        reading = connection.get_execution_options().get(READING, False)
        connection.exec_driver_sql("BEGIN" if reading else "BEGIN IMMEDIATE")

    return engine
