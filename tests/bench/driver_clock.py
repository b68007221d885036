"""A clock that stands still while the database works."""

import time
from collections.abc import Callable
from typing import Any

from deskhand.ports.store import Store
from deskhand.stores.store import SqlStore

_CALLS = (
    "do_execute",
    "do_executemany",
    "do_execute_no_params",
    "do_begin",
    "do_commit",
    "do_rollback",
)


class DriverClock:
    """Seconds, without those that the store's database driver has used.

    Everything else counts: also what SQLAlchemy does around a statement, and the way from the
    event loop to the store's thread and back.
    """

    def __init__(self, store: Store) -> None:
        if not isinstance(store, SqlStore):
            raise TypeError("only a store on SQL has a driver")
        self._waited = 0.0
        dialect = store._engine.dialect
        for name in _CALLS:
            setattr(dialect, name, self._timed(getattr(dialect, name)))

    def __call__(self) -> float:
        return time.perf_counter() - self._waited

    def _timed(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def timed(*args: Any, **kwargs: Any) -> Any:
            started = time.perf_counter()
            try:
                return call(*args, **kwargs)
            finally:
                self._waited += time.perf_counter() - started

        return timed
