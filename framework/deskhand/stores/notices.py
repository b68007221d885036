"""What people should know, read off the log and the tables."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    func,
    insert,
    literal_column,
    or_,
    select,
    update,
)

from deskhand.domain.cause import SystemCode
from deskhand.domain.entry import RecordType
from deskhand.domain.exception_case import ASKED, CaseState, Told
from deskhand.domain.work_item import ItemState
from deskhand.ports.notices import (
    NOTED_TYPES,
    Backlog,
    Burst,
    HeldItems,
    LogReading,
    NotedRecord,
)
from deskhand.stores.columns import in_text
from deskhand.stores.locks import lock_name
from deskhand.stores.mapping import columns_of, value_of
from deskhand.stores.notify_tables import log_reading
from deskhand.stores.tables import account_health, audit_record, intake_file, item
from deskhand.stores.tables import exception_case as case
from deskhand.stores.trigger_tables import trigger_slot

_NAME = "people"
_BEHIND_PREFIX = 6
"""Where an id begins behind `case:`, `slot:` or `file:`."""

# In the statement's own text, so that the indexes with the same conditions are used.
_IS_UNCLOSED = case.c.state != in_text(case.c.state, CaseState.CLOSED)
IS_NOTED: ColumnElement[bool] = literal_column(
    "audit_record.type IN (" + ", ".join(f"'{one}'" for one in NOTED_TYPES) + ")"
)
_SUBJECT = func.substr(audit_record.c.subject, _BEHIND_PREFIX)
_STREAM = func.substr(audit_record.c.stream, _BEHIND_PREFIX)
_IS_CASE = audit_record.c.subject.startswith("case:")
_IS_SLOT = audit_record.c.subject.startswith("slot:")
_IS_FILE = audit_record.c.type == RecordType.FILE_REFUSED
# A case that is opened about an item is news by its clock, or when many come; not by itself.
_IS_NEWS = or_(
    audit_record.c.type != RecordType.CASE_OPENED,
    case.c.item.is_(None),
    case.c.kind.in_(ASKED),
    case.c.code == SystemCode.SEAL_BROKEN,
)
_RECORDS: Select[Any] = (
    select(
        audit_record.c.position,
        audit_record.c.type,
        audit_record.c.stream,
        audit_record.c.body,
        case.c.id.label("case"),
        case.c.state,
        case.c.kind,
        case.c.code,
        case.c.cause_group,
        case.c.queue,
        func.coalesce(case.c.client, trigger_slot.c.client, intake_file.c.client).label("client"),
        case.c.due_at,
        trigger_slot.c.reason,
    )
    .select_from(audit_record)
    .outerjoin(case, and_(_IS_CASE, case.c.id == _SUBJECT))
    .outerjoin(trigger_slot, and_(_IS_SLOT, trigger_slot.c.id == _SUBJECT))
    .outerjoin(intake_file, and_(_IS_FILE, intake_file.c.id == _STREAM))
    .where(IS_NOTED, _IS_NEWS)
    .order_by(audit_record.c.position)
)


class SqlNotices:
    """The table `log_reading`, and questions to the log, the cases, the accounts, the items."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    @property
    def in_order(self) -> bool:
        # SQLite has one writer: who counts next commits next.
        return self._connection.dialect.name == "sqlite"

    def reading(self) -> LogReading | None:
        row = self._connection.execute(
            select(log_reading).where(log_reading.c.name == _NAME)
        ).first()
        return None if row is None else value_of(LogReading, row)

    def save_reading(self, reading: LogReading) -> None:
        lock_name(self._connection, f"reading:{_NAME}")
        changed = self._connection.execute(
            update(log_reading).where(log_reading.c.name == _NAME), columns_of(reading)
        )
        if changed.rowcount == 0:
            self._connection.execute(insert(log_reading), {"name": _NAME, **columns_of(reading)})

    def head(self) -> int:
        last = self._connection.execute(select(func.max(audit_record.c.position))).scalar()
        return last or 0

    def records(self, *, after: int, limit: int) -> list[NotedRecord]:
        rows = self._connection.execute(
            _RECORDS.where(audit_record.c.position > after).limit(limit)
        )
        return [value_of(NotedRecord, row) for row in rows]

    def bursts(self, *, since: datetime) -> list[Burst]:
        place = (case.c.cause_group, case.c.queue, case.c.client)
        rows = self._connection.execute(
            select(*place, func.count().label("count"))
            .where(case.c.opened_at > since, case.c.kind.not_in(ASKED))
            .group_by(*place)
        )
        return [value_of(Burst, row) for row in rows]

    def backlog(self) -> list[Backlog]:
        return self._backlog(_BACKLOG)

    def overdue(self) -> list[Backlog]:
        return self._backlog(_BACKLOG.where(case.c.told == Told.OVERDUE))

    def last_act(self, queue: str) -> datetime | None:
        acts = [
            self._connection.execute(
                select(func.max(column)).where(case.c.queue == queue, column.is_not(None))
            ).scalar()
            for column in (case.c.taken_at, case.c.closed_at)
        ]
        return max((at for at in acts if at is not None), default=None)

    def held_items(self, *, limit: int) -> list[HeldItems]:
        held = self._connection.execute(
            select(account_health.c.name, account_health.c.held_at)
            .where(account_health.c.held, account_health.c.held_at.is_not(None))
            .order_by(account_health.c.name)
        ).all()
        counted = [
            HeldItems(
                account=row.name, held_at=row.held_at, count=self._waiting(row.name, limit=limit)
            )
            for row in held
        ]
        return [one for one in counted if one.count]

    def _waiting(self, account: str, *, limit: int) -> int:
        waiting = in_text(item.c.state, ItemState.WAITING)
        some = select(item.c.id).where(item.c.account == account, item.c.state == waiting)
        return self._connection.execute(
            select(func.count()).select_from(some.limit(limit).subquery())
        ).scalar_one()

    def _backlog(self, query: Select[Any]) -> list[Backlog]:
        return [value_of(Backlog, row) for row in self._connection.execute(query)]


_BACKLOG: Select[Any] = (
    select(
        case.c.told,
        case.c.queue,
        case.c.client,
        func.count().label("count"),
        func.min(case.c.due_at).label("first_due"),
    )
    .where(_IS_UNCLOSED)
    .group_by(case.c.told, case.c.queue, case.c.client)
)
