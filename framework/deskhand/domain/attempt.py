"""The attempt: one performance of an item."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from deskhand.domain.identifiers import AccountName, AttemptId, ItemId, WorkerId
from deskhand.domain.moves import Moves


class AttemptState(Enum):
    """Where an attempt stands."""

    ENQUEUED = "enqueued"
    RUNNING = "running"
    ENDED = "ended"
    LOST = "lost"


_S = AttemptState

ATTEMPT_MOVES: Moves[AttemptState] = Moves(
    "attempt",
    {
        _S.ENQUEUED: frozenset({_S.RUNNING, _S.LOST}),
        _S.RUNNING: frozenset({_S.ENDED, _S.LOST}),
        _S.ENDED: frozenset(),
        _S.LOST: frozenset(),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """One performance of an item by one worker. Its id is `<item>:<number>`.

    `owner` is the worker that runs it; every write of an attempt is fenced by it.
    """

    id: AttemptId
    item: ItemId
    number: int
    account: AccountName
    state: AttemptState
    enqueued_at: datetime
    owner: WorkerId | None = None
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: str | None = None
    cause_group: str | None = None

    def moved_to(self, state: AttemptState) -> "Attempt":
        """Return the attempt in its next state; raises `IllegalMoveError`."""
        return replace(self, state=ATTEMPT_MOVES.check(self.state, state))


def attempt_id(item: ItemId, number: int) -> AttemptId:
    """Return the id of an item's attempt.

    >>> attempt_id(ItemId("a1"), 2)
    'a1:2'
    """
    return AttemptId(f"{item}:{number}")
