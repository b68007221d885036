"""Tell how a host is: whether it can work, and what people should know of though it can."""

from datetime import datetime, timedelta

from deskhand.domain.identifiers import WorkerId
from deskhand.domain.verification import VerificationRhythm
from deskhand.errors import StoreError
from deskhand.ports.clock import Clock
from deskhand.ports.inbox import Health
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.pass_on import UNHEARD_AFTER
from deskhand.use_cases.watch_log import last_verified

SILENT_AFTER = timedelta(seconds=60)

_READINESS = WorkerId("readiness")


def health_now(*, store: Store, clock: Clock, rhythm: VerificationRhythm) -> Health:
    """Return how the host is at this moment; a database that is away is a problem like others."""
    now = clock.now()
    try:
        with store.transaction() as tx:
            tx.workers.lease(_READINESS, holder=_READINESS, now=now, until=now)
            living = tx.workers.living(since=now - SILENT_AFTER)
        with store.reading() as tx:
            warnings = [*_unheard(tx, now=now), *_log_warnings(tx, rhythm, now=now)]
            notes = _log_notes(tx)
    except StoreError:
        return Health(problems=["the database cannot be written"])
    problems = [] if living else ["no worker has shown life for a minute"]
    return Health(problems=problems, warnings=warnings, notes=notes)


def _unheard(tx: Transaction, *, now: datetime) -> list[str]:
    count = tx.notifications.unheard_pages(since=now - UNHEARD_AFTER)
    if not count:
        return []
    pages = "1 page was" if count == 1 else f"{count} pages were"
    return [f"{pages} heard by nobody: deskhand notify list"]


def _log_warnings(tx: Transaction, rhythm: VerificationRhythm, *, now: datetime) -> list[str]:
    last = last_verified(tx)
    if last is None:
        return []
    if not last.clean:
        return ["the audit log does not hold: deskhand audit verify"]
    if rhythm.is_late(last, now=now):
        return [f"the audit log was not verified since {_told(last.at)}"]
    return []


def _log_notes(tx: Transaction) -> list[str]:
    last = last_verified(tx)
    if last is None:
        return ["the audit log was not verified yet"]
    return [f"the audit log was verified at {_told(last.at)}"]


def _told(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
