"""A worker's clock against the database's own."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine as Database

from deskhand.clocks.system import SystemClock
from deskhand.errors import ClockDiffersError
from deskhand.ports.store import Store
from deskhand.use_cases.compare_clocks import AT_MOST, compare_clocks


class WrongClock:
    """This machine's clock, set wrong; it may run slowly, too, as while a database is busy."""

    def __init__(self, by: timedelta, *, waiting: timedelta = timedelta()) -> None:
        self._by = by
        self._waiting = waiting

    def now(self) -> datetime:
        self._by, shown = self._by + self._waiting, self._by
        return datetime.now(UTC) + shown


@pytest.mark.parametrize(
    ("by", "said"),
    [(timedelta(minutes=2), r"\+120 s"), (-timedelta(minutes=2), "-120 s")],
)
def test_a_clock_that_is_not_the_databases_is_refused(
    store: Store, database: Database, by: timedelta, said: str
) -> None:
    if database.dialect.name == "sqlite":  # which has no clock but this machine's
        compare_clocks(store=store, clock=WrongClock(by))
        return

    with pytest.raises(ClockDiffersError, match=f"this clock is {said} from the database's"):
        compare_clocks(store=store, clock=WrongClock(by))


def test_a_clock_that_is_nearly_right_will_do(store: Store) -> None:
    compare_clocks(store=store, clock=SystemClock())
    compare_clocks(store=store, clock=WrongClock(AT_MOST / 2))


def test_a_database_that_was_long_in_answering_is_no_wrong_clock(store: Store) -> None:
    long = timedelta(minutes=1)

    compare_clocks(store=store, clock=WrongClock(-long / 2, waiting=long))
