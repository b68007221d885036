"""Verify the audit log against itself and against the store; export it. Both are recorded."""

from collections.abc import Iterator

from deskhand.audit.verify import Verdict, Verification
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store


def verify_log(*, by: Actor, store: Store, clock: Clock) -> Verdict:
    """Check every record and every state, in one consistent reading; record the verdict."""
    verification = Verification()
    with store.reading() as tx:
        verification.read(tx.audit_log.by_stream())
        verification.compare(tx.audit_log.claims())
    verdict = verification.verdict
    with store.transaction() as tx:
        tx.record(
            Entry(
                stream="log",
                type=RecordType.AUDIT_VERIFIED,
                subject="log",
                actor=by,
                at=clock.now(),
                data={
                    "clean": verdict.clean,
                    "records": verdict.records,
                    "findings": len(verdict.findings),
                },
            )
        )
    return verdict


def export_log(*, by: Actor, store: Store, clock: Clock) -> Iterator[bytes]:
    """Yield every record's bytes in the order of writing; the export is recorded first."""
    with store.transaction() as tx:
        tx.record(
            Entry(
                stream="log",
                type=RecordType.AUDIT_EXPORTED,
                subject="log",
                actor=by,
                at=clock.now(),
                data={"records": tx.audit_log.count()},
            )
        )
    with store.reading() as tx:
        for record in tx.audit_log.all():
            yield record.body
