"""The loop that watches the clocks of cases, put together."""

from deskhand.bootstrap.workplace import Workplace
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.sweeper import Sweeper


def sweeper_loop(place: Workplace, thread: StoreThread) -> Sweeper:
    """Return the loop that tells of cases at risk and overdue, and escalates them."""
    return Sweeper(
        store=place.store,
        seal=place.seal,
        clock=place.clock,
        observer=place.observer,
        thread=thread,
        book=place.book,
    )
