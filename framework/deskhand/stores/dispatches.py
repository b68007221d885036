"""Events on their way to their receivers."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, exists, insert, literal, or_, select, update

from deskhand.domain.dispatch import (
    UNFINISHED,
    Dispatch,
    DispatchState,
    OutgoingEvent,
    Parcel,
)
from deskhand.domain.identifiers import DispatchId
from deskhand.errors import NotFoundError
from deskhand.ports.dispatches import DispatchFilter
from deskhand.stores.locks import locked
from deskhand.stores.mapping import changes_of, columns_of, value_of
from deskhand.stores.tables import outbox
from deskhand.stores.webhook_tables import dispatch

_EARLIER = dispatch.alias("earlier")
_HELD_BACK = exists().where(
    _EARLIER.c.stream == dispatch.c.stream,
    _EARLIER.c.receiver == dispatch.c.receiver,
    _EARLIER.c.position < dispatch.c.position,
    _EARLIER.c.state.in_(UNFINISHED),
)
_PARCELS: Select[Any] = select(
    dispatch, outbox.c.event, outbox.c.item, outbox.c.subject, outbox.c.body,
    outbox.c.emitted_at,
).join_from(dispatch, outbox).order_by(dispatch.c.position)  # fmt: skip


class SqlDispatches:
    """The table `dispatch`, and which rows of `outbox` it has taken up."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def waiting(self, *, now: datetime) -> bool:
        unaddressed = exists().where(outbox.c.addressed_at.is_(None))
        # Not what is held back: a person may leave it so for days, and whoever asks would write.
        ready = exists().where(_ready(now), ~_HELD_BACK)
        return bool(
            self._connection.execute(select(literal(1)).where(or_(unaddressed, ready))).first()
        )

    def unaddressed(self, *, limit: int) -> list[OutgoingEvent]:
        rows = self._connection.execute(
            locked(
                select(outbox)
                .where(outbox.c.addressed_at.is_(None))
                .order_by(outbox.c.position)
                .limit(limit),
                self._connection,
            )
        )
        return [value_of(OutgoingEvent, row) for row in rows]

    def address(self, event: OutgoingEvent, to: Sequence[Dispatch], *, at: datetime) -> None:
        self._connection.execute(
            update(outbox).where(outbox.c.position == event.position).values(addressed_at=at)
        )
        if to:
            self._connection.execute(insert(dispatch), [columns_of(one) for one in to])

    def due(self, *, now: datetime, limit: int, but_not: Collection[str] = ()) -> list[Parcel]:
        found = _PARCELS.where(_ready(now), ~_HELD_BACK).limit(limit)
        if but_not:
            found = found.where(dispatch.c.receiver.not_in(but_not))
        return [_parcel(row) for row in self._connection.execute(found)]

    def get(self, id: DispatchId) -> Dispatch:
        row = self._connection.execute(
            locked(select(dispatch).where(dispatch.c.id == id), self._connection)
        ).first()
        if row is None:
            raise NotFoundError("dispatch", id)
        return value_of(Dispatch, row)

    def named(self, name: str) -> Dispatch:
        rows = self._connection.execute(
            select(dispatch).where(dispatch.c.id.startswith(name, autoescape=True)).limit(2)
        ).all()
        if len(rows) != 1:
            kind = "single dispatch" if rows else "dispatch"
            raise NotFoundError(kind, name, advice="list them with: deskhand events list")
        return value_of(Dispatch, rows[0])

    def save(self, changed: Dispatch) -> None:
        self._connection.execute(
            update(dispatch).where(dispatch.c.id == changed.id), changes_of(changed)
        )

    def find(self, wanted: DispatchFilter, *, limit: int) -> list[Parcel]:
        query = _PARCELS.limit(limit)
        if wanted.state is not None:
            query = query.where(dispatch.c.state == wanted.state)
        if wanted.receiver is not None:
            query = query.where(dispatch.c.receiver == wanted.receiver)
        return [_parcel(row) for row in self._connection.execute(query)]


def _ready(now: datetime) -> Any:
    return and_(dispatch.c.state == DispatchState.WAITING, dispatch.c.next_try_at <= now)


def _parcel(row: Any) -> Parcel:
    return Parcel(dispatch=value_of(Dispatch, row), event=value_of(OutgoingEvent, row))
