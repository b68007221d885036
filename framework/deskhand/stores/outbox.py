"""Events that wait to go out."""

from sqlalchemy import Connection, insert, select

from deskhand.domain.identifiers import ItemId
from deskhand.ports.log_store import Event
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.tables import outbox


class SqlOutbox:
    """The table `outbox`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, event: Event) -> None:
        known = self._connection.execute(
            select(outbox.c.position).where(
                outbox.c.event == event.event, outbox.c.subject == event.subject
            )
        ).scalar()
        if known is None:
            self._connection.execute(insert(outbox), columns_of(event))

    def of_item(self, item: ItemId) -> list[Event]:
        rows = self._connection.execute(
            select(outbox).where(outbox.c.item == item).order_by(outbox.c.position)
        )
        return [value_of(Event, row) for row in rows]
