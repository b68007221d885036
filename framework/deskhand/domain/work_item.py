"""The work item: one unit of work, one reference."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum

from deskhand.domain.identifiers import AccountName, FileId, ItemId, RunbookHash
from deskhand.domain.moves import Moves


class ItemState(Enum):
    """Where an item stands."""

    WAITING = "waiting"
    PERFORMING = "performing"
    WITH_PERSON = "with_person"
    DONE = "done"
    DUPLICATE = "duplicate"
    DONE_BY_HAND = "done_by_hand"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


_S = ItemState

ITEM_MOVES: Moves[ItemState] = Moves(
    "item",
    {
        _S.WAITING: frozenset({_S.PERFORMING, _S.WITH_PERSON, _S.CANCELLED}),
        _S.PERFORMING: frozenset({_S.WAITING, _S.WITH_PERSON, _S.DONE, _S.DUPLICATE}),
        _S.WITH_PERSON: frozenset({_S.WAITING, _S.DONE_BY_HAND, _S.REJECTED}),
        _S.DONE: frozenset(),
        _S.DUPLICATE: frozenset(),
        _S.DONE_BY_HAND: frozenset(),
        _S.REJECTED: frozenset(),
        _S.CANCELLED: frozenset(),
    },
)

OPEN_STATES = frozenset({_S.WAITING, _S.PERFORMING})


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkItem:
    """One unit of work as the store keeps it.

    `sealed_fields` is the sealed JSON of all fields; `reference` is what people call the item,
    or a keyed hash where a part of it is sensitive; `fields_digest` is a keyed hash of the
    fields as they came in, which tells a repeat from a conflict; `occurrence` is above 0 for an
    item whose reference is taken by another one with other content. `tries` counts the attempts
    that were spent, `attempts` all of them. `audit_seq` is the number of
    the record in the item's stream that tells of its present state; `version` counts changes.
    """

    id: ItemId
    runbook: str
    runbook_hash: RunbookHash
    client: str
    reference: str
    account: AccountName
    state: ItemState
    version: int
    audit_seq: int
    sealed_fields: bytes
    fields_digest: str
    accepted_at: datetime
    changed_at: datetime
    file: FileId | None = None
    row: int | None = None
    amount: str | None = None
    priority: int = 5
    due: datetime | None = None
    deadline: datetime | None = None
    not_before: datetime | None = None
    tries: int = 0
    attempts: int = 0
    occurrence: int = 0
    portal_number: str | None = None
    reason: str | None = None
    sealed_outputs: bytes | None = None

    def moved_to(self, state: ItemState, *, audit_seq: int, at: datetime) -> "WorkItem":
        """Return the item in its next state, as told by record `audit_seq`.

        Raises `IllegalMoveError` when the present state does not lead there.
        """
        return replace(
            self,
            state=ITEM_MOVES.check(self.state, state),
            version=self.version + 1,
            audit_seq=audit_seq,
            changed_at=at,
        )

    @property
    def stream(self) -> str:
        """The audit stream that tells this item's story."""
        return f"item:{self.id}"
