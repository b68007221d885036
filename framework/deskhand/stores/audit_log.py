"""The audit log's table: appending in place, reading in order."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    LargeBinary,
    Row,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    type_coerce,
    union_all,
)

from deskhand.audit.record import GENESIS, chained
from deskhand.domain.attempt import AttemptState
from deskhand.domain.dispatch import DispatchState
from deskhand.domain.entry import Entry
from deskhand.domain.notification import NotificationState
from deskhand.ports.log_parts import LoggedRecord, StateClaim
from deskhand.stores.bulk import insert_rows
from deskhand.stores.locks import lock_name
from deskhand.stores.notify_tables import notification
from deskhand.stores.quality_tables import recheck, runbook_hold
from deskhand.stores.tables import (
    account_health,
    answer,
    attempt,
    audit_record,
    effect,
    exception_case,
    intake_file,
    item,
    worker,
)
from deskhand.stores.trigger_tables import trigger_slot, trigger_state
from deskhand.stores.webhook_tables import dispatch

FETCH = 2000
_WRITTEN = ("stream", "seq", "type", "subject", "state", "leaf", "body")


class SqlAuditLog:
    """The table `audit_record`. Bodies are chained here, where the last one is known."""

    def __init__(
        self,
        connection: Connection,
        *,
        log: str,
        source: Mapping[str, str],
        new_id: Callable[[], str],
    ) -> None:
        self._connection = connection
        self._log = log
        self._source = source
        self._new_id = new_id

    def append(self, entry: Entry) -> int:
        """Append a record to its stream; return its number there."""
        lock_name(self._connection, entry.stream)
        last = self._connection.execute(_LAST, {"of": entry.stream}).first()
        seq, prev = (1, GENESIS) if last is None else (last.seq + 1, last.leaf.hex())
        row = dict(zip(_WRITTEN, self._row(entry, seq, prev), strict=True))
        self._connection.execute(insert(audit_record), row)
        return int(seq)

    def append_first(self, entries: Iterable[Entry]) -> None:
        """Append the first records of new streams in one statement."""
        rows = (self._row(entry, 1, GENESIS) for entry in entries)
        insert_rows(self._connection, audit_record, _WRITTEN, rows)

    def of_stream(self, stream: str) -> list[LoggedRecord]:
        rows = self._connection.execute(
            RECORDS.where(audit_record.c.stream == stream).order_by(audit_record.c.seq)
        )
        return [*map(logged, rows)]

    def all(self) -> Iterator[LoggedRecord]:
        return self._read(RECORDS.order_by(audit_record.c.position))

    def by_stream(self) -> Iterator[LoggedRecord]:
        return self._read(RECORDS.order_by(audit_record.c.stream, audit_record.c.seq))

    def claims(self) -> Iterator[StateClaim]:
        rows = self._connection.execute(CLAIMS, execution_options={"yield_per": FETCH})
        return map(claim, rows)

    def count(self) -> int:
        return self._connection.execute(select(func.count()).select_from(audit_record)).scalar_one()

    def _row(self, entry: Entry, seq: int, prev: str) -> tuple[Any, ...]:
        body, leaf = chained(
            entry,
            seq=seq,
            prev=prev,
            record_id=self._new_id(),
            log=self._log,
            source=self._source,
        )
        return (entry.stream, seq, entry.type, entry.subject, entry.state, leaf, body)

    def _read(self, query: Select[Any]) -> Iterator[LoggedRecord]:
        rows = self._connection.execute(query, execution_options={"yield_per": FETCH})
        return map(logged, rows)


_LAST: Select[Any] = (
    select(audit_record.c.seq, audit_record.c.leaf)
    .where(audit_record.c.stream == bindparam("of"))
    .order_by(audit_record.c.seq.desc())
    .limit(1)
)

# What `_make` does, without a call in Python: a verification makes one of these a row.
logged: Callable[[Row[Any]], LoggedRecord] = partial(tuple.__new__, LoggedRecord)
claim: Callable[[Row[Any]], StateClaim] = partial(tuple.__new__, StateClaim)

# SQLite keeps whatever it is given: what somebody replaced by text shall still be read.
_READ_AS = {"seq": Integer, "leaf": LargeBinary, "body": LargeBinary}
RECORDS: Select[Any] = select(
    *(
        cast(column, _READ_AS[column.name]).label(column.name)
        if column.name in _READ_AS
        else column
        for column in (audit_record.c[name] for name in LoggedRecord._fields)
    )
)


def _either(condition: ColumnElement[bool], then: str, otherwise: str) -> ColumnElement[str]:
    return case((condition, literal(then)), else_=literal(otherwise))


# Everything of which the log tells a state. An enqueued attempt has no record of its own yet, nor
# has what is still as it began.
CLAIMS = union_all(
    select(
        literal("item:").concat(item.c.id).label("stream"),
        literal("item").label("subject"),
        type_coerce(item.c.state, Text).label("state"),
        item.c.audit_seq,
        item.c.version,
    ),
    select(
        literal("item:").concat(effect.c.item),
        literal("effect:").concat(effect.c.id),
        type_coerce(effect.c.state, Text),
        effect.c.audit_seq,
        null(),
    ),
    select(
        literal("item:").concat(answer.c.item),
        literal("answer:").concat(answer.c.id),
        type_coerce(answer.c.state, Text),
        answer.c.audit_seq,
        null(),
    ),
    select(
        exception_case.c.stream,
        literal("case:").concat(exception_case.c.id),
        type_coerce(exception_case.c.state, Text),
        exception_case.c.audit_seq,
        exception_case.c.version,
    ),
    select(
        literal("item:").concat(attempt.c.item),
        literal("attempt:").concat(cast(attempt.c.number, Text)),
        type_coerce(attempt.c.state, Text),
        null(),
        null(),
    ).where(attempt.c.state != AttemptState.ENQUEUED),
    select(
        literal("account:").concat(account_health.c.name),
        literal("account"),
        _either(account_health.c.held, "held", "working"),
        account_health.c.audit_seq,
        null(),
    ).where(or_(account_health.c.audit_seq > 0, account_health.c.held)),
    select(
        literal("file:").concat(intake_file.c.id),
        literal("file"),
        type_coerce(intake_file.c.state, Text),
        null(),
        null(),
    ),
    select(
        literal("trigger:").concat(trigger_state.c.name),
        literal("trigger"),
        _either(trigger_state.c.paused, "paused", "working"),
        trigger_state.c.audit_seq,
        null(),
    ).where(or_(trigger_state.c.audit_seq > 0, trigger_state.c.paused)),
    select(
        literal("trigger:").concat(trigger_slot.c.trigger),
        literal("slot:").concat(trigger_slot.c.id),
        type_coerce(trigger_slot.c.state, Text),
        trigger_slot.c.audit_seq,
        null(),
    ),
    select(
        dispatch.c.stream,
        literal("dispatch:").concat(dispatch.c.id),
        type_coerce(dispatch.c.state, Text),
        dispatch.c.audit_seq,
        null(),
    ).where(or_(dispatch.c.audit_seq > 0, dispatch.c.state != DispatchState.WAITING)),
    select(
        literal("notification:").concat(notification.c.id),
        literal("notification"),
        type_coerce(notification.c.state, Text),
        notification.c.audit_seq,
        null(),
    ).where(or_(notification.c.audit_seq > 0, notification.c.state != NotificationState.DUE)),
    select(
        literal("item:").concat(recheck.c.item),
        literal("recheck"),
        type_coerce(recheck.c.state, Text),
        recheck.c.audit_seq,
        null(),
    ),
    select(
        literal("runbook:").concat(runbook_hold.c.runbook),
        literal("version:").concat(runbook_hold.c.hash),
        _either(runbook_hold.c.held, "held", "working"),
        runbook_hold.c.audit_seq,
        null(),
    ),
    select(
        literal("log"),
        literal("worker:").concat(worker.c.id),
        _either(worker.c.ended_at.is_(None), "working", "ended"),
        null(),
        null(),
    ),
)
