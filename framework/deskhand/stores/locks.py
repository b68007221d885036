"""Locks within a transaction. SQLite has one writer, so only PostgreSQL needs them."""

from typing import Any

from sqlalchemy import Connection, Select, func, select

READING = "deskhand_reading"
"""The execution option of a connection that only reads: it waits for no writer."""


def lock_name(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds this name, and hold it until this one ends.

    For what has no row to lock yet: the next record of a stream, an account's first health.
    """
    if _locks(connection):
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


def share_name(connection: Connection, name: str) -> None:
    """Wait until no other transaction holds this name; others may share it until this one ends."""
    if _locks(connection):
        key = func.hashtextextended(name, 0)
        connection.execute(select(func.pg_advisory_xact_lock_shared(key)))


def locked(query: Select[Any], connection: Connection, *, skip: bool = False) -> Select[Any]:
    """Return the query so that it locks the rows that it finds, or skips the locked ones."""
    return query.with_for_update(skip_locked=skip) if _locks(connection) else query


def _locks(connection: Connection) -> bool:
    reading = connection.get_execution_options().get(READING, False)
    return connection.dialect.name == "postgresql" and not reading
