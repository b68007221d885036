"""The clocks of exception cases: what is next, whose time has come, what goes together."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Column, ColumnElement, Connection, func, or_, select

from deskhand.domain.exception_case import CaseKind, CaseState, ExceptionCase, Told
from deskhand.domain.identifiers import CaseId
from deskhand.ports.case_clocks import CauseCount, Place
from deskhand.stores.columns import in_text
from deskhand.stores.locks import lock_name, locked
from deskhand.stores.mapping import value_of
from deskhand.stores.tables import exception_case as case

_SEPARATOR = "\n"
_IS_OPEN = case.c.state == in_text(case.c.state, CaseState.OPEN)
_IS_UNCLOSED = case.c.state != in_text(case.c.state, CaseState.CLOSED)


class SqlCaseClocks:
    """The table `exception_case`, asked about many of its rows."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def to_tell(self, *, now: datetime, limit: int) -> list[CaseId]:
        found: dict[CaseId, None] = {}
        for told, moment in (
            (Told.RISK, case.c.due_at),
            (Told.NOTHING, case.c.due_at),
            (Told.NOTHING, case.c.risk_at),
        ):
            query = select(case.c.id).where(_IS_UNCLOSED, case.c.told == told, moment <= now)
            rows = self._connection.execute(query.order_by(moment).limit(limit))
            found |= dict.fromkeys(CaseId(row.id) for row in rows)
        return list(found)[:limit]

    def places(self) -> list[Place]:
        query = select(case.c.queue, case.c.client).where(_IS_OPEN).distinct()
        return [Place(row.queue, row.client) for row in self._connection.execute(query)]

    def next_open(
        self,
        places: Collection[Place],
        *,
        now: datetime,
        kind: CaseKind | None = None,
        but: Collection[CaseId] = (),
    ) -> ExceptionCase | None:
        # Joined, no index over queues tempts SQLite: it shall read in the order of due times.
        wanted = _place(case.c.queue, case.c.client).in_(
            [_SEPARATOR.join(place) for place in places]
        )
        query = select(case).where(_IS_OPEN, _awake(now), wanted)
        if kind is not None:
            query = query.where(case.c.kind == kind)
        if but:
            query = query.where(case.c.id.not_in(but))
        # Each of the two is read off the index; together, nulls last, they would be sorted.
        for due in (case.c.due_at.is_not(None), case.c.due_at.is_(None)):
            first = query.where(due).order_by(case.c.due_at, case.c.id).limit(1)
            row = self._connection.execute(locked(first, self._connection, skip=True)).first()
            if row is not None:
                return value_of(ExceptionCase, row)
        return None

    def incident_of(self, cause_group: str) -> CaseId | None:
        lock_name(self._connection, f"cause:{cause_group}")
        query = (
            select(case.c.incident)
            .where(_IS_UNCLOSED, case.c.cause_group == cause_group, case.c.incident.is_not(None))
            .order_by(case.c.opened_at, case.c.id)
        )
        found = self._connection.execute(query.limit(1)).scalar()
        return None if found is None else CaseId(found)

    def causes(self) -> list[CauseCount]:
        count = func.count().label("count")
        query = (
            select(
                case.c.cause_group,
                case.c.kind,
                case.c.code,
                count,
                func.min(case.c.opened_at).label("first_seen"),
                func.max(case.c.opened_at).label("last_seen"),
                func.min(case.c.due_at).label("oldest_due"),
            )
            .where(_IS_UNCLOSED)
            .group_by(case.c.cause_group, case.c.kind, case.c.code)
            .order_by(count.desc(), case.c.cause_group, case.c.code)
        )
        return [value_of(CauseCount, row) for row in self._connection.execute(query)]


def _place(queue: Column[str], client: Column[str]) -> ColumnElement[str]:
    return queue.concat(_SEPARATOR).concat(client)


def _awake(now: datetime) -> ColumnElement[bool]:
    return or_(case.c.snoozed_until.is_(None), case.c.snoozed_until <= now)
