"""What the framework itself costs, beside browser and database.

The claims runbook is performed by the product's own `Performer` on a real SQLite store with the
real seal; only the stage is another one, whose session answers every action at once. A clock
that stands still while the database driver works (`DriverClock`) is read when each action begins
and when the session ends. So a step's figure holds all that the framework does from one action
to the next: arguments, typed results, records, sealing, the guard of an act, SQLAlchemy's own
work, and the way to the store's thread and back. What an item takes outside its steps (begin,
scope, settle) is the rest of its attempt. Evidence is left out: there is no page to picture.

On a busy machine the clock also counts the time in which another process has the core; the
item's CPU time, database included, is told beside it.
"""

import asyncio
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from deskhand.bootstrap.workplace import Workplace
from tests.bench.answering_stage import AnsweringStage
from tests.bench.driver_clock import DriverClock
from tests.bench.figures import Figure, at_most, told
from tests.bench.lane import open_lane
from tests.bench.practice import Practice, take_in, write_project

ITEMS = 120
_WARM_UP = 20
_CLIENT = "lakeside"


def measure() -> list[Figure]:
    """Perform claims without a browser, and take the medians."""
    with TemporaryDirectory() as folder:
        practice = Practice(today=datetime.now(UTC).date())
        place = write_project(Path(folder), clients=[_CLIENT])
        claims = practice.alike(practice.clinics[0], count=ITEMS + _WARM_UP)
        take_in(place, claims, client=_CLIENT, name="claims")
        measured = asyncio.run(_performed(place))[_WARM_UP:]
        place.store.close()
    steps = [step for one in measured for step in one.steps]
    return [
        at_most("framework time a step", _milliseconds(steps), "ms", bar=3),
        at_most("framework time an item", _milliseconds([m.item for m in measured]), "ms", bar=25),
        told("CPU time an item, database included", _milliseconds([m.cpu for m in measured]), "ms"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Measured:
    """Seconds: of each step, of the item outside its steps, and CPU of all of it."""

    steps: list[float]
    item: float
    cpu: float


async def _performed(place: Workplace) -> list[_Measured]:
    clock = DriverClock(place.store)
    stage = AnsweringStage(clock)
    measured = []
    async with open_lane(place, lambda _: stage) as lane:
        performer = lane.performer()
        for _ in range(ITEMS + _WARM_UP):
            cpu = time.process_time()
            attempt = await lane.perform_next(performer, clock=clock)
            cpu = time.process_time() - cpu
            item = attempt - sum(stage.steps)
            measured.append(_Measured(steps=stage.steps, item=item, cpu=cpu))
    return measured


def _milliseconds(seconds: list[float]) -> float:
    return median(seconds) * 1000
