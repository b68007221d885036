"""Runbooks by content."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, insert, select

from deskhand.domain.identifiers import RunbookHash
from deskhand.errors import NotFoundError
from deskhand.ports.item_store import StoredRunbook
from deskhand.stores.locks import lock_name
from deskhand.stores.mapping import value_of
from deskhand.stores.tables import runbook

# Put together once: it is asked for every request.
_KNOWN: Select[Any] = select(runbook.c.hash).where(runbook.c.hash == bindparam("wanted"))


class SqlRunbooks:
    """The table `runbook`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, hash: RunbookHash, *, name: str, source: str, by: str, at: datetime) -> int:
        lock_name(self._connection, f"runbook:{name}")
        known = self._connection.execute(
            select(runbook.c.number).where(runbook.c.hash == hash)
        ).scalar()
        if known is not None:
            return int(known)
        last = self._connection.execute(
            select(func.coalesce(func.max(runbook.c.number), 0)).where(runbook.c.name == name)
        ).scalar_one()
        self._connection.execute(
            insert(runbook).values(
                hash=hash, name=name, number=last + 1, source=source, added_at=at, added_by=by
            )
        )
        return int(last) + 1

    def known(self, hash: RunbookHash) -> bool:
        return self._connection.execute(_KNOWN, {"wanted": hash}).first() is not None

    def numbered(self, name: str, number: int) -> StoredRunbook:
        row = self._connection.execute(
            select(runbook).where(runbook.c.name == name, runbook.c.number == number)
        ).first()
        if row is None:
            advice = f"list the ones that were used with: deskhand audit show runbook:{name}"
            raise NotFoundError("runbook", f"{name} version {number}", advice=advice)
        return value_of(StoredRunbook, row)

    def get(self, hash: RunbookHash) -> StoredRunbook:
        row = self._connection.execute(select(runbook).where(runbook.c.hash == hash)).first()
        if row is None:
            raise NotFoundError("runbook of version", hash)
        return value_of(StoredRunbook, row)
