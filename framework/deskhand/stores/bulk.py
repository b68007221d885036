"""Many rows in one statement: prepared tuples for the driver, in place of a mapping a row."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from operator import attrgetter
from typing import Any

from sqlalchemy import Connection, Dialect, Table

_PLACE = {"qmark": "?", "pyformat": "%s"}


def insert_rows(
    connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> None:
    """Insert rows whose cells are in the order of the columns; no row, no statement."""
    processors = _processors(connection.dialect, table, tuple(columns))
    prepared = [_prepared(row, processors) for row in rows]
    if prepared:
        connection.exec_driver_sql(_statement(connection, table, columns), prepared)


def insert_values(connection: Connection, table: Table, values: Iterable[Any]) -> None:
    """Insert domain values that have a field for each column of the table."""
    columns = table.columns.keys()
    insert_rows(connection, table, columns, map(attrgetter(*columns), values))


def _statement(connection: Connection, table: Table, columns: Sequence[str]) -> str:
    quoted = connection.dialect.identifier_preparer
    names = ", ".join(quoted.quote(name) for name in columns)
    places = ", ".join([_PLACE[connection.dialect.paramstyle]] * len(columns))
    return f"insert into {quoted.format_table(table)} ({names}) values ({places})"  # noqa: S608 - names of our own tables


@lru_cache(maxsize=64)
def _processors(
    dialect: Dialect, table: Table, columns: tuple[str, ...]
) -> Mapping[int, Callable[[Any], Any]]:
    """Return by place how cells are made ready; most need nothing."""
    found: dict[int, Callable[[Any], Any]] = {}
    for place, name in enumerate(columns):
        processor = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if processor is not None:
            found[place] = processor
    return found


def _prepared(
    row: Sequence[Any], processors: Mapping[int, Callable[[Any], Any]]
) -> tuple[Any, ...]:
    cells = list(row)
    for place, processor in processors.items():
        cells[place] = processor(cells[place])
    return tuple(cells)
