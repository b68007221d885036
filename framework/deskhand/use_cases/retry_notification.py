"""Carry out a person's decision to send again what a target could not be told."""

from dataclasses import dataclass

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import Decision
from deskhand.domain.identifiers import NotificationId
from deskhand.domain.notification import Notification, NotificationState
from deskhand.domain.queue import QueueBook
from deskhand.errors import DecisionRefusedError
from deskhand.ports.clock import Clock
from deskhand.ports.notifications import NotificationFilter
from deskhand.ports.store import Store
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.meant_case import refuse_others, refuse_unfit
from deskhand.use_cases.pass_on import case_about_target


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryWord:
    """A person's word on a notification: which one, whose word, and why."""

    notification: NotificationId
    by: Actor
    reason: str = ""


def retry_notification(
    word: RetryWord, *, store: Store, clock: Clock, book: QueueBook
) -> Notification:
    """Let a notification that failed be tried anew: the same message, under the same id.

    The target may have had it after all, and its server's answer was lost: by the id it knows.
    With the last one that failed, the target's case is closed. Raises `DecisionRefusedError`,
    also when that case is not for this person.
    """
    now = clock.now()
    with store.transaction() as tx:
        failed = tx.notifications.get(word.notification)
        if failed.state is not NotificationState.FAILED:
            raise DecisionRefusedError(
                f"notification {failed.id} is {failed.state.value}; only what failed is retried"
            )
        case = case_about_target(tx, failed.target)
        if case is not None:
            refuse_others(case, by=word.by)
            refuse_unfit(case, by=word.by, book=book, decision=Decision.RETRY)
        seq = tx.record(
            Entry(
                stream=failed.stream,
                type=RecordType.NOTIFICATION_RETRIED,
                subject="notification",
                state=NotificationState.DUE.value,
                actor=word.by,
                at=now,
                data={"target": failed.target, "topic": failed.topic, "reason": word.reason},
            )
        )
        anew = failed.retried(audit_seq=seq, at=now)
        tx.notifications.save(anew)
        left = NotificationFilter(state=NotificationState.FAILED, target=failed.target)
        if case is not None and not tx.notifications.find(left, limit=1):
            close_case(tx, case, Decision.RETRY, by=word.by, at=now, reason=word.reason)
    return anew
