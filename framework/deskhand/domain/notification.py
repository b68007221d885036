"""A notification: one message to one target, from its first fact until it is told or dropped."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from deskhand.domain.identifiers import CaseId, NotificationId
from deskhand.domain.moves import Moves

MORNING = "morning"
"""The topic of what happened at night and could wait: one message for all of it."""

DIGEST = "digest"
"""The topic of what is open, told once a day."""


class Rule(Enum):
    """What people are told of."""

    CASE_AT_RISK = "case.at_risk"  # a case gets close to its due time
    CASE_OVERDUE = "case.overdue"  # its due time has passed
    CAUSE_BURST = "cause.burst"  # many new cases of one cause within minutes
    QUEUE_STOPPED = "queue.stopped"  # overdue cases, or items of a held account, and nobody acts
    APPROVAL_WAITING = "approval.waiting"  # a runbook asks a person
    ACCOUNT_HELD = "account.held"  # an account must not work
    VERSION_HELD = "version.held"  # a version of a runbook must not be performed
    SEAL_FAILED = "seal.failed"  # an item cannot be opened
    AUDIT_FAILED = "audit.failed"  # a verification of the audit log found something
    DISPATCH_DEAD = "dispatch.dead"  # a receiver gets no events any more
    FILE_REFUSED = "file.refused"  # a client's file cannot be trusted as a whole
    DROP_FAILED = "drop.failed"  # a drop folder, or a file in it, cannot be seen to
    TRIGGER_MISSED = "trigger.missed"  # a slot of a time table passed, or its source failed
    CASE_OPEN = "case.open"  # a case has time left; told in the digest only


class NotificationState(Enum):
    """Where a notification stands."""

    DUE = "due"  # it gathers facts, waits for its time, or is tried
    SENT = "sent"  # the target's server has taken it
    FAILED = "failed"  # it was tried long enough, or refused for good: a person may retry it
    DROPPED = "dropped"  # when its time came nothing of it was so any more


_S = NotificationState

NOTIFICATION_MOVES: Moves[NotificationState] = Moves(
    "notification",
    {
        _S.DUE: frozenset({_S.SENT, _S.FAILED, _S.DROPPED}),
        _S.SENT: frozenset(),
        _S.FAILED: frozenset({_S.DUE}),
        _S.DROPPED: frozenset(),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """Something to tell people of: what, where, how much of it; never whose data.

    `key` makes it the same fact whenever it is read. One that `lasts` is true again at every
    look, and is told again after a cool-down. `case` is what it is about: once that is closed,
    there is nothing to tell. A `lockout` is an account that must stop. `weight` is what a rule's
    limit is compared with, `quiet` how long nobody has acted, in open time. `wakes` says whether
    its rule wakes somebody for it; None when that depends on when it is due.
    """

    key: str
    rule: Rule
    queue: str = ""
    client: str = ""
    count: int = 1
    due_at: datetime | None = None
    case: CaseId | None = None
    lasts: bool = False
    lockout: bool = False
    weight: int = 1
    quiet: timedelta = timedelta(0)
    wakes: bool | None = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What a message says of one place: how much of what, and when the first of it is due."""

    rule: Rule
    queue: str
    client: str
    count: int
    first_due: datetime | None = None

    def and_also(self, other: "Line") -> "Line":
        """Return this line and another one of the same place as one."""
        dues = [due for due in (self.first_due, other.first_due) if due is not None]
        return replace(self, count=self.count + other.count, first_due=min(dues, default=None))


@dataclass(frozen=True, slots=True, kw_only=True)
class Notification:
    """One message to one target. It leaves at `next_try_at`; until it does, facts join it.

    `topic` is a rule's word, `morning` or `digest`. `left_at` is when it was first handed over,
    and from then on it says the same at every try. `audit_seq` is the record that tells of its
    state; 0 while it is due for the first time. Patience is counted from `since`, which is anew
    when a person retries it.

    One that stands in for another, which its target could not be told, says what that one says:
    `in_place_of` is its id. `pages_from` is when somebody should have been woken by it, None
    where nobody is; `passed_on_at` is when its target's fallback took over.
    """

    id: NotificationId
    target: str
    topic: str
    opened_at: datetime
    next_try_at: datetime
    state: NotificationState = NotificationState.DUE
    audit_seq: int = 0
    count: int = 0
    tries: int = 0
    left_at: datetime | None = None
    ended_at: datetime | None = None
    problem: str | None = None
    since: datetime | None = None
    in_place_of: NotificationId | None = None
    pages_from: datetime | None = None
    passed_on_at: datetime | None = None

    @property
    def stream(self) -> str:
        """The audit stream that tells what became of it."""
        return f"notification:{self.id}"

    @property
    def gathers(self) -> bool:
        """Whether facts may still join it: it has some of its own, and was never handed over."""
        due = self.state is NotificationState.DUE
        return due and self.left_at is None and self.in_place_of is None

    @property
    def told_by(self) -> NotificationId:
        """The notification that has the facts which this one tells."""
        return self.in_place_of or self.id

    def leaving(
        self, *, at: datetime, again_at: datetime, count: int, wakes: bool
    ) -> "Notification":
        """Return it as it is handed over; if nothing is heard of that, again at `again_at`."""
        return replace(
            self,
            left_at=self.left_at or at,
            since=self.since or at,
            tries=self.tries + 1,
            next_try_at=again_at,
            count=count,
            pages_from=(self.pages_from or at) if wakes else None,
        )

    def retried(self, *, audit_seq: int, at: datetime) -> "Notification":
        """Return it due anew, with the same words under the same id; raises `IllegalMoveError`."""
        return replace(
            self,
            state=NOTIFICATION_MOVES.check(self.state, NotificationState.DUE),
            audit_seq=audit_seq,
            tries=0,
            since=at,
            next_try_at=at,
            pages_from=at if self.pages_from is not None else None,
            ended_at=None,
            problem=None,
        )

    def moved_to(
        self, state: NotificationState, *, audit_seq: int, at: datetime, problem: str | None = None
    ) -> "Notification":
        """Return it in its last state; raises `IllegalMoveError`."""
        return replace(
            self,
            state=NOTIFICATION_MOVES.check(self.state, state),
            audit_seq=audit_seq,
            ended_at=at,
            problem=problem,
        )
