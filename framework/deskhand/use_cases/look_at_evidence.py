"""Look at evidence: it is opened for a person, and that they looked is recorded first."""

from collections.abc import Iterator

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.evidence import Evidence
from deskhand.ports.clock import Clock
from deskhand.ports.evidence_store import EvidenceStore
from deskhand.ports.store import Store
from deskhand.use_cases.sealing import evidence_context


def look_at_evidence(
    name: str, *, by: Actor, store: Store, evidence_store: EvidenceStore, clock: Clock
) -> Iterator[tuple[Evidence, bytes]]:
    """Yield an item's evidence, oldest first, opened.

    Raises `NotFoundError`, and `SealBrokenError` for a piece that was changed.
    """
    with store.transaction() as tx:
        item = tx.items.get(tx.items.named(name).id)
        pieces = tx.evidence.of_item(item.id)
        tx.record(
            Entry(
                stream=item.stream,
                type=RecordType.EVIDENCE_LOOKED_AT,
                subject="item",
                actor=by,
                at=clock.now(),
                data={"pieces": len(pieces)},
            )
        )
    for piece in pieces:
        yield piece, evidence_store.get(piece.sha256, context=evidence_context(item.id))
