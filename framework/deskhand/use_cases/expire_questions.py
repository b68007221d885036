"""Close questions that nobody answered in time. Expiry never approves: a person looks again."""

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.exception_case import Decision, ExceptionCase
from deskhand.domain.queue import QueueBook
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.sweep_cases import SWEEPER

ANSWER_EXPIRED = "ANSWER_EXPIRED"
AT_ONCE = 100
"""Questions closed in one transaction; the next round takes the others."""


def expire_questions(*, store: Store, seal: Seal, clock: Clock, book: QueueBook) -> int:
    """Close what has expired, each with a business case in its place; return how many."""
    now = clock.now()
    with store.reading() as tx:
        if not tx.cases.expired(now=now, limit=1):
            return 0
    opener = CaseOpener(seal=seal, actor=SWEEPER, at=now, book=book)
    with store.transaction() as tx:
        expired = tx.cases.expired(now=now, limit=AT_ONCE)
        for case in expired:
            _expire(tx, case, opener=opener)
    return len(expired)


def _expire(tx: Transaction, case: ExceptionCase, *, opener: CaseOpener) -> None:
    close_case(
        tx, case, Decision.EXPIRED, by=opener.actor, at=opener.at, reason="nobody answered in time"
    )
    if case.item is None:
        return
    cause = Cause(
        kind=CauseKind.BUSINESS,
        code=ANSWER_EXPIRED,
        message=f"nobody answered `{case.step}` in time",
        step=case.step,
        hint="retry: the question is asked again; reject: the item will not be done",
    )
    item = tx.items.get(case.item)
    opener.about_item(tx, item, cause, queue=case.queue, attempt=None)
