"""How long people and the sweeper wait where very many cases wait for them.

A store with 60,000 open cases of two queues and two clients, 400 of them of one changed layout.
`next_case` is called as `deskhand next` does, for a
person who may work on one queue of the two; `sweep_cases` as the sweeper's loop does, when a batch
of them has come due at once. Every call commits as the product does. The medians are told: what
somebody usually waits.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.queue import Person, Queue, QueueBook
from deskhand.stores.database import open_database
from deskhand.stores.store import SqlStore
from deskhand.use_cases.hand_out_case import Wish, next_case
from deskhand.use_cases.sweep_cases import AT_A_TIME, sweep_cases
from tests.bench.figures import Figure, at_least, at_most, told
from tests.making import HandClock, a_case, add_case, add_items, an_item, migrated, sql_store
from tests.making_desk import a_desk

CASES = 60_000
OF_ONE_CAUSE = 400
ASKED = 50
_BATCH = 1_000
_NOW = datetime(2026, 5, 4, 9, tzinfo=UTC)
_ANN = Actor(kind=ActorKind.HUMAN, id="ann")
_BOOK = QueueBook(
    queues={"claims": Queue(name="claims", role="reviewer"), "ops": Queue(name="ops", role="op")},
    people={"ann": Person(name="ann", roles=frozenset({"reviewer"}))},
)


def measure() -> list[Figure]:
    """Fill the store, then ask it what people and the sweeper ask."""
    with TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder) / 'deskhand.db'}"
        _fill(url)
        store = sql_store(open_database(url), clock=HandClock(_NOW))
        handed = [_milliseconds(lambda: _hand_out(store)) for _ in range(ASKED)]
        counted = [_milliseconds(lambda: _causes(store)) for _ in range(ASKED)]
        idle = [_milliseconds(lambda: _sweep(store, _NOW)) for _ in range(ASKED)]
        busy = _milliseconds(lambda: _sweep(store, _NOW + timedelta(days=2)))
        store.close()
    return [
        at_most(f"next case of {CASES:,}", median(handed), "ms", bar=50),
        at_most("sweep with nothing to tell", median(idle), "ms", bar=5),
        at_least("cases told of by a sweep", AT_A_TIME / busy * 1000, "cases/s", bar=50),
        told(f"causes of {CASES:,} cases", median(counted), "ms"),
    ]


def _fill(url: str) -> None:
    with migrated(url) as database:
        store = sql_store(database, clock=HandClock(_NOW))
        for first in range(0, CASES, _BATCH):
            _add(store, range(first, first + _BATCH))


def _add(store: SqlStore, numbers: range) -> None:
    with store.transaction() as tx:
        add_items(tx, *[an_item(f"i{number:06}") for number in numbers])
        for number in numbers:
            due = _NOW + timedelta(hours=1, seconds=number)
            layout = number < OF_ONE_CAUSE
            add_case(
                tx,
                a_case(
                    f"i{number:06}-1",
                    item=f"i{number:06}",
                    queue="ops" if layout else "claims",
                    client=("lakeside", "hill")[number % 2],
                    due_at=due,
                    risk_at=due - timedelta(minutes=12),
                    cause_group="layout" if layout else f"business/{number % 20}",
                ),
            )


def _hand_out(store: SqlStore) -> None:
    case = next_case(Wish(), by=_ANN, desk=a_desk(store, clock=HandClock(_NOW), book=_BOOK))
    assert case is not None
    assert case.queue == "claims"


def _causes(store: SqlStore) -> None:
    with store.reading() as tx:
        tx.case_clocks.causes()


def _sweep(store: SqlStore, now: datetime) -> None:
    sweep_cases(store=store, clock=HandClock(now), book=_BOOK)


def _milliseconds(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return (time.perf_counter() - started) * 1000
