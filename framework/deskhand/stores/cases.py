"""Exception cases."""

from datetime import datetime

from sqlalchemy import Connection, insert, or_, select, update
from sqlalchemy import case as first_true

from deskhand.domain.exception_case import CaseState, ExceptionCase
from deskhand.domain.identifiers import AccountName, CaseId, ItemId
from deskhand.errors import NotFoundError, StaleVersionError
from deskhand.ports.case_store import CaseFilter
from deskhand.stores.locks import locked
from deskhand.stores.mapping import changes_of, columns_of, value_of
from deskhand.stores.tables import exception_case

_FILTERS = (
    "state",
    "kind",
    "queue",
    "code",
    "client",
    "runbook",
    "taken_by",
    "cause_group",
    "incident",
)


class SqlCases:
    """The table `exception_case`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, new: ExceptionCase) -> None:
        self._connection.execute(insert(exception_case), columns_of(new))

    def get(self, id: CaseId) -> ExceptionCase:
        row = self._connection.execute(
            locked(select(exception_case).where(exception_case.c.id == id), self._connection)
        ).first()
        if row is None:
            raise NotFoundError("case", id)
        return value_of(ExceptionCase, row)

    def named(self, name: str) -> ExceptionCase:
        whole = exception_case.c.id == name
        of_item = (exception_case.c.state != CaseState.CLOSED) & or_(
            exception_case.c.item == name,
            exception_case.c.reference == name,
            exception_case.c.id.startswith(name, autoescape=True),
            exception_case.c.reference.contains(name, autoescape=True),
        )
        # What is named whole comes first: more than ten may have the name as a part of theirs.
        columns = (exception_case.c.id, exception_case.c.item, exception_case.c.reference)
        exactly = first_true(*((column == name, 0) for column in columns), else_=1)
        rows = self._connection.execute(
            select(exception_case)
            .where(or_(whole, of_item))
            .order_by(exactly, exception_case.c.id)
            .limit(10)
        ).all()
        exact = [row for row in rows if name in (row.id, row.item, row.reference)]
        found = exact or rows
        if len(found) == 1:
            return value_of(ExceptionCase, found[0])
        if not found:
            raise NotFoundError("open case", name, advice=self._why_none(name))
        candidates = ", ".join(f"{row.id} ({row.reference}, {row.code})" for row in found)
        raise NotFoundError("single case", name, advice=f"there are several: {candidates}")

    def _why_none(self, name: str) -> str:
        """Say who closed the last case of that name, or where the open ones are."""
        last = self._connection.execute(
            select(exception_case)
            .where(or_(exception_case.c.item == name, exception_case.c.reference == name))
            .order_by(exception_case.c.closed_at.desc())
            .limit(1)
        ).first()
        if last is None:
            return "list them with: deskhand exceptions list"
        return (
            f"{last.closed_by} closed it with `{last.decision.value}`; "
            f"see: deskhand exceptions show {last.id}"
        )

    def save(self, case: ExceptionCase) -> None:
        changed = self._connection.execute(
            update(exception_case).where(
                exception_case.c.id == case.id, exception_case.c.version == case.version - 1
            ),
            changes_of(case),
        )
        if changed.rowcount != 1:
            raise StaleVersionError("case", case.id)

    def of_item(self, item: ItemId) -> list[ExceptionCase]:
        rows = self._connection.execute(
            select(exception_case)
            .where(exception_case.c.item == item)
            .order_by(exception_case.c.opened_at, exception_case.c.id)
        )
        return [value_of(ExceptionCase, row) for row in rows]

    def open_of_account(self, account: AccountName) -> ExceptionCase | None:
        query = (
            select(exception_case)
            .where(exception_case.c.account == account, exception_case.c.item.is_(None))
            .where(exception_case.c.state != CaseState.CLOSED)
        )
        row = self._connection.execute(locked(query, self._connection)).first()
        return None if row is None else value_of(ExceptionCase, row)

    def find(self, wanted: CaseFilter, *, limit: int) -> list[ExceptionCase]:
        query = select(exception_case).order_by(
            exception_case.c.due_at.nulls_last(), exception_case.c.opened_at, exception_case.c.id
        )
        for column in _FILTERS:
            if (value := getattr(wanted, column)) is not None:
                query = query.where(exception_case.c[column] == value)
        if wanted.unclosed or wanted.overdue_at is not None:
            query = query.where(exception_case.c.state != CaseState.CLOSED)
        if wanted.overdue_at is not None:
            query = query.where(exception_case.c.due_at <= wanted.overdue_at)
        rows = self._connection.execute(query.limit(limit))
        return [value_of(ExceptionCase, row) for row in rows]

    def expired(self, *, now: datetime, limit: int) -> list[ExceptionCase]:
        query = (
            select(exception_case)
            .where(exception_case.c.state.in_([CaseState.OPEN, CaseState.TAKEN]))
            .where(exception_case.c.expires_at <= now)
            .order_by(exception_case.c.expires_at, exception_case.c.id)
            .limit(limit)
        )
        rows = self._connection.execute(locked(query, self._connection, skip=True))
        return [value_of(ExceptionCase, row) for row in rows]
