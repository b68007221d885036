"""Attempts, and the fence before them."""

from sqlalchemy import Connection, bindparam, func, insert, select, update

from deskhand.domain.attempt import Attempt, AttemptState
from deskhand.domain.identifiers import AttemptId, ItemId, WorkerId
from deskhand.errors import FencedError, NotFoundError
from deskhand.stores.locks import locked
from deskhand.stores.mapping import changes_of, columns_of, value_of
from deskhand.stores.tables import attempt, worker

# In the statement's own text: an index over the open attempts is used for these states alone.
_IS_OPEN = attempt.c.state.in_(
    bindparam(
        "open",
        [AttemptState.ENQUEUED, AttemptState.RUNNING],
        type_=attempt.c.state.type,
        expanding=True,
        literal_execute=True,
    )
)


class SqlAttempts:
    """The table `attempt`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: Attempt) -> None:
        self._connection.execute(insert(attempt), columns_of(new))

    def get(self, id: AttemptId) -> Attempt:
        row = self._connection.execute(
            locked(select(attempt).where(attempt.c.id == id), self._connection)
        ).first()
        if row is None:
            raise NotFoundError("attempt", id)
        return value_of(Attempt, row)

    def fence(self, id: AttemptId, *, owner: WorkerId) -> None:
        # A write, not a read: it locks the row until this transaction ends.
        held = self._connection.execute(
            update(attempt)
            .where(attempt.c.id == id, attempt.c.owner == owner)
            .where(attempt.c.state == AttemptState.RUNNING)
            .values(owner=owner)
        )
        if held.rowcount != 1:
            raise FencedError(id)

    def save(self, changed: Attempt) -> None:
        self._connection.execute(
            update(attempt).where(attempt.c.id == changed.id), changes_of(changed)
        )

    def of_item(self, item: ItemId) -> list[Attempt]:
        rows = self._connection.execute(
            select(attempt).where(attempt.c.item == item).order_by(attempt.c.number)
        )
        return [value_of(Attempt, row) for row in rows]

    def open_of(self, owner: WorkerId | None) -> list[Attempt]:
        query = select(attempt).where(_IS_OPEN).order_by(attempt.c.id)
        if owner is None:
            query = query.where(attempt.c.owner.is_(None))
        else:
            query = query.where(attempt.c.owner == owner)
        # Locked: an attempt that its owner is just settling is not open any more after the wait.
        rows = self._connection.execute(locked(query, self._connection))
        return [value_of(Attempt, row) for row in rows]

    def enqueued_count(self) -> int:
        return self._connection.execute(
            select(func.count())
            .select_from(attempt)
            .where(_IS_OPEN, attempt.c.state == AttemptState.ENQUEUED)
        ).scalar_one()

    def abandoned(self) -> list[Attempt]:
        living = select(worker.c.id).where(worker.c.ended_at.is_(None))
        query = (
            select(attempt)
            .where(_IS_OPEN, attempt.c.state == AttemptState.RUNNING)
            .where(attempt.c.owner.not_in(living))
            .order_by(attempt.c.id)
        )
        rows = self._connection.execute(locked(query, self._connection))
        return [value_of(Attempt, row) for row in rows]
