"""How fast the audit log is verified: records a second of CPU time, states compared as well.

`verify_log` is called as `deskhand audit verify` does, on two stores. One is a day's work: claims
taken in and performed by the product's own `Performer`, on a stage that answers at once (fsyncs
are switched off while it is filled, which changes nothing in it). The other holds claims that
were only taken in, the dearest case: every record tells of another item, whose state has to be
compared. Each figure is the best of some verifications, because whatever a busy machine does to
CPU time (shared cores, caches that others fill) only adds to it; the median is told beside it.
"""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import event

from deploy.demo.big_files import write_big_csv
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.settings.project import load_project
from deskhand.stores.store import SqlStore
from deskhand.use_cases.check_log import verify_log
from tests.bench.answering_stage import AnsweringStage
from tests.bench.figures import Figure, at_least, told
from tests.bench.intake import take_in_beside
from tests.bench.lane import open_lane
from tests.bench.practice import BenchFailedError, Practice, take_in, write_project

PERFORMED = 1_500
TAKEN_IN = 20_000
RUNS = 9
_CLIENT = "lakeside"


def measure() -> list[Figure]:
    """Fill the stores, then verify them."""
    with TemporaryDirectory() as folder:
        performed = _rates(_performed(Path(folder) / "performed"))
        taken_in = _rates(_taken_in(Path(folder)))
    unit = "records/s of CPU"
    return [
        at_least("audit verify, items performed", max(performed), unit, bar=100_000),
        told("audit verify, items performed, median", median(performed), unit),
        told("audit verify, items only taken in", max(taken_in), unit),
    ]


def _performed(folder: Path) -> Workplace:
    practice = Practice(today=datetime.now(UTC).date())
    place = write_project(folder, clients=[_CLIENT])
    _without_fsync(place)
    claims = practice.alike(practice.clinics[0], count=PERFORMED)
    take_in(place, claims, client=_CLIENT, name="claims")
    asyncio.run(_perform_all(place))
    return place


async def _perform_all(place: Workplace) -> None:
    async with open_lane(place, lambda _: AnsweringStage(time.perf_counter)) as lane:
        performer = lane.performer()
        for _ in range(PERFORMED):
            await lane.perform_next(performer)


def _taken_in(folder: Path) -> Workplace:
    file, project = folder / "claims.csv", folder / "taken-in"
    write_big_csv(file, claims=TAKEN_IN, seed=1)
    take_in_beside(project, file, claims=TAKEN_IN)
    return Workplace(load_project(project))


def _rates(place: Workplace) -> list[float]:
    rates = [_verified(place) for _ in range(RUNS + 1)]
    place.store.close()
    return rates[1:]


def _verified(place: Workplace) -> float:
    used = time.process_time()
    verdict = verify_log(by=human("bench"), store=place.store, clock=place.clock)
    used = time.process_time() - used
    if not verdict.clean:
        raise BenchFailedError(f"the log does not verify: {verdict.first}")
    return verdict.records / used


def _without_fsync(place: Workplace) -> None:
    store = place.store
    if not isinstance(store, SqlStore):
        raise TypeError("only a store on SQL can be told not to sync")

    @event.listens_for(store._engine, "connect")
    def _settle(connection: object, _entry: object) -> None:
        connection.execute("pragma synchronous=off")  # type: ignore[attr-defined]

    store.close()
