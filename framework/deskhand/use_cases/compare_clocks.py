"""Compare this machine's clock with the database's: workers rely on having the same time."""

from datetime import timedelta

from deskhand.errors import ClockDiffersError
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store

AT_MOST = timedelta(seconds=5)
"""How far apart they may be. An act's last moment is told by the clock of the worker that acts,
and its proof is asked by that of another: between the two lie `once.act_within` and more."""


def compare_clocks(*, store: Store, clock: Clock) -> None:
    """Raise `ClockDiffersError` when the clocks are further apart than two workers may be.

    How long the database took to answer is no difference.
    """
    with store.reading() as tx:
        before = clock.now()
        theirs = tx.workers.database_time()
        after = clock.now()
    if theirs is None:
        return
    if before - theirs > AT_MOST:
        raise ClockDiffersError(before - theirs)
    if theirs - after > AT_MOST:
        raise ClockDiffersError(after - theirs)
