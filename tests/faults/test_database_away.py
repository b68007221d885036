"""The database goes away under a worker, and comes back."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from sqlalchemy import make_url

from deskhand.domain.work_item import ItemState
from tests.faults.conftest import Practice, more
from tests.faults.workers import WorkerProcess
from tests.postgres import PostgresServer
from tests.practice.waiting import eventually


@pytest.mark.browser
@pytest.mark.parametrize("place", ["before:confirmed", *more("before:intend", "before:may_leave")])
def test_a_worker_that_loses_its_database_goes_on_when_it_is_back(
    practice: Practice, postgres_server: PostgresServer, postgres_url: str, place: str
) -> None:
    project = practice.project(database=postgres_url)

    with WorkerProcess(project, at=place, blow="stop") as worker:
        worker.until_struck()
        with _away(postgres_server, postgres_url):
            worker.wake()
            eventually(lambda: _noticed(project.state), what="the worker misses its database")
        worker.until_rest()

    ending = practice.ending(project)
    assert (ending.state, ending.commits) == (ItemState.DONE, 1)


def _noticed(state: Path) -> bool:
    log = (state / "logs" / "worker.jsonl").read_text(encoding="utf-8")
    return '"problem"' in log


@contextmanager
def _away(server: PostgresServer, url: str) -> Iterator[None]:
    """Cut every connection to the database, and let nobody in."""
    name = str(make_url(url).database)
    admin = server.url.set(drivername="postgresql").render_as_string(hide_password=False)
    with psycopg.connect(admin, autocommit=True) as connection:
        allow = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS {}")
        connection.execute(allow.format(sql.Identifier(name), sql.Literal(False)))
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name]
        )
        try:
            yield
        finally:
            connection.execute(allow.format(sql.Identifier(name), sql.Literal(True)))
