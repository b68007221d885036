"""Files on their way in."""

from collections.abc import Iterator, Sequence

from sqlalchemy import Connection, insert, select, update

from deskhand.domain.identifiers import FileId
from deskhand.domain.intake_file import FileRow, FileState, IntakeFile
from deskhand.errors import NotFoundError
from deskhand.stores.bulk import insert_values
from deskhand.stores.mapping import changes_of, columns_of, value_of
from deskhand.stores.tables import file_row, intake_file

_FETCH = 1000


class SqlFiles:
    """The tables `intake_file` and `file_row`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def by_content(self, runbook: str, client: str, sha256: str) -> IntakeFile | None:
        row = self._connection.execute(
            select(intake_file)
            .where(intake_file.c.runbook == runbook, intake_file.c.client == client)
            .where(intake_file.c.sha256 == sha256)
        ).first()
        return None if row is None else value_of(IntakeFile, row)

    def add(self, file: IntakeFile) -> None:
        self._connection.execute(insert(intake_file), columns_of(file))

    def save(self, file: IntakeFile) -> None:
        self._connection.execute(
            update(intake_file).where(intake_file.c.id == file.id), changes_of(file)
        )

    def get(self, id: FileId) -> IntakeFile:
        row = self._connection.execute(select(intake_file).where(intake_file.c.id == id)).first()
        if row is None:
            raise NotFoundError("file", id)
        return value_of(IntakeFile, row)

    def everything(self) -> list[IntakeFile]:
        rows = self._connection.execute(
            select(intake_file).order_by(intake_file.c.received_at, intake_file.c.id)
        )
        return [value_of(IntakeFile, row) for row in rows]

    def begun(self) -> list[IntakeFile]:
        rows = self._connection.execute(
            select(intake_file)
            .where(intake_file.c.state == FileState.TAKING)
            .order_by(intake_file.c.received_at, intake_file.c.id)
        )
        return [value_of(IntakeFile, row) for row in rows]

    def add_rows(self, rows: Sequence[FileRow]) -> None:
        insert_values(self._connection, file_row, rows)

    def rows(self, file: FileId) -> Iterator[FileRow]:
        query = select(file_row).where(file_row.c.file == file).order_by(file_row.c.row)
        # For this statement alone: options of the connection would hold for its next ones, too.
        result = self._connection.execute(query, execution_options={"yield_per": _FETCH})
        for row in result:
            yield value_of(FileRow, row)
