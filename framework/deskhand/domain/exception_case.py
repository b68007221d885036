"""The exception case: an item, or an account, that waits for a person."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.identifiers import AccountName, CaseId, ItemId
from deskhand.domain.moves import Moves


class CaseKind(Enum):
    """What is asked of the person."""

    BUSINESS = "business"
    SYSTEM = "system"
    UNCERTAIN = "uncertain"
    APPROVAL = "approval"  # a step of the runbook: may it go on?
    QUESTION = "question"  # a step of the runbook: a form to fill
    QUALITY = "quality"  # a bot's finished work is checked again, blind


ASKED = frozenset({CaseKind.APPROVAL, CaseKind.QUESTION})
"""The kinds that a runbook opens by itself: an answer is wanted, nothing went wrong."""


class CaseState(Enum):
    """Where a case stands."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Told(Enum):
    """What others were told of a case's clock."""

    NOTHING = "nothing"
    RISK = "risk"  # it gets close to its due time
    OVERDUE = "overdue"  # its due time has passed


class Decision(Enum):
    """How a person closed a case."""

    RETRY = "retry"  # try again, with the data as it is
    FIX = "fix"  # the data was corrected; try again
    DONE = "done"  # a person did it by hand; the bot looks the number up
    REJECT = "reject"  # it will not be done; the client is told why
    RELEASE = "release"  # an account, or a version of a runbook, may work again
    APPROVE = "approve"  # the item may go on
    REFUSE = "refuse"  # the item may not go on; the client is told why
    ANSWER = "answer"  # the form was filled
    EXPIRED = "expired"  # nobody answered in time
    GRADE = "grade"  # a bot's work was checked again, and graded
    SETTLED = "settled"  # a person has seen to it; the case was about no item


_S = CaseState

CASE_MOVES: Moves[CaseState] = Moves(
    "case",
    {
        _S.OPEN: frozenset({_S.TAKEN, _S.CLOSED}),
        _S.TAKEN: frozenset({_S.TAKEN, _S.OPEN, _S.CLOSED}),
        _S.CLOSED: frozenset(),
    },
)


def case_kind(cause: CauseKind) -> CaseKind:
    """Return the kind of case that a cause opens; a stopped account is a system case."""
    match cause:
        case CauseKind.BUSINESS:
            return CaseKind.BUSINESS
        case CauseKind.SYSTEM | CauseKind.STOP:
            return CaseKind.SYSTEM
        case CauseKind.UNCERTAIN:
            return CaseKind.UNCERTAIN


