"""Work items."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, bindparam, func, literal, or_, select, update

from deskhand.domain.identifiers import AccountName, ItemId
from deskhand.domain.intake_file import FileState
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.errors import NotFoundError, StaleVersionError
from deskhand.ports.item_store import ItemFilter, KnownReference
from deskhand.stores.bulk import insert_values
from deskhand.stores.locks import lock_name, locked
from deskhand.stores.mapping import changes_of, value_of
from deskhand.stores.quality_tables import runbook_hold
from deskhand.stores.tables import intake_file, item

_CHUNK = 400
# In the statement's own text: an index over the waiting items is used for that state alone.
_IS_WAITING = item.c.state == literal(
    ItemState.WAITING, type_=item.c.state.type, literal_execute=True
)
_HELD_VERSIONS = select(runbook_hold.c.hash).where(runbook_hold.c.held)

# Put together once: it is asked for every request.
_KNOWN: Select[Any] = (
    select(item.c.reference, item.c.id, item.c.fields_digest, item.c.occurrence)
    .where(item.c.runbook == bindparam("of_runbook"), item.c.client == bindparam("of_client"))
    .where(item.c.reference.in_(bindparam("wanted", expanding=True)))
    .order_by(item.c.occurrence.desc())
)


class SqlItems:
    """The table `item`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def known(
        self, runbook: str, client: str, references: Sequence[str]
    ) -> Mapping[str, KnownReference]:
        # Held until what is new has been inserted: two files may bring the same reference.
        lock_name(self._connection, f"references:{runbook}/{client}")
        found: dict[str, KnownReference] = {}
        for start in range(0, len(references), _CHUNK):
            wanted = references[start : start + _CHUNK]
            rows = self._connection.execute(
                _KNOWN, {"of_runbook": runbook, "of_client": client, "wanted": wanted}
            )
            # The first occurrence comes last, so that it is the one that stays.
            for reference, known, digest, occurrence in rows:
                highest = found[reference].occurrences if reference in found else occurrence + 1
                found[reference] = KnownReference(
                    item=ItemId(known), fields_digest=digest, occurrences=highest
                )
        return found

    def add(self, items: Sequence[WorkItem]) -> None:
        insert_values(self._connection, item, items)

    def get(self, id: ItemId) -> WorkItem:
        row = self._connection.execute(
            locked(select(item).where(item.c.id == id), self._connection)
        ).first()
        if row is None:
            raise NotFoundError("item", id)
        return value_of(WorkItem, row)

    def named(self, name: str) -> WorkItem:
        rows = self._connection.execute(
            select(item)
            .where(or_(item.c.id == name, item.c.reference == name))
            .order_by(item.c.id)
            .limit(10)
        ).all()
        if not rows and len(name) >= 6:
            rows = self._similar(name)
        if len(rows) == 1:
            return value_of(WorkItem, rows[0])
        if not rows:
            raise NotFoundError("item", name, advice="list them with: deskhand items list")
        candidates = ", ".join(f"{row.id} ({row.runbook}, {row.client})" for row in rows)
        raise NotFoundError("single item", name, advice=f"there are several: {candidates}")

    def _similar(self, name: str) -> Sequence[Any]:
        """Find items of which the name is a whole part of the reference, or begins the id."""
        part = item.c.reference.contains(name, autoescape=True)
        begins = item.c.id.startswith(name, autoescape=True)
        return self._connection.execute(
            select(item).where(or_(part, begins)).order_by(item.c.id).limit(10)
        ).all()

    def find(
        self, wanted: ItemFilter, *, limit: int, after: ItemId | None = None
    ) -> list[WorkItem]:
        query = _filtered(select(item), wanted).order_by(item.c.id).limit(limit)
        if after is not None:
            query = query.where(item.c.id > after)
        return [value_of(WorkItem, row) for row in self._connection.execute(query)]

    def save(self, item_: WorkItem) -> None:
        changed = self._connection.execute(
            update(item).where(item.c.id == item_.id, item.c.version == item_.version - 1),
            changes_of(item_),
        )
        if changed.rowcount != 1:
            raise StaleVersionError("item", item_.reference)

    def by_ids(self, ids: Sequence[ItemId]) -> dict[ItemId, WorkItem]:
        found: dict[ItemId, WorkItem] = {}
        for start in range(0, len(ids), _CHUNK):
            rows = self._connection.execute(
                select(item).where(item.c.id.in_(ids[start : start + _CHUNK]))
            )
            found |= {ItemId(row.id): value_of(WorkItem, row) for row in rows}
        return found

    def next_waiting(self, account: AccountName, *, now: datetime, limit: int) -> list[WorkItem]:
        unfinished = select(intake_file.c.id).where(intake_file.c.state != FileState.TAKEN)
        query = (
            select(item)
            .where(item.c.account == account, _IS_WAITING)
            .where(or_(item.c.not_before.is_(None), item.c.not_before <= now))
            # A file may yet prove broken as a whole: none of its items is performed before.
            .where(or_(item.c.file.is_(None), item.c.file.not_in(unfinished)))
            .where(item.c.runbook_hash.not_in(_HELD_VERSIONS))
            .order_by(item.c.due, item.c.id)
        )
        found: list[WorkItem] = []
        for priority in self._priorities(account):
            # Each of the two is read off the index; together, nulls last, they would be sorted.
            for due in (item.c.due.is_not(None), item.c.due.is_(None)):
                if (room := limit - len(found)) <= 0:
                    return found
                most_urgent = query.where(item.c.priority == priority, due).limit(room)
                rows = self._connection.execute(locked(most_urgent, self._connection, skip=True))
                found += [value_of(WorkItem, row) for row in rows]
        return found

    def _priorities(self, account: AccountName) -> Iterator[int]:
        lowest = select(func.min(item.c.priority)).where(item.c.account == account, _IS_WAITING)
        priority = self._connection.execute(lowest).scalar()
        while priority is not None:
            yield priority
            following = lowest.where(item.c.priority > priority)
            priority = self._connection.execute(following).scalar()

    def ready_by_account(self) -> Mapping[AccountName, int]:
        rows = self._connection.execute(
            select(item.c.account, func.count().label("ready"))
            .outerjoin(intake_file, intake_file.c.id == item.c.file)
            .where(item.c.state == ItemState.WAITING)
            .where(or_(item.c.file.is_(None), intake_file.c.state == FileState.TAKEN))
            .where(item.c.runbook_hash.not_in(_HELD_VERSIONS))
            .group_by(item.c.account)
        )
        return {AccountName(row.account): row.ready for row in rows}

    def counts(self, wanted: ItemFilter) -> Mapping[ItemState, int]:
        rows = self._connection.execute(
            _filtered(select(item.c.state, func.count()), wanted).group_by(item.c.state)
        )
        return {state: int(count) for state, count in rows}


def _filtered(query: Select[Any], wanted: ItemFilter) -> Select[Any]:
    for column in ("runbook", "client", "state", "reference", "file"):
        value = getattr(wanted, column)
        if value is not None:
            query = query.where(item.c[column] == value)
    return query
