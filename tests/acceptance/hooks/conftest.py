"""A desk with hooks for each test, whose log and states must agree when the test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.check_log import verify_log
from tests.making import ANN, HandClock, migrated, sql_store, sqlite_url
from tests.unit.triggers.hook_desk import HookDesk
from tests.unit.use_cases.office import Office


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[HookDesk]:
    """Hooks over an SQLite store; every record and every state is checked afterwards."""
    clock = HandClock()
    with migrated(sqlite_url(tmp_path)) as database:
        store = sql_store(database, clock=clock)
        thread = StoreThread()
        yield HookDesk(office=Office(store=store, clock=clock), thread=thread)
        thread.close()
        assert verify_log(by=ANN, store=store, clock=clock).findings == []
