# ruff: noqa: S608 - attacks are SQL put together, on purpose
"""Somebody at the database without deskhand: a second connection, no pragma, as the owner."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

import psycopg
from sqlalchemy import make_url

from deskhand.domain.work_item import ItemState
from deskhand.stores.database import sqlite_file
from deskhand.stores.tables import tables
from tests.making import (
    a_case,
    a_running_attempt,
    add_answer,
    add_attempt,
    add_case,
    add_effect,
    add_items,
    an_answer,
    an_effect,
    an_item,
    health,
    hold,
    migrated,
    move_item,
    sql_store,
)
from tests.making_dispatches import a_dispatch, add_dispatch, give_up
from tests.making_notifications import a_notification, end
from tests.making_quality import a_recheck, a_version, choose, hold_version
from tests.making_requests import a_request
from tests.making_triggers import a_slot, a_trigger, add_slot, pause

GUARDED = (
    "audit_record",
    "item",
    "effect",
    "exception_case",
    "answer",
    "account_health",
    "trigger_state",
    "trigger_slot",
    "dispatch",
    "notification",
    "recheck",
    "runbook_hold",
    "webhook_seen",
)
_ORDER = {
    "audit_record": "position",
    "account_health": "name",
    "trigger_state": "name",
    "recheck": "item",
    "runbook_hold": "hash",
}


NEXT = 8
"""The stream of i1: 1 created, 2 performing, 3 attempt, 4 effect, 5 case, 6 answer, 7 waiting."""


def make_history(url: str) -> None:
    """Set up a database in which something has happened in every guarded table."""
    with migrated(url) as database, sql_store(database).transaction() as tx:
        first = an_item("i1")
        add_items(tx, first, an_item("i2"))
        first = move_item(tx, first, ItemState.PERFORMING)
        add_attempt(tx, a_running_attempt())
        add_effect(tx, an_effect())
        add_case(tx, a_case())
        add_answer(tx, an_answer())
        move_item(tx, first, ItemState.WAITING)
        hold(tx, health())
        pause(tx, a_trigger())
        add_slot(tx, a_slot())
        give_up(tx, add_dispatch(tx, a_dispatch(stream="event:1")))
        tx.notifications.add(due := a_notification())
        end(tx, due)
        choose(tx, a_recheck("i2", case=a_case().id))
        hold_version(tx, a_version())
        tx.hooks.add(a_request())


class Raw(Protocol):
    """What both drivers can do."""

    def execute(self, sql: str, /) -> Iterator[object]: ...


@contextmanager
def raw_access(url: str) -> Iterator[Raw]:
    """Lend a connection of the bare driver."""
    file = sqlite_file(url)
    connection: sqlite3.Connection | psycopg.Connection
    if file is not None:
        connection = sqlite3.connect(file, isolation_level=None)
    else:
        conninfo = make_url(url).set(drivername="postgresql")
        connection = psycopg.connect(
            conninfo.render_as_string(hide_password=False), autocommit=True
        )
    try:
        yield connection
    finally:
        connection.close()


def attack(url: str, statements: Sequence[str]) -> str:
    """Run statements as one transaction; return what refused them, empty if nothing did."""
    with raw_access(url) as raw:
        raw.execute("begin")
        try:
            for statement in statements:
                raw.execute(statement)
            raw.execute("commit")
        except (sqlite3.Error, psycopg.Error) as error:
            raw.execute("rollback")
            return str(error)
    return ""


def contents(url: str) -> Mapping[str, list[object]]:
    """Return every row of the guarded tables."""
    with raw_access(url) as raw:
        return {
            table: list(raw.execute(f"select * from {table} order by {_ORDER.get(table, 'id')}"))
            for table in GUARDED
        }


def copied(
    table: str, *, where: str, verb: str = "insert into", then: str = "", **changes: str
) -> str:
    """Return an insert of the row that `where` finds, with other expressions in some columns."""
    names = [
        column.name
        for column in tables.tables[table].columns
        if column.name != "position" or "position" in changes
    ]
    if "rowid" in changes:
        names.append("rowid")
    values = [changes.get(name, f'"{name}"') for name in names]
    return (
        f"{verb} {table} ({quoted(names)}) "
        f"select {', '.join(values)} from {table} where {where} {then}"
    )


def quoted(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def forged(
    stream: str, seq: int, *, subject: str = "item", state: str = "", type: str = "forged"
) -> str:
    """Return the insert of a record in its place that tells of a state."""
    return copied(
        "audit_record",
        where="stream = 'item:i1' and seq = 1",
        stream=f"'{stream}'",
        seq=str(seq),
        subject=f"'{subject}'",
        state=f"'{state}'",
        type=f"'{type}'",
    )
