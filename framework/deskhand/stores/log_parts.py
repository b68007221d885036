"""The audit log in parts: by stream, or by position."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, select, true

from deskhand.ports.log_parts import Link, LoggedRecord, StateClaim, Streams
from deskhand.stores.audit_log import CLAIMS, FETCH, RECORDS, claim, logged
from deskhand.stores.notices import IS_NOTED
from deskhand.stores.tables import audit_record

_record = audit_record.c
_CLAIMS = CLAIMS.subquery("claim")


class SqlLogParts:
    """The table `audit_record`, a part at a time (`deskhand.ports.log_parts.LogParts`)."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def newest(self, type: str, *, limit: int) -> list[LoggedRecord]:
        # With the index's own condition, so that it is used.
        query = RECORDS.where(IS_NOTED, _record.type == type).order_by(_record.position.desc())
        return [*map(logged, self._connection.execute(query.limit(limit)))]

    def last_of_part(self, *, after: str | None, records: int) -> str | None:
        found: str | None = self._connection.execute(
            select(_record.stream)
            .where(_within(_record.stream, Streams(after=after)))
            .order_by(_record.stream, _record.seq)
            .offset(records - 1)
            .limit(1)
        ).scalar()
        return found

    def by_stream(self, streams: Streams) -> Iterator[LoggedRecord]:
        return self._records(RECORDS.where(_within(_record.stream, streams)))

    def claims(self, streams: Streams) -> Iterator[StateClaim]:
        rows = self._connection.execute(
            select(_CLAIMS).where(_within(_CLAIMS.c.stream, streams)),
            execution_options={"yield_per": FETCH},
        )
        return map(claim, rows)

    def end_of_part(self, *, after: int, up_to: int, records: int) -> int:
        last = self._connection.execute(
            select(_record.position)
            .where(_between(after, up_to))
            .order_by(_record.position)
            .offset(records - 1)
            .limit(1)
        ).scalar()
        return up_to if last is None else last

    def grown(self, *, after: int, to: int) -> Iterator[LoggedRecord]:
        return self._records(RECORDS.where(_between(after, to)))

    def links(self, *, after: int, to: int) -> Mapping[str, Link]:
        first = (
            select(_record.stream, func.min(_record.seq).label("seq"))
            .where(_between(after, to))
            .group_by(_record.stream)
            .subquery("first")
        )
        before = and_(_record.stream == first.c.stream, _record.seq == first.c.seq - 1)
        rows = self._connection.execute(RECORDS.join_from(audit_record, first, before))
        return {
            one.stream: Link(seq=one.seq, leaf=one.leaf, position=one.position)
            for one in map(logged, rows)
        }

    def _records(self, query: Select[Any]) -> Iterator[LoggedRecord]:
        rows = self._connection.execute(
            query.order_by(_record.stream, _record.seq), execution_options={"yield_per": FETCH}
        )
        return map(logged, rows)


def _within(stream: ColumnElement[str], streams: Streams) -> ColumnElement[bool]:
    behind = true() if streams.after is None else stream > streams.after
    return behind if streams.to is None else and_(behind, stream <= streams.to)


def _between(after: int, to: int) -> ColumnElement[bool]:
    return and_(_record.position > after, _record.position <= to)