def cause_group(cause: Cause, account: AccountName) -> str:
    """Return what makes two cases the same trouble: the cause, and where it shows.

    A changed layout meets every client of the portal; any other cause is the account's own.
    """
    portal = account.partition("/")[0]
    place = portal if cause.code == SystemCode.LAYOUT_CHANGED else account
    return f"{cause.group}@{place}"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCase:
    """One question to a person.

    About an item, or, when `item` is None, about an account that was held, or a trigger (then
    without an account). `sealed_detail` is sealed JSON: message, hint, and what the decision
    needs to see. `stream` names the audit stream that tells its story, `audit_seq` the record of
    its present state. A question that nobody has answered at `expires_at` is no longer open.

    `due_at` and `risk_at` are fixed when it opens; None in cases older than clocks. A snoozed
    case is handed out to nobody, and its clock runs on. `cause_group` gathers the cases of one
    trouble; for a system cause `incident` names the first of those that were open together.
    """

    id: CaseId
    item: ItemId | None
    account: AccountName
    runbook: str
    client: str
    reference: str
    queue: str
    kind: CaseKind
    code: str
    step: str
    state: CaseState
    stream: str
    audit_seq: int
    version: int
    sealed_detail: bytes
    opened_at: datetime
    taken_by: str | None = None
    taken_at: datetime | None = None
    closed_at: datetime | None = None
    closed_by: str | None = None
    decision: Decision | None = None
    came_back: bool = False
    expires_at: datetime | None = None
    due_at: datetime | None = None
    risk_at: datetime | None = None
    snoozed_until: datetime | None = None
    told: Told = Told.NOTHING
    escalated_from: str | None = None
    cause_group: str = ""
    incident: CaseId | None = None

    def untold(self, *, now: datetime) -> tuple[Told, ...]:
        """Return what has come true of its clock and nobody was told of, in order."""
        if self.state is CaseState.CLOSED:
            return ()
        told = []
        if self.told is Told.NOTHING and self.risk_at is not None and self.risk_at <= now:
            told.append(Told.RISK)
        if self.told is not Told.OVERDUE and self.due_at is not None and self.due_at <= now:
            told.append(Told.OVERDUE)
        return tuple(told)

    def overdue(self, *, now: datetime) -> bool:
        """Whether its due time has passed, and nobody has decided."""
        return self.state is not CaseState.CLOSED and self.due_at is not None and self.due_at <= now

    def expired(self, *, now: datetime) -> bool:
        """Whether it asks something that nobody answered in time."""
        return self.expires_at is not None and self.expires_at <= now

    def at_record(self, audit_seq: int) -> "ExceptionCase":
        """Return the new case as told by its first record."""
        return replace(self, audit_seq=audit_seq)

    def taken(self, *, by: str, at: datetime, audit_seq: int) -> "ExceptionCase":
        """Return the case in the hands of a person; it sleeps no more."""
        taken = self._moved(_S.TAKEN, audit_seq)
        return replace(taken, taken_by=by, taken_at=at, snoozed_until=None)

    def given_back(self, *, audit_seq: int) -> "ExceptionCase":
        """Return the case, free for anybody."""
        return replace(self._moved(_S.OPEN, audit_seq), taken_by=None, taken_at=None)

    def closed(
        self, decision: Decision, *, by: str, at: datetime, audit_seq: int
    ) -> "ExceptionCase":
        """Return the case, closed by a person's decision."""
        return replace(
            self._moved(_S.CLOSED, audit_seq), decision=decision, closed_by=by, closed_at=at
        )

    def snoozed(self, *, until: datetime, audit_seq: int) -> "ExceptionCase":
        """Return the case, which nobody is handed before `until`."""
        return replace(self._changed(audit_seq), snoozed_until=until)

    def having_told(self, told: Told, *, audit_seq: int) -> "ExceptionCase":
        """Return the case of whose clock others were told."""
        return replace(self._changed(audit_seq), told=told)

    def escalated(self, *, to: str, audit_seq: int) -> "ExceptionCase":
        """Return the case in another queue; who has it keeps it."""
        return replace(self._changed(audit_seq), queue=to, escalated_from=self.queue)

    def _changed(self, audit_seq: int) -> "ExceptionCase":
        """Return the next version, in the same state."""
        return replace(self, version=self.version + 1, audit_seq=audit_seq)

    def _moved(self, state: CaseState, audit_seq: int) -> "ExceptionCase":
        return replace(self._changed(audit_seq), state=CASE_MOVES.check(self.state, state))


NO_ACCOUNT = AccountName("")
"""The account of a case that is about none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """What a case is about that is about no item: an account, a trigger, a receiver, a version.

    `reference` names it in words, `stream` is where its story is told, `group` makes two cases
    the same trouble.
    """

    id: CaseId
    reference: str
    stream: str
    queue: str
    kind: CaseKind
    code: str
    group: str
    runbook: str = ""
    client: str = ""
    account: AccountName = NO_ACCOUNT
    step: str = ""
    came_back: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a case about an item wants, of whom; without `came_back` earlier cases tell it."""

    queue: str
    kind: CaseKind
    code: str
    step: str
    group: str
    expires_at: datetime | None = None
    came_back: bool | None = None

    def asked_by(self, earlier: ExceptionCase) -> bool:
        """Whether an earlier case of the item wanted the same; questions differ by their step."""
        same_step = earlier.step == self.step or self.kind not in ASKED
        return same_step and earlier.code == self.code
