"""An outbox for each test, whose log and states must agree when the test is over."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.check_log import verify_log
from tests.making import ANN, HandClock, migrated, sql_store, sqlite_url
from tests.practice.receiver import PracticeReceiver
from tests.unit.outbox.outbox_office import SECRET, OutboxOffice
from tests.unit.use_cases.office import Office


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[OutboxOffice]:
    """An outbox over an SQLite store; every record and every state is checked afterwards."""
    # The receiver checks signatures by its own clock, which is the machine's.
    clock = HandClock(datetime.now(UTC))
    with migrated(sqlite_url(tmp_path)) as database:
        store = sql_store(database, clock=clock)
        thread = StoreThread()
        yield OutboxOffice(office=Office(store=store, clock=clock), thread=thread)
        thread.close()
        assert verify_log(by=ANN, store=store, clock=clock).findings == []


@pytest.fixture
def receiver() -> PracticeReceiver:
    return PracticeReceiver(SECRET)
