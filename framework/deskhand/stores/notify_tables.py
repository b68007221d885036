"""The tables of what people are told."""

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, Table, Text

from deskhand.domain.exception_case import CaseState
from deskhand.domain.notification import NotificationState, Rule
from deskhand.ports.notices import NOTED_TYPES
from deskhand.stores.columns import Moment, Word
from deskhand.stores.tables import audit_record, exception_case, tables

notification = Table(
    "notification",
    tables,
    Column("id", Text, primary_key=True),
    Column("target", Text, nullable=False),
    Column("topic", Text, nullable=False),
    Column("state", Word(NotificationState), nullable=False),
    Column("audit_seq", Integer, nullable=False),
    Column("count", Integer, nullable=False),
    Column("tries", Integer, nullable=False),
    Column("opened_at", Moment, nullable=False),
    Column("next_try_at", Moment, nullable=False),
    Column("left_at", Moment),
    Column("ended_at", Moment),
    Column("problem", Text),
    Column("since", Moment),
    Column("in_place_of", Text),
    Column("pages_from", Moment),
    Column("passed_on_at", Moment),
)
Index(
    "ix_notification_latest", notification.c.target, notification.c.topic, notification.c.opened_at
)
_IS_DUE = notification.c.state == NotificationState.DUE
Index(
    "ix_notification_due",
    notification.c.state,
    notification.c.next_try_at,
    sqlite_where=_IS_DUE,
    postgresql_where=_IS_DUE,
)

Index("ix_notification_in_place_of", notification.c.in_place_of, notification.c.target)
_PAGES = notification.c.pages_from.is_not(None)
Index(
    "ix_notification_pages",
    notification.c.state,
    notification.c.pages_from,
    sqlite_where=_PAGES,
    postgresql_where=_PAGES,
)

# A fact in a target's message. The same fact is there again only when it lasts.
notice = Table(
    "notice",
    tables,
    Column("target", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("at", Moment, primary_key=True),
    Column("notification", Text, ForeignKey("notification.id"), nullable=False),
    Column("rule", Word(Rule), nullable=False),
    Column("queue", Text, nullable=False),
    Column("client", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("due_at", Moment),
    Column("case", Text),
    Column("wakes", Boolean),
)
Index("ix_notice_notification", notice.c.notification)
Index("ix_notice_key", notice.c.key)

log_reading = Table(
    "log_reading",
    tables,
    Column("name", Text, primary_key=True),
    Column("begun_at", Moment, nullable=False),
    Column("settled", BigInteger, nullable=False),
    Column("seen", BigInteger, nullable=False),
    Column("seen_at", Moment, nullable=False),
)

# What is asked of the log and of the cases every few seconds, for people: each off an index.
_IS_NOTED = audit_record.c.type.in_(NOTED_TYPES)
Index(
    "ix_audit_record_noted",
    audit_record.c.type,
    audit_record.c.position,
    sqlite_where=_IS_NOTED,
    postgresql_where=_IS_NOTED,
)
_case = exception_case.c
Index("ix_exception_case_opened", _case.opened_at)
for _name, _columns, _where in (
    (
        "backlog",
        (_case.told, _case.queue, _case.client, _case.due_at),
        _case.state != CaseState.CLOSED,
    ),
    ("closed", (_case.queue, _case.closed_at), _case.closed_at.is_not(None)),
    ("taken", (_case.queue, _case.taken_at), _case.taken_at.is_not(None)),
):
    Index(f"ix_exception_case_{_name}", *_columns, sqlite_where=_where, postgresql_where=_where)
