"""A year of three hosts that die and come back: each slot once, or as the runbook says."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import event

from deskhand.stores.store import SqlStore
from deskhand.use_cases.check_log import verify_log
from tests.campaign import more
from tests.making import ANN, HandClock, migrated, sql_store, sqlite_url
from tests.practice.clockwork import Clockwork, runbook_with
from tests.practice.simulation import Simulation, Year

# 2:30 does not exist on March 8th; 1:30 comes twice on November 1st.
TABLES = runbook_with(("30 2 * * *", "latest"), ("30 1 * * *", "all"), ("0 8 * * mon-fri", "none"))


def simulated(store: SqlStore, clock: HandClock, *, until: datetime, seed: int) -> Year:
    clockwork = Clockwork(store=store, clock=clock, text=TABLES)
    return Simulation(clockwork=clockwork, until=until, chance=random.Random(seed)).run()  # noqa: S311 - no secret


@pytest.fixture
def quick_store(tmp_path: Path) -> Iterator[tuple[SqlStore, HandClock]]:
    clock = HandClock(datetime(2026, 1, 1, 12, tzinfo=UTC))
    with migrated(sqlite_url(tmp_path)) as database:

        @event.listens_for(database, "connect")
        def _without_fsync(connection: object, _entry: object) -> None:
            connection.execute("pragma synchronous=off")  # type: ignore[attr-defined]

        database.dispose()
        yield sql_store(database, clock=clock), clock


@pytest.mark.parametrize("seed", [1, *more(2, 3, 4)])
def test_over_a_year_no_slot_is_missed_and_none_fires_twice(
    quick_store: tuple[SqlStore, HandClock], seed: int
) -> None:
    store, clock = quick_store

    year = simulated(store, clock, until=datetime(2027, 1, 1, 12, tzinfo=UTC), seed=seed)

    assert (year.missed, year.double) == (0, 0)
    assert year.slots >= 365 + 365 + 261
    assert year.fired + year.failed + year.stood_for + year.passed == year.slots
    assert min(year.fired, year.stood_for, year.passed, year.deaths) > 0
    assert verify_log(by=ANN, store=store, clock=clock).findings == []


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("begin", "end"), [("2026-03-01", "2026-03-15"), ("2026-10-25", "2026-11-08")]
)
def test_on_postgresql_weeks_around_both_changes_of_the_clocks(
    postgres_url: str, begin: str, end: str
) -> None:
    clock = HandClock(datetime.fromisoformat(f"{begin}T12:00+00:00"))
    with migrated(postgres_url) as database:
        store = sql_store(database, clock=clock)

        until = datetime.fromisoformat(f"{end}T12:00+00:00")
        year = simulated(store, clock, until=until, seed=3)

        assert (year.missed, year.double) == (0, 0)
        assert year.slots > 30
        assert verify_log(by=ANN, store=store, clock=clock).findings == []
