"""A clockwork, and a desk with hooks: log and states must agree when a test is over."""

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskhand.use_cases.check_log import verify_log
from tests.making import ANN, HandClock, migrated, sql_store, sqlite_url
from tests.practice.clockwork import Clockwork, runbook_with
from tests.unit.triggers.hook_desk import HookDesk, open_desk

MORNING = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
"""5:00 on a Monday in New York."""

Wound = Callable[..., Clockwork]


@pytest.fixture
def wound(tmp_path: Path) -> Iterator[Wound]:
    """Make a clockwork with a time table, or `more`, which has been seen for the first time."""
    clock = HandClock(MORNING)
    with migrated(sqlite_url(tmp_path)) as database:
        store = sql_store(database, clock=clock)

        def wind(
            cron: str = "0 6 * * *",
            catch_up: str = "latest",
            *,
            more: Sequence[tuple[str, str]] = (),
            **changes: object,
        ) -> Clockwork:
            tables = ((cron, catch_up), *more)
            text = runbook_with(*tables, grace=str(changes.pop("grace", "30m")))
            clockwork = Clockwork(store=store, clock=clock, text=text, **changes)  # type: ignore[arg-type]
            assert clockwork.look() == []
            return clockwork

        yield wind
        assert verify_log(by=ANN, store=store, clock=clock).findings == []


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[HookDesk]:
    with open_desk(tmp_path) as opened:
        yield opened
