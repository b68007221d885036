"""Items that are checked again, and the versions that are held because of one."""

from sqlalchemy import Connection, func, insert, select, update

from deskhand.domain.identifiers import ItemId, RunbookHash
from deskhand.domain.quality import Recheck, RunbookHold
from deskhand.ports.quality import RecheckFilter
from deskhand.stores.locks import lock_name, locked, share_name
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.quality_tables import recheck, runbook_hold


class SqlRechecks:
    """The table `recheck`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def first_of(self, hash: RunbookHash, *, client: str) -> int:
        lock_name(self._connection, f"recheck:{hash}/{client}")
        highest = select(func.max(recheck.c.ordinal)).where(
            recheck.c.runbook_hash == hash, recheck.c.client == client
        )
        return int(self._connection.execute(highest).scalar() or 0)

    def add(self, new: Recheck) -> None:
        self._connection.execute(insert(recheck), columns_of(new))

    def of_item(self, item: ItemId) -> Recheck | None:
        row = self._connection.execute(
            locked(select(recheck).where(recheck.c.item == item), self._connection)
        ).first()
        return None if row is None else value_of(Recheck, row)

    def save(self, changed: Recheck) -> None:
        columns = columns_of(changed)
        del columns["item"]
        self._connection.execute(
            update(recheck).where(recheck.c.item == changed.item).values(columns)
        )

    def find(self, wanted: RecheckFilter, *, limit: int) -> list[Recheck]:
        query = select(recheck).order_by(recheck.c.chosen_at, recheck.c.item).limit(limit)
        for column in ("state", "runbook", "client", "grade"):
            if (value := getattr(wanted, column)) is not None:
                query = query.where(recheck.c[column] == value)
        return [value_of(Recheck, row) for row in self._connection.execute(query)]


class SqlRunbookHolds:
    """The table `runbook_hold`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def of(self, hash: RunbookHash) -> RunbookHold | None:
        lock_name(self._connection, f"version:{hash}")
        row = self._connection.execute(
            select(runbook_hold).where(runbook_hold.c.hash == hash)
        ).first()
        return None if row is None else value_of(RunbookHold, row)

    def forbids(self, hash: RunbookHash) -> bool:
        share_name(self._connection, f"version:{hash}")
        held = select(runbook_hold.c.held).where(runbook_hold.c.hash == hash)
        return bool(self._connection.execute(held).scalar())

    def save(self, hold: RunbookHold) -> None:
        changed = self._connection.execute(
            update(runbook_hold).where(runbook_hold.c.hash == hold.hash), columns_of(hold)
        )
        if changed.rowcount == 0:
            self._connection.execute(insert(runbook_hold), columns_of(hold))

    def held(self) -> list[RunbookHold]:
        rows = self._connection.execute(
            select(runbook_hold)
            .where(runbook_hold.c.held)
            .order_by(runbook_hold.c.runbook, runbook_hold.c.number)
        )
        return [value_of(RunbookHold, row) for row in rows]
