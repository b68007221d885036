"""An event on its way to one receiver."""

import hashlib
import json
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from deskhand.domain.identifiers import DispatchId, ItemId
from deskhand.domain.moves import Moves


class DispatchState(Enum):
    """Where a dispatch stands."""

    WAITING = "waiting"  # for its time, or for an earlier event of the same item
    DELIVERED = "delivered"  # the receiver has taken it
    GIVEN_UP = "given_up"  # it was tried long enough: a person retries or drops it
    DROPPED = "dropped"  # a person decided that the receiver need not know


_S = DispatchState

DISPATCH_MOVES: Moves[DispatchState] = Moves(
    "dispatch",
    {
        _S.WAITING: frozenset({_S.DELIVERED, _S.GIVEN_UP}),
        _S.GIVEN_UP: frozenset({_S.WAITING, _S.DROPPED}),
        _S.DELIVERED: frozenset(),
        _S.DROPPED: frozenset(),
    },
)

UNFINISHED = (_S.WAITING, _S.GIVEN_UP)
"""What holds back later events of the same item."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutgoingEvent:
    """An event of the outbox; `position` is its place there, `body` a JSON object."""

    position: int
    event: str
    item: ItemId | None
    subject: str
    body: str
    emitted_at: datetime

    @property
    def stream(self) -> str:
        """The audit stream that tells its story; events of one stream go out in order."""
        return f"item:{self.item}" if self.item else f"event:{self.subject}"

    @property
    def client(self) -> str:
        """Whose event it is."""
        return str(json.loads(self.body).get("client", ""))

    def id(self, log: str) -> str:
        """Return what a receiver knows it by: the same whenever, and by whomever, it is sent."""
        parts = json.dumps([log, self.item, self.event, self.subject])
        return hashlib.sha256(parts.encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispatch:
    """One event, one receiver. It is tried since `since`, next at `next_try_at`.

    `audit_seq` is the record in its stream that tells of its state; 0 while it first waits.
    """

    id: DispatchId
    position: int
    event_id: str
    receiver: str
    stream: str
    since: datetime
    next_try_at: datetime
    state: DispatchState = DispatchState.WAITING
    audit_seq: int = 0
    tries: int = 0
    problem: str | None = None
    ended_at: datetime | None = None

    @property
    def subject(self) -> str:
        """What the log calls it."""
        return f"dispatch:{self.id}"

    def moved_to(self, state: DispatchState, *, audit_seq: int, at: datetime) -> "Dispatch":
        """Return the dispatch in its next state; raises `IllegalMoveError`."""
        return replace(
            self,
            state=DISPATCH_MOVES.check(self.state, state),
            audit_seq=audit_seq,
            ended_at=None if state is DispatchState.WAITING else at,
        )


def new_dispatch(event: OutgoingEvent, *, receiver: str, log: str, at: datetime) -> Dispatch:
    """Return the dispatch of an event to a receiver, to be tried at once."""
    known_by = event.id(log)
    return Dispatch(
        id=DispatchId(f"{known_by}:{receiver}"),
        position=event.position,
        event_id=known_by,
        receiver=receiver,
        stream=event.stream,
        since=at,
        next_try_at=at,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Parcel:
    """A dispatch with its event."""

    dispatch: Dispatch
    event: OutgoingEvent
