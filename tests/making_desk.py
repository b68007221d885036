"""A person's desk over a store of a test."""

from deskhand.domain.queue import DEFAULTS, QueueBook
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store
from deskhand.runbooks.library import Library
from deskhand.use_cases.desk import Desk
from deskhand.vaults.seal import AesSeal
from tests.unit.runbooks.bots import BOTS


def a_desk(store: Store, *, clock: Clock, book: QueueBook = DEFAULTS) -> Desk:
    """Return a desk with the seal and the bots of the tests."""
    return Desk(
        store=store, seal=AesSeal([bytes(32)]), clock=clock, library=Library(BOTS), book=book
    )
