"""The loop that watches the clocks of cases, put together."""

from collections.abc import Sequence

from deskhand.bootstrap.projects import project_runbooks
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.runbook import Runbook
from deskhand.domain.trigger_names import time_tables
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.sweeper import Sweeper


def sweeper_loop(
    place: Workplace, thread: StoreThread, *, runbooks: Sequence[Runbook] | None = None
) -> Sweeper:
    """Return the loop that tells of cases at risk and overdue, and escalates them.

    It ends what is due of triggers that no runbook of the project has any more.
    """
    compiled = project_runbooks(place) if runbooks is None else runbooks
    return Sweeper(
        store=place.store,
        seal=place.seal,
        clock=place.clock,
        observer=place.observer,
        thread=thread,
        book=place.book,
        triggers=frozenset(name for runbook in compiled for name in time_tables(runbook)),
        ids_kept=place.project.http.ids_kept,
    )
