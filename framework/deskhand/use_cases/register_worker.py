"""Register a worker at its start, retire it at its end, each with its record."""

from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.identifiers import WorkerId
from deskhand.ports.attempt_store import WorkerRow
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store


def register_worker(worker: WorkerRow, *, store: Store, clock: Clock) -> None:
    """Note a new worker."""
    with store.transaction() as tx:
        tx.record(
            Entry(
                stream="log",
                type=RecordType.WORKER_STARTED,
                subject=f"worker:{worker.id}",
                state="working",
                actor=Actor(kind=ActorKind.SERVICE, id=worker.id),
                at=clock.now(),
                data={"host": worker.host, "process": worker.process},
            )
        )
        tx.workers.add(worker)


def retire_worker(id: WorkerId, *, store: Store, clock: Clock) -> None:
    """Note the orderly end of a worker; nothing when it was given up before."""
    now = clock.now()
    with store.transaction() as tx:
        if tx.workers.end(id, at=now):
            # Of what it did, nothing runs any more: whoever comes next need not wait.
            tx.workers.free_all(holder=id)
            tx.record(
                Entry(
                    stream="log",
                    type=RecordType.WORKER_STOPPED,
                    subject=f"worker:{id}",
                    state="ended",
                    actor=Actor(kind=ActorKind.SERVICE, id=id),
                    at=now,
                )
            )
