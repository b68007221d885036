"""The loop that verifies the audit log, put together."""

from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.identifiers import WorkerId
from deskhand.runtime.store_thread import StoreThread
from deskhand.runtime.verifier import Verifier
from deskhand.use_cases.watch_log import Watch


def verifier_loop(place: Workplace, *, thread: StoreThread, holder: WorkerId) -> Verifier:
    """Return the loop that verifies the log when it is due."""
    watch = Watch(
        store=place.store, clock=place.clock, rhythm=place.project.audit.rhythm, holder=holder
    )
    return Verifier(watch=watch, thread=thread, observer=place.observer)
