"""A simulated year of time tables: what was missed, and what fired twice.

Three hosts watch three time tables in New York, one of them in the hour that does not exist in
March, one in the hour that comes twice in November. Over the year they are restarted, die with a
slot in their hands, and are all away for hours or days (seeded, so each run is the same). What
should have come is counted by the wall calendar, without the library that computes slots.
"""

import random
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import event

from tests.bench.figures import Figure, at_most, told
from tests.making import HandClock, migrated, sql_store, sqlite_url
from tests.practice.clockwork import Clockwork, runbook_with
from tests.practice.simulation import Simulation, Year

_BEGIN = datetime(2026, 1, 1, 12, tzinfo=UTC)
_END = datetime(2027, 1, 1, 12, tzinfo=UTC)
_TABLES = (("30 2 * * *", "latest"), ("30 1 * * *", "all"), ("0 8 * * mon-fri", "none"))


def measure() -> list[Figure]:
    """Let a year pass."""
    with TemporaryDirectory() as folder:
        year = _year(Path(folder))
    return [
        at_most("triggers, slots missed in a year", year.missed, "slots", bar=0),
        at_most("triggers, slots fired twice in a year", year.double, "slots", bar=0),
        told("triggers, slots that came", year.slots, "slots"),
        told("triggers, slots fired", year.fired, "slots"),
        told("triggers, slots another one stood for", year.stood_for, "slots"),
        told("triggers, slots skipped as configured", year.passed, "slots"),
        told("triggers, slots whose source failed", year.failed, "slots"),
        told("triggers, deaths of hosts", year.deaths, "deaths"),
    ]


def _year(folder: Path) -> Year:
    clock = HandClock(_BEGIN)
    with migrated(sqlite_url(folder)) as database:

        @event.listens_for(database, "connect")
        def _without_fsync(connection: object, _entry: object) -> None:
            # It changes nothing in what is written; a year of waiting for disks would be long.
            connection.execute("pragma synchronous=off")  # type: ignore[attr-defined]

        database.dispose()
        store = sql_store(database, clock=clock)
        clockwork = Clockwork(store=store, clock=clock, text=runbook_with(*_TABLES))
        chance = random.Random(7)  # noqa: S311 - no secret
        return Simulation(clockwork=clockwork, until=_END, chance=chance).run()
