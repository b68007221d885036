"""Workers and their signs of life, and named leases."""

from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from deskhand.domain.identifiers import WorkerId
from deskhand.ports.attempt_store import WorkerRow
from deskhand.stores.locks import lock_name
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.tables import feeder_lease, worker


class SqlWorkers:
    """The tables `worker` and `feeder_lease`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: WorkerRow) -> None:
        self._connection.execute(insert(worker), columns_of(new))

    def database_time(self) -> datetime | None:
        if self._connection.dialect.name != "postgresql":
            return None
        # Of this moment: `now()` is that of the transaction's beginning.
        theirs: datetime = self._connection.execute(select(func.clock_timestamp())).scalar_one()
        return theirs

    def seen(self, id: WorkerId, *, at: datetime) -> bool:
        changed = self._connection.execute(
            update(worker).where(worker.c.id == id, worker.c.ended_at.is_(None)).values(seen_at=at)
        )
        return changed.rowcount == 1

    def alive(self, id: WorkerId) -> bool:
        known = self._connection.execute(
            select(worker.c.id).where(worker.c.id == id, worker.c.ended_at.is_(None))
        )
        return known.first() is not None

    def living(self, *, since: datetime) -> int:
        return self._connection.execute(
            select(func.count()).where(worker.c.seen_at >= since, worker.c.ended_at.is_(None))
        ).scalar_one()

    def silent(self, *, since: datetime) -> list[WorkerRow]:
        rows = self._connection.execute(
            select(worker)
            .where(worker.c.seen_at < since, worker.c.ended_at.is_(None))
            .order_by(worker.c.id)
        )
        return [value_of(WorkerRow, row) for row in rows]

    def end(self, id: WorkerId, *, at: datetime) -> bool:
        changed = self._connection.execute(
            update(worker).where(worker.c.id == id, worker.c.ended_at.is_(None)).values(ended_at=at)
        )
        return changed.rowcount == 1

    def free(self, name: str, *, holder: str) -> None:
        self._connection.execute(
            delete(feeder_lease).where(feeder_lease.c.name == name, feeder_lease.c.holder == holder)
        )

    def free_all(self, *, holder: str) -> None:
        self._connection.execute(delete(feeder_lease).where(feeder_lease.c.holder == holder))

    def lease(self, name: str, *, holder: str, now: datetime, until: datetime) -> bool:
        lock_name(self._connection, f"lease:{name}")
        renewed = self._connection.execute(
            update(feeder_lease)
            .where(feeder_lease.c.name == name)
            .where(or_(feeder_lease.c.holder == holder, feeder_lease.c.until <= now))
            .values(holder=holder, until=until)
        )
        if renewed.rowcount == 1:
            return True
        taken = self._connection.execute(
            select(feeder_lease.c.holder).where(feeder_lease.c.name == name)
        ).scalar()
        if taken is None:
            self._connection.execute(
                insert(feeder_lease).values(name=name, holder=holder, until=until)
            )
        return taken is None
