"""Figures over many items."""

from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Select,
    Subquery,
    Text,
    case,
    exists,
    func,
    literal,
    select,
    type_coerce,
)

from deskhand.domain.exception_case import CaseKind
from deskhand.ports.figures import CountFigure, FigureFilter, ReadBackFigure
from deskhand.stores.quality_tables import read_back_field, recheck
from deskhand.stores.tables import attempt, exception_case, item, read_back, runbook


class SqlFigures:
    """Counts in `item`, `attempt`, `read_back` and `recheck`."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def read_backs(self, wanted: FigureFilter) -> list[ReadBackFigure]:
        ranked = _ranked()
        query = _of_versions(
            select(
                item.c.account,
                runbook.c.name,
                runbook.c.number,
                literal("").label("field"),
                *_sums(ranked, ranked.c.checked, ranked.c.wrong),
            )
            .join_from(ranked, item, item.c.id == ranked.c.item)
            .join(runbook, runbook.c.hash == ranked.c.runbook_hash),
            wanted,
            moment=ranked.c.recorded_at,
        )
        query = query.group_by(item.c.account, runbook.c.name, runbook.c.number)
        return self._figures(query)

    def read_backs_by_field(self, wanted: FigureFilter) -> list[ReadBackFigure]:
        ranked = _ranked()
        field = read_back_field
        query = _of_versions(
            select(
                item.c.account,
                runbook.c.name,
                runbook.c.number,
                field.c.field,
                *_sums(ranked, field.c.checked, field.c.wrong),
            )
            .join_from(
                ranked,
                field,
                (field.c.attempt == ranked.c.attempt) & (field.c.step == ranked.c.step),
            )
            .join(item, item.c.id == ranked.c.item)
            .join(runbook, runbook.c.hash == ranked.c.runbook_hash),
            wanted,
            moment=ranked.c.recorded_at,
        )
        query = query.group_by(item.c.account, runbook.c.name, runbook.c.number, field.c.field)
        return self._figures(query)

    def items(self, wanted: FigureFilter) -> list[CountFigure]:
        return self._counts(_items(wanted))

    def items_with_cases(self, wanted: FigureFilter) -> list[CountFigure]:
        asked = exists().where(
            exception_case.c.item == item.c.id, exception_case.c.kind != CaseKind.QUALITY
        )
        return self._counts(_items(wanted).where(asked))

    def attempts(self, wanted: FigureFilter) -> list[CountFigure]:
        query = (
            select(runbook.c.name, runbook.c.number, attempt.c.outcome, func.count())
            .join_from(attempt, item, item.c.id == attempt.c.item)
            .join(runbook, runbook.c.hash == item.c.runbook_hash)
            .where(attempt.c.outcome.is_not(None))
            .group_by(runbook.c.name, runbook.c.number, attempt.c.outcome)
        )
        return self._counts(_of_versions(query, wanted, moment=attempt.c.ended_at))

    def rechecks(self, wanted: FigureFilter) -> list[CountFigure]:
        kind = func.coalesce(type_coerce(recheck.c.grade, Text), type_coerce(recheck.c.state, Text))
        query = (
            select(runbook.c.name, runbook.c.number, kind, func.count())
            .join_from(recheck, item, item.c.id == recheck.c.item)
            .join(runbook, runbook.c.hash == recheck.c.runbook_hash)
            .group_by(runbook.c.name, runbook.c.number, kind)
        )
        return self._counts(_of_versions(query, wanted, moment=recheck.c.chosen_at))

    def _figures(self, query: Select[Any]) -> list[ReadBackFigure]:
        rows = sorted(tuple(row) for row in self._connection.execute(query))
        return [
            ReadBackFigure(account, name, version, field, *map(int, counts))
            for account, name, version, field, *counts in rows
        ]

    def _counts(self, query: Select[Any]) -> list[CountFigure]:
        return [CountFigure(*row) for row in sorted(map(tuple, self._connection.execute(query)))]


def _ranked() -> Subquery:
    """Return every read-back with its place among those of its act, from both ends."""
    of_act = (read_back.c.item, read_back.c.step)
    first = func.row_number().over(
        partition_by=of_act, order_by=(read_back.c.recorded_at, read_back.c.attempt)
    )
    last = func.row_number().over(
        partition_by=of_act,
        order_by=(read_back.c.recorded_at.desc(), read_back.c.attempt.desc()),
    )
    return select(read_back, first.label("nth"), last.label("nth_last")).subquery()


def _sums(
    ranked: Subquery, checked: ColumnElement[int], wrong: ColumnElement[int]
) -> list[ColumnElement[Any]]:
    first, last = ranked.c.nth == 1, ranked.c.nth_last == 1
    return [
        func.sum(case((first, checked), else_=0)),
        func.sum(case((first, wrong), else_=0)),
        func.sum(case((last, wrong), else_=0)),
    ]


def _items(wanted: FigureFilter) -> Select[Any]:
    state = type_coerce(item.c.state, Text)
    query = (
        select(runbook.c.name, runbook.c.number, state, func.count())
        .join_from(item, runbook, runbook.c.hash == item.c.runbook_hash)
        .group_by(runbook.c.name, runbook.c.number, state)
    )
    return _of_versions(query, wanted, moment=item.c.changed_at)


def _of_versions(
    query: Select[Any], wanted: FigureFilter, *, moment: ColumnElement[Any] | Column[Any]
) -> Select[Any]:
    """Return the query over what is wanted; it joins `item` and `runbook`."""
    if wanted.since is not None:
        query = query.where(moment >= wanted.since)
    if wanted.until is not None:
        query = query.where(moment < wanted.until)
    if wanted.client is not None:
        query = query.where(item.c.client == wanted.client)
    if wanted.runbook is not None:
        query = query.where(runbook.c.name == wanted.runbook)
    return query
