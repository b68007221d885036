"""What an item does after an attempt: decided purely, carried out by `settle_attempt`."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.effect import Effect
from deskhand.domain.outcome import (
    Asks,
    AwaitProof,
    Done,
    Duplicate,
    NeedsPerson,
    Outcome,
    Shadowed,
    TryLater,
)
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.work_item import ItemState

LONGEST_WISH = timedelta(days=1)
"""A portal that asks for more patience than this is not taken at its word."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextMove:
    """The item's next state; `cause` is set when a person must look at what went wrong.

    `spent` tells whether one of the item's tries is used up.
    """

    state: ItemState
    not_before: datetime | None = None
    spent: bool = False
    cause: Cause | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What the decision depends on besides the outcome.

    `tries` are those already spent; `held` tells that the account rests (or is just being put
    to rest); `chance` in [0, 1) is the jitter's draw.
    """

    now: datetime
    tries: int
    retry: RetryPolicy
    held: bool
    chance: float


def doubted(
    outcome: Outcome, unsettled: Effect | None, *, now: datetime, again: timedelta
) -> Outcome:
    """Return the outcome, or the doubt that outweighs it.

    While nobody knows whether an act happened, neither trying again nor a person's ordinary
    decision is right: only proof is, asked `again` later, until patience ends. What is already
    about the doubt stays.
    """
    if unsettled is None:
        return outcome
    match outcome:
        case TryLater(cause=cause):
            return _in_doubt(unsettled, cause, now=now, again=again)
        case NeedsPerson(cause=cause) if cause.kind in (CauseKind.BUSINESS, CauseKind.SYSTEM):
            return _in_doubt(unsettled, cause, now=now, again=again)
        case _:
            return outcome


def _in_doubt(act: Effect, cause: Cause, *, now: datetime, again: timedelta) -> Outcome:
    if now < act.patience_until:
        ask_at = act.ask_at if act.ask_at > now else now + again
        return AwaitProof(cause=cause, ask_at=ask_at)
    return NeedsPerson(
        cause=Cause(
            kind=CauseKind.UNCERTAIN,
            code="OUTCOME_UNKNOWN",
            message=f"the portal could not be asked: {cause.code}",
            step=act.step,
            hint="look on the portal: there, close it as done; not there, retry --not-there",
        )
    )


def next_move(outcome: Outcome, at: Circumstances) -> NextMove:
    """Return what the item does next."""
    match outcome:
        case Done() | Shadowed():
            return NextMove(state=ItemState.DONE)
        case Duplicate():
            return NextMove(state=ItemState.DUPLICATE)
        case Asks():
            return NextMove(state=ItemState.WITH_PERSON)
        case AwaitProof(ask_at=ask_at):
            return NextMove(state=ItemState.WAITING, not_before=ask_at)
        case TryLater(cause=cause):
            return _after_system_cause(cause, at)
        case NeedsPerson(cause=cause):
            return _to_person(cause, at)


def _after_system_cause(cause: Cause, at: Circumstances) -> NextMove:
    if at.held:
        return NextMove(state=ItemState.WAITING)
    spent = at.tries + 1
    if not at.retry.allows(spent=spent):
        return NextMove(state=ItemState.WITH_PERSON, spent=True, cause=cause)
    pause = at.retry.delay(spent=spent, chance=at.chance)
    if cause.retry_after is not None:
        wish = timedelta(seconds=min(cause.retry_after, LONGEST_WISH.total_seconds()))
        pause = max(pause, wish)
    return NextMove(state=ItemState.WAITING, not_before=at.now + pause, spent=True)


def _to_person(cause: Cause, at: Circumstances) -> NextMove:
    # A stopped account is one case, about the account; its items wait. So do they when the
    # account is being put to rest for a system cause.
    if cause.kind is CauseKind.STOP or (cause.kind is CauseKind.SYSTEM and at.held):
        return NextMove(state=ItemState.WAITING)
    return NextMove(state=ItemState.WITH_PERSON, spent=True, cause=cause)
