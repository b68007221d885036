"""Signed requests that were taken."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, delete, insert, select

from deskhand.ports.hook_log import SeenRequest
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.webhook_tables import webhook_seen

# Put together once: it is asked for every request.
_SEEN: Select[Any] = select(webhook_seen).where(
    webhook_seen.c.client == bindparam("of_client"),
    webhook_seen.c.hook == bindparam("of_hook"),
    webhook_seen.c.id == bindparam("of_id"),
)


class SqlHookLog:
    """The table `webhook_seen`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def seen(self, client: str, hook: str, id: str) -> SeenRequest | None:
        wanted = {"of_client": client, "of_hook": hook, "of_id": id}
        row = self._connection.execute(_SEEN, wanted).first()
        return None if row is None else value_of(SeenRequest, row)

    def seen_before(self, moment: datetime, *, limit: int) -> list[SeenRequest]:
        rows = self._connection.execute(
            select(webhook_seen)
            .where(webhook_seen.c.seen_at < moment)
            .order_by(webhook_seen.c.seen_at)
            .limit(limit)
        )
        return [value_of(SeenRequest, row) for row in rows]

    def forget(self, client: str, hook: str, ids: Sequence[str]) -> None:
        self._connection.execute(
            delete(webhook_seen).where(
                webhook_seen.c.client == client,
                webhook_seen.c.hook == hook,
                webhook_seen.c.id.in_(ids),
            )
        )

    def add(self, request: SeenRequest) -> None:
        self._connection.execute(insert(webhook_seen), columns_of(request))
