"""An office for each test, whose log and states must agree when the test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.use_cases.check_log import verify_log
from tests.making import ANN, HandClock, migrated, sql_store, sqlite_url
from tests.making_quality import checking
from tests.unit.use_cases.asking import SOURCE
from tests.unit.use_cases.office import Office
from tests.unit.use_cases.rechecking import SOURCE as RECHECKED


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """An office over an SQLite store; every record and every state is checked afterwards."""
    clock = HandClock()
    with migrated(sqlite_url(tmp_path)) as database:
        store = sql_store(database, clock=clock)
        yield Office(store=store, clock=clock)
        assert verify_log(by=ANN, store=store, clock=clock).findings == []


@pytest.fixture
def asking(tmp_path: Path) -> Iterator[Office]:
    """An office whose runbook asks people; checked afterwards, too."""
    clock = HandClock()
    with migrated(sqlite_url(tmp_path)) as database:
        store = sql_store(database, clock=clock)
        yield Office(store=store, clock=clock, source=SOURCE)
        assert verify_log(by=ANN, store=store, clock=clock).findings == []


@pytest.fixture
def checked_office(tmp_path: Path) -> Iterator[Office]:
    """An office in which people check all of it again; checked afterwards, too."""
    clock = HandClock()
    with migrated(sqlite_url(tmp_path)) as database:
        store = sql_store(database, clock=clock)
        yield Office(store=store, clock=clock, source=RECHECKED, quality=checking())
        assert verify_log(by=ANN, store=store, clock=clock).findings == []
