"""The once-journal: what is known of an act that may happen at most once."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from deskhand.domain.identifiers import AttemptId, EffectId, ItemId
from deskhand.domain.moves import Moves


class EffectState(Enum):
    """What is known of an act on a portal."""

    INTENDED = "intended"  # about to act; committed before the act
    CONFIRMED = "confirmed"  # it happened: the portal's own receipt says so
    REFUSED = "refused"  # it did not: the portal said no
    NOT_DONE = "not_done"  # it did not: provably unsent, or reliably not there
    UNKNOWN = "unknown"  # nobody can tell yet


_S = EffectState

EFFECT_MOVES: Moves[EffectState] = Moves(
    "effect",
    {
        _S.INTENDED: frozenset({_S.CONFIRMED, _S.REFUSED, _S.NOT_DONE, _S.UNKNOWN}),
        _S.UNKNOWN: frozenset({_S.CONFIRMED, _S.REFUSED, _S.NOT_DONE}),
        _S.CONFIRMED: frozenset(),
        _S.REFUSED: frozenset(),
        _S.NOT_DONE: frozenset(),
    },
)

UNSETTLED = frozenset({_S.INTENDED, _S.UNKNOWN})


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """One act of a `once` step: `(item, step, iteration, act_no)` names it.

    Nothing may leave for the portal after `act_by`; nobody asks for proof before `ask_at`;
    after `patience_until` a person is asked. `sealed_receipt` is the sealed result of the act;
    `sealed_by_hand` the portal's number that a person gave, who says to have done it by hand.
    """

    id: EffectId
    item: ItemId
    step: str
    iteration: int
    act_no: int
    attempt: AttemptId
    state: EffectState
    audit_seq: int
    intended_at: datetime
    act_by: datetime
    ask_at: datetime
    patience_until: datetime
    sealed_receipt: bytes | None = None
    sealed_by_hand: bytes | None = None

    @property
    def settled(self) -> bool:
        """Whether it is known what happened."""
        return self.state not in UNSETTLED

    def moved_to(self, state: EffectState, *, audit_seq: int) -> "Effect":
        """Return the effect in its next state; raises `IllegalMoveError`."""
        return replace(self, state=EFFECT_MOVES.check(self.state, state), audit_seq=audit_seq)


def effect_id(item: ItemId, *, step: str, iteration: int, act_no: int) -> EffectId:
    """Return the id of an act.

    >>> effect_id(ItemId("a1"), step="submit_claim", iteration=0, act_no=1)
    'a1/submit_claim/0/1'
    """
    return EffectId(f"{item}/{step}/{iteration}/{act_no}")
