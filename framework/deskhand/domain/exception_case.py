"""The exception case: an item, or an account, that waits for a person."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from deskhand.domain.cause import CauseKind
from deskhand.domain.identifiers import AccountName, CaseId, ItemId
from deskhand.domain.moves import Moves


class CaseKind(Enum):
    """What is asked of the person."""

    BUSINESS = "business"
    SYSTEM = "system"
    UNCERTAIN = "uncertain"


class CaseState(Enum):
    """Where a case stands."""

    OPEN = "open"
    TAKEN = "taken"
    CLOSED = "closed"


class Decision(Enum):
    """How a person closed a case."""

    RETRY = "retry"  # try again, with the data as it is
    FIX = "fix"  # the data was corrected; try again
    DONE = "done"  # a person did it by hand; the bot looks the number up
    REJECT = "reject"  # it will not be done; the client is told why
    RELEASE = "release"  # an account may work again
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ExceptionCase:
    """One question to a person.

    About an item, or, when `item` is None, about an account that was held, or a trigger (then
    without an account). `sealed_detail` is sealed JSON: message, hint, and what the decision
    needs to see. `stream` names the audit stream that tells its story, `audit_seq` the record of
    its present state.
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

    def at_record(self, audit_seq: int) -> "ExceptionCase":
        """Return the new case as told by its first record."""
        return replace(self, audit_seq=audit_seq)

    def taken(self, *, by: str, at: datetime, audit_seq: int) -> "ExceptionCase":
        """Return the case in the hands of a person."""
        return replace(self._moved(_S.TAKEN, audit_seq), taken_by=by, taken_at=at)

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

    def _moved(self, state: CaseState, audit_seq: int) -> "ExceptionCase":
        return replace(
            self,
            state=CASE_MOVES.check(self.state, state),
            version=self.version + 1,
            audit_seq=audit_seq,
        )
