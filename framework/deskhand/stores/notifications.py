"""What people are told, and the facts in it."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    func,
    insert,
    literal,
    or_,
    select,
    update,
)

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.exception_case import CaseState
from deskhand.domain.identifiers import NotificationId
from deskhand.domain.notification import Fact, Line, Notification, NotificationState, Rule
from deskhand.errors import NotFoundError
from deskhand.ports.notifications import NotificationFilter
from deskhand.stores.columns import in_text
from deskhand.stores.locks import locked
from deskhand.stores.mapping import changes_of, columns_of, value_of
from deskhand.stores.notify_tables import notice, notification
from deskhand.stores.tables import exception_case as case

_AT_ONCE = 500
_KEPT = ("key", "rule", "queue", "client", "count", "due_at", "case", "wakes")
_OTHER = notice.alias("other")
_IS_CLOSED = exists().where(case.c.id == notice.c.case, case.c.state == CaseState.CLOSED)
_IS_OVERDUE_NOW = and_(
    notice.c.rule == Rule.CASE_AT_RISK,
    exists().where(
        _OTHER.c.notification == notice.c.notification,
        _OTHER.c.case == notice.c.case,
        _OTHER.c.rule == Rule.CASE_OVERDUE,
    ),
)
_MESSAGE = notification.alias("message")
_SUBSTITUTE = notification.alias("substitute")


def _untold(message: ColumnElement[bool]) -> Select[Any]:
    """Return the facts that no such message holds, as of the same look or a later one."""
    told = exists().where(
        _OTHER.c.key == notice.c.key,
        _OTHER.c.at >= notice.c.at,
        _OTHER.c.notification == _MESSAGE.c.id,
        message,
    )
    return select(notice.c.key).where(notice.c.count > 0, ~told)


_IS_TAKEN = _MESSAGE.c.state == NotificationState.SENT
_IS_HEARD = or_(
    exists().where(
        _SUBSTITUTE.c.in_place_of == notification.c.id,
        _SUBSTITUTE.c.state == NotificationState.SENT,
    ),
    ~_untold(_IS_TAKEN).where(notice.c.notification == notification.c.id).exists(),
)
_HEARD: Select[Any] = select(notification.c.id).where(_IS_HEARD)
# A person who has closed the case about its target has seen to what was missed.
_UNDELIVERED = Cause(
    kind=CauseKind.SYSTEM, code=SystemCode.NOTIFICATION_UNDELIVERED, message=""
).group
_IS_ASKED = exists().where(
    case.c.cause_group == literal(f"{_UNDELIVERED}@").concat(notification.c.target),
    case.c.stream == literal("target:").concat(notification.c.target),
    case.c.state != in_text(case.c.state, CaseState.CLOSED),
)


class SqlNotifications:
    """The tables `notification` and `notice`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def latest(self, target: str, topic: str) -> Notification | None:
        row = self._connection.execute(
            select(notification)
            .where(notification.c.target == target, notification.c.topic == topic)
            .where(notification.c.state != NotificationState.DROPPED)
            .where(notification.c.in_place_of.is_(None))
            .order_by(notification.c.opened_at.desc(), notification.c.id.desc())
            .limit(1)
        ).first()
        return None if row is None else value_of(Notification, row)

    def noticed(self, target: str, keys: Collection[str]) -> Mapping[str, datetime]:
        wanted = list(keys)
        found: dict[str, datetime] = {}
        for first in range(0, len(wanted), _AT_ONCE):
            rows = self._connection.execute(
                select(notice.c.key, func.max(notice.c.at).label("at"))
                .where(notice.c.target == target)
                .where(notice.c.key.in_(wanted[first : first + _AT_ONCE]))
                .group_by(notice.c.key)
            )
            found |= {row.key: row.at for row in rows}
        return found

    def add(self, new: Notification) -> None:
        self._connection.execute(insert(notification), columns_of(new))

    def known(self, id: NotificationId) -> bool:
        found = self._connection.execute(select(notification.c.id).where(notification.c.id == id))
        return found.first() is not None

    def take_up(self, into: Notification, facts: Sequence[Fact], *, at: datetime) -> None:
        where = {"notification": into.id, "target": into.target, "at": at}
        if facts:
            self._connection.execute(
                insert(notice),
                [where | {name: getattr(fact, name) for name in _KEPT} for fact in facts],
            )

    def forget_closed(self, id: NotificationId) -> None:
        # Counted no more, but kept: so it is not taken for a new fact.
        self._connection.execute(
            update(notice)
            .where(notice.c.notification == id, or_(_IS_CLOSED, _IS_OVERDUE_NOW))
            .values(count=0)
        )

    def lines(self, id: NotificationId) -> list[Line]:
        count = func.sum(notice.c.count)
        lines: Select[Any] = (
            select(
                notice.c.rule,
                notice.c.queue,
                notice.c.client,
                count.label("count"),
                func.min(notice.c.due_at).label("first_due"),
            )
            .where(notice.c.notification == id, notice.c.count > 0)
            .group_by(notice.c.rule, notice.c.queue, notice.c.client)
            .order_by(notice.c.rule, notice.c.queue, notice.c.client)
        )
        return [value_of(Line, row) for row in self._connection.execute(lines)]

    def wakes(self, id: NotificationId, *, before: datetime | None) -> bool:
        wakes: ColumnElement[bool] = notice.c.wakes.is_(True)
        if before is not None:
            wakes = or_(wakes, and_(notice.c.wakes.is_(None), notice.c.due_at < before))
        return self._any(
            select(notice.c.key).where(notice.c.notification == id, notice.c.count > 0).where(wakes)
        )

    def still_so(self, id: NotificationId) -> bool:
        return self._any(
            select(notice.c.key)
            .where(notice.c.notification == id, notice.c.count > 0)
            .where(~_IS_CLOSED)
        )

    def knows(self, target: str, id: NotificationId) -> bool:
        on_its_way = and_(
            _MESSAGE.c.target == target,
            _MESSAGE.c.left_at.is_not(None),
            _MESSAGE.c.state.in_((NotificationState.DUE, NotificationState.SENT)),
        )
        return not self._any(_untold(on_its_way).where(notice.c.notification == id))

    def stands_in(self, target: str, id: NotificationId) -> bool:
        return self._any(
            select(notification.c.id).where(
                notification.c.in_place_of == id, notification.c.target == target
            )
        )

    def late_pages(self, *, since: datetime, limit: int) -> list[Notification]:
        query = (
            select(notification)
            .where(notification.c.state == in_text(notification.c.state, NotificationState.DUE))
            .where(notification.c.pages_from <= since, notification.c.left_at.is_not(None))
            .where(notification.c.passed_on_at.is_(None))
            .order_by(notification.c.pages_from, notification.c.id)
            .limit(limit)
        )
        rows = self._connection.execute(locked(query, self._connection, skip=True))
        return [value_of(Notification, row) for row in rows]

    def was_heard(self, id: NotificationId) -> bool:
        return self._any(_HEARD.where(notification.c.id == id))

    def unheard_pages(self, *, since: datetime) -> int:
        return self._connection.execute(
            select(func.count())
            .select_from(notification)
            .where(notification.c.pages_from <= since, notification.c.in_place_of.is_(None))
            .where(notification.c.state.in_((NotificationState.DUE, NotificationState.FAILED)))
            .where(or_(notification.c.state == NotificationState.DUE, _IS_ASKED))
            .where(~_IS_HEARD)
        ).scalar_one()

    def waiting(self, *, now: datetime) -> bool:
        return self._any(select(notification.c.id).where(_ready(now)))

    def due(self, *, now: datetime, limit: int) -> list[Notification]:
        query = (
            select(notification)
            .where(_ready(now))
            .order_by(notification.c.next_try_at, notification.c.id)
            .limit(limit)
        )
        rows = self._connection.execute(locked(query, self._connection, skip=True))
        return [value_of(Notification, row) for row in rows]

    def get(self, id: NotificationId) -> Notification:
        row = self._connection.execute(
            locked(select(notification).where(notification.c.id == id), self._connection)
        ).first()
        if row is None:
            raise NotFoundError("notification", id)
        return value_of(Notification, row)

    def named(self, name: str) -> Notification:
        begins = notification.c.id.startswith(name, autoescape=True)
        rows = self._connection.execute(
            select(notification).where(begins).order_by(notification.c.id).limit(2)
        ).all()
        exact = rows[:1] if rows and rows[0].id == name else rows
        if len(exact) != 1:
            kind = "single notification" if rows else "notification"
            raise NotFoundError(kind, name, advice="list them with: deskhand notify list")
        return value_of(Notification, exact[0])

    def save(self, changed: Notification) -> None:
        self._connection.execute(
            update(notification).where(notification.c.id == changed.id), changes_of(changed)
        )

    def find(self, wanted: NotificationFilter, *, limit: int) -> list[Notification]:
        query = select(notification).order_by(
            notification.c.opened_at.desc(), notification.c.id.desc()
        )
        if wanted.state is not None:
            query = query.where(notification.c.state == wanted.state)
        if wanted.target is not None:
            query = query.where(notification.c.target == wanted.target)
        rows = self._connection.execute(query.limit(limit))
        return [value_of(Notification, row) for row in rows]

    def _any(self, query: Select[Any]) -> bool:
        return self._connection.execute(query.limit(1)).first() is not None


def _ready(now: datetime) -> Any:
    is_due = notification.c.state == in_text(notification.c.state, NotificationState.DUE)
    return and_(is_due, notification.c.next_try_at <= now)
