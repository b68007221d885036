"""Files that came through drop folders."""

from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from deskhand.domain.drop import DroppedFile, new_drop_id
from deskhand.domain.identifiers import DropId, FileId
from deskhand.stores.drop_tables import dropped_file
from deskhand.stores.locks import lock_name, locked
from deskhand.stores.mapping import changes_of, columns_of, value_of


class SqlDrops:
    """The table `dropped_file`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, id: DropId) -> DroppedFile | None:
        lock_name(self._connection, f"drop:{id}")
        query = select(dropped_file).where(dropped_file.c.id == id)
        row = self._connection.execute(locked(query, self._connection)).first()
        return None if row is None else value_of(DroppedFile, row)

    def add(self, drop: DroppedFile) -> None:
        self._connection.execute(insert(dropped_file), columns_of(drop))

    def save(self, drop: DroppedFile) -> None:
        self._connection.execute(
            update(dropped_file).where(dropped_file.c.id == drop.id), changes_of(drop)
        )

    def of_file(self, file: FileId) -> list[DroppedFile]:
        rows = self._connection.execute(
            select(dropped_file).where(dropped_file.c.file == file).order_by(dropped_file.c.id)
        )
        return [value_of(DroppedFile, row) for row in rows]

    def since(self, moment: datetime) -> list[DroppedFile]:
        rows = self._connection.execute(
            select(dropped_file)
            .where(dropped_file.c.id >= new_drop_id(at=moment, entropy=b""))
            .where(dropped_file.c.file.is_not(None))
            .order_by(dropped_file.c.id)
        )
        return [value_of(DroppedFile, row) for row in rows]

    def unended(self) -> list[DroppedFile]:
        rows = self._connection.execute(
            select(dropped_file)
            .where(dropped_file.c.ended_at.is_(None))
            .order_by(dropped_file.c.id)
        )
        return [value_of(DroppedFile, row) for row in rows]
