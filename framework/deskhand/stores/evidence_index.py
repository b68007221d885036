"""Which evidence there is."""

from sqlalchemy import Connection, insert, select

from deskhand.domain.evidence import Evidence
from deskhand.domain.identifiers import ItemId
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.tables import evidence


class SqlEvidenceIndex:
    """The table `evidence`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Evidence) -> None:
        self._connection.execute(insert(evidence), columns_of(new))

    def of_item(self, item: ItemId) -> list[Evidence]:
        rows = self._connection.execute(
            select(evidence).where(evidence.c.item == item).order_by(evidence.c.taken_at)
        )
        return [value_of(Evidence, row) for row in rows]
