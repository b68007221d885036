"""Signed requests that were taken."""

from sqlalchemy import Connection, insert, select

from deskhand.ports.hook_log import SeenRequest
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.webhook_tables import webhook_seen


class SqlHookLog:
    """The table `webhook_seen`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen(self, client: str, hook: str, id: str) -> SeenRequest | None:
        row = self._connection.execute(
            select(webhook_seen).where(
                webhook_seen.c.client == client,
                webhook_seen.c.hook == hook,
                webhook_seen.c.id == id,
            )
        ).first()
        return None if row is None else value_of(SeenRequest, row)

    def add(self, request: SeenRequest) -> None:
        self._connection.execute(insert(webhook_seen), columns_of(request))
