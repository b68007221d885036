"""An office that tells people, whose log and states must agree when the test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.check_log import verify_log
from tests.making import ANN, HandClock, migrated, sql_store, sqlite_url
from tests.practice.mailbox import Mailbox, serving
from tests.unit.notifications.notify_office import NotifyOffice
from tests.unit.use_cases.office import Office


@pytest.fixture
def told(tmp_path: Path) -> Iterator[NotifyOffice]:
    """An office over an SQLite store; every record and every state is checked afterwards."""
    clock = HandClock()
    with migrated(sqlite_url(tmp_path)) as database, serving(Mailbox()) as mailbox:
        store = sql_store(database, clock=clock)
        thread = StoreThread()
        yield NotifyOffice(office=Office(store=store, clock=clock), thread=thread, mailbox=mailbox)
        thread.close()
        assert verify_log(by=ANN, store=store, clock=clock).findings == []
