"""A host that verifies the log in parts, step by step."""

from collections.abc import Iterator
from contextlib import contextmanager

from deskhand.domain.identifiers import WorkerId
from deskhand.domain.verification import VerificationRhythm
from deskhand.ports.store import Store
from deskhand.use_cases.watch_log import (
    PartialVerdict,
    SeenHead,
    Watch,
    begin_verification,
    note_verdict,
    verify_part,
)
from tests.making import WORKER, HandClock, migrated, sql_store


def watching(store: Store, clock: HandClock, *, holder: WorkerId = WORKER) -> Watch:
    return Watch(store=store, clock=clock, rhythm=VerificationRhythm(), holder=holder)


def begun(watch: Watch) -> PartialVerdict | None:
    """Begin what is due, as of a head that is old enough."""
    with watch.store.reading() as tx:
        head = SeenHead(position=tx.notices.head(), at=watch.clock.now())
    return begin_verification(head, watch=watch)


def ended(watch: Watch) -> PartialVerdict:
    """Verify what is due to its end, and keep the verdict."""
    run = begun(watch)
    assert run is not None
    while not run.ended:
        assert verify_part(run, watch=watch)
    note_verdict(run, watch=watch)
    return run


@contextmanager
def open_store(url: str, clock: HandClock) -> Iterator[Store]:
    with migrated(url) as database:
        yield sql_store(database, clock=clock)
