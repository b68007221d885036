"""Pass on what a target could not be told: to its fallback, or to a person as a case.

A notification is passed on once it is given up. One that should have woken somebody does not wait
for that: it is passed on when its target has not taken it for a while, and is tried on meanwhile.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from deskhand.domain.announcement import Wording
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.identifiers import NotificationId, WorkerId, ordered_id
from deskhand.domain.notification import Notification
from deskhand.domain.notify_rules import FALLBACK_AFTER, NotifyBook
from deskhand.domain.queue import QueueBook
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.note_facts import take_lease
from deskhand.use_cases.open_case import CaseOpener

NOTIFIER = Actor(kind=ActorKind.SERVICE, id="notifier")
UNHEARD_AFTER = FALLBACK_AFTER
"""After so long a page that nobody has taken is a case, and `deskhand health` tells of it."""

_QUEUE = "ops"
_TARGETS = 10_000
_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Secretary:
    """What noting how a notification went needs."""

    store: Store
    seal: Seal
    clock: Clock
    queues: QueueBook
    wording: Wording
    book: NotifyBook


@dataclass(frozen=True, slots=True, kw_only=True)
class PassedOn:
    """A page that its target has not taken in time; `to` is its fallback, None a person."""

    target: str
    to: str | None


def pass_on_late_pages(*, secretary: Secretary, holder: WorkerId) -> list[PassedOn]:
    """Pass on the pages that were not taken in time; return which. One host at a time."""
    now = secretary.clock.now()
    waits = [fallback.after for fallback in secretary.book.fallbacks.values()]
    since = now - min([UNHEARD_AFTER, *waits])
    with secretary.store.reading() as tx:
        if not tx.notifications.late_pages(since=since, limit=1):
            return []
    with secretary.store.transaction() as tx:
        if not take_lease(tx, holder=holder, now=now):
            return []
        late = [
            page
            for page in tx.notifications.late_pages(since=since, limit=_AT_ONCE)
            if now >= (page.pages_from or now) + _wait(page, secretary.book)
        ]
        return [_pass_on_late(tx, page, secretary, at=now) for page in late]


def pass_on(
    tx: Transaction, untold: Notification, secretary: Secretary, *, why: str, at: datetime
) -> str | None:
    """Let the target's fallback be told; return its name, None where there is none.

    It gets a notification of its own, once, unless its own messages tell it the same.
    """
    fallback = secretary.book.fallbacks.get(untold.target)
    if fallback is None:
        return None
    facts_of = untold.told_by
    notifications = tx.notifications
    handed = notifications.stands_in(fallback.to, facts_of)
    if handed or notifications.knows(fallback.to, facts_of):
        return fallback.to
    stand_in = Notification(
        id=NotificationId(ordered_id(at=at, entropy=secrets.token_bytes(10))),
        target=fallback.to,
        topic=untold.topic,
        opened_at=at,
        next_try_at=at,
        count=untold.count,
        in_place_of=facts_of,
        pages_from=None if untold.pages_from is None else at,
    )
    tx.record(
        Entry(
            stream=untold.stream,
            type=RecordType.NOTIFICATION_PASSED_ON,
            subject="notification",
            actor=NOTIFIER,
            at=at,
            data={
                "target": untold.target,
                "to": fallback.to,
                "notification": stand_in.id,
                "why": why,
            },
        )
    )
    notifications.add(stand_in)
    return fallback.to


def case_about_target(tx: Transaction, target: str) -> ExceptionCase | None:
    """Return the unclosed case about a target that could not be told."""
    unclosed = CaseFilter(code=SystemCode.NOTIFICATION_UNDELIVERED, unclosed=True)
    found = tx.cases.find(unclosed, limit=_TARGETS)
    return next((case for case in found if case.stream == f"target:{target}"), None)


def ask_person(
    tx: Transaction, untold: Notification, problem: str, secretary: Secretary, *, at: datetime
) -> None:
    """Open the one case about a target, however many messages it has missed."""
    target = untold.target
    if case_about_target(tx, target) is not None:
        return
    cause = Cause(
        kind=CauseKind.SYSTEM,
        code=SystemCode.NOTIFICATION_UNDELIVERED,
        message=f"{target} could not be told of {untold.topic}: {problem}",
        hint=f"try it out with: deskhand notify test {target}; what was missed: "
        "deskhand notify list --state failed; send it again with: "
        f"deskhand notify retry --target {target}",
    )
    opener = CaseOpener(seal=secretary.seal, actor=NOTIFIER, at=at, book=secretary.queues)
    opener.about_receiver(tx, f"target:{target}", cause, queue=_QUEUE)


def _wait(page: Notification, book: NotifyBook) -> timedelta:
    fallback = book.fallbacks.get(page.target)
    return UNHEARD_AFTER if fallback is None else fallback.after


def _pass_on_late(
    tx: Transaction, page: Notification, secretary: Secretary, *, at: datetime
) -> PassedOn:
    to = pass_on(tx, page, secretary, why="it was not taken in time", at=at)
    if to is None and not tx.notifications.was_heard(page.told_by):
        problem = page.problem or "it was not taken"
        ask_person(tx, page, f"a page that nobody has heard: {problem}", secretary, at=at)
    tx.notifications.save(replace(page, passed_on_at=at))
    return PassedOn(target=page.target, to=to)
