"""Answer the clients of dropped files: when a file is in, and whenever its items have come to rest.

What was written is noted behind it: a process that dies in between writes the same once more.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from deskhand.domain.drop import DroppedFile
from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.work_item import ItemState
from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.take_drop import DROPS

STALLS_FOR = timedelta(minutes=15)
"""How long an upload may stall and still go on."""

_MOVING = (ItemState.WAITING, ItemState.PERFORMING)


@dataclass(frozen=True, slots=True, kw_only=True)
class DueAnswer:
    """An answer that is to be written. `final` tells that no item of it will change any more."""

    drop: DroppedFile
    picture: str
    final: bool


def recent_drops(*, desk: Desk) -> Sequence[DroppedFile]:
    """Return the files that were taken in so recently that an upload may still go on in them."""
    with desk.store.reading() as tx:
        return tx.drops.since(desk.clock.now() - STALLS_FOR)


def due_answers(*, desk: Desk) -> Sequence[DueAnswer]:
    """Return the answers that are to be written now.

    The first one when the file is in; then one each time nothing of it moves any more without a
    person, as long as people may still change something.
    """
    due: list[DueAnswer] = []
    with desk.store.reading() as tx:
        for drop in tx.drops.unended():
            if drop.file is None:
                continue
            counts = tx.items.counts(ItemFilter(file=drop.file))
            moves = any(counts.get(state) for state in _MOVING)
            picture = _picture(counts)
            if drop.answer and (moves or picture == drop.answer):
                continue
            final = not moves and not counts.get(ItemState.WITH_PERSON)
            due.append(DueAnswer(drop=drop, picture=picture, final=final))
    return due


def note_answered(answer: DueAnswer, totals: Mapping[str, int], *, desk: Desk) -> None:
    """Note that an answer was written, with its totals."""
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        known = tx.drops.find(answer.drop.id)
        if known is None or known.file is None:
            return
        tx.record(
            Entry(
                stream=f"file:{known.file}",
                type=RecordType.FILE_ANSWERED,
                subject=f"drop:{known.id}",
                actor=DROPS,
                at=now,
                data={"final": answer.final, "totals": dict(totals)},
            )
        )
        ended = now if answer.final else None
        tx.drops.save(replace(known, answer=answer.picture, ended_at=ended))


def _picture(counts: Mapping[ItemState, int]) -> str:
    """Return how the items stand, in a line; never empty."""
    told = [f"{state.value}={count}" for state in ItemState if (count := counts.get(state))]
    return " ".join(told) or "no items"
