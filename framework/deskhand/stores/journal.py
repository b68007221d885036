"""Step results, effects and read-backs."""

import json
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, insert, select, update

from deskhand.domain.effect import Effect
from deskhand.domain.identifiers import AttemptId, EffectId, ItemId
from deskhand.domain.read_back import ReadBack
from deskhand.domain.work_item import WorkItem
from deskhand.errors import NotFoundError
from deskhand.ports.attempt_store import StepResult
from deskhand.ports.item_store import ItemFilter
from deskhand.stores.locks import locked
from deskhand.stores.mapping import changes_of, columns_of, value_of
from deskhand.stores.quality_tables import read_back_field
from deskhand.stores.tables import attempt, effect, item, read_back, step_result


class SqlJournal:
    """The tables `step_result`, `effect`, `read_back` and `read_back_field`.

    What is last is told by the numbers of acts and attempts: the clocks of two workers differ.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add_result(self, result: StepResult) -> None:
        self._connection.execute(insert(step_result), columns_of(result))

    def results_of(self, item: ItemId) -> list[StepResult]:
        rows = self._connection.execute(
            select(step_result)
            .join(attempt, attempt.c.id == step_result.c.attempt)
            .where(step_result.c.item == item)
            .order_by(attempt.c.number, step_result.c.recorded_at)
        )
        return [value_of(StepResult, row) for row in rows]

    def add_effect(self, new: Effect) -> None:
        self._connection.execute(insert(effect), columns_of(new))

    def save_effect(self, changed: Effect) -> None:
        self._connection.execute(
            update(effect).where(effect.c.id == changed.id), changes_of(changed)
        )

    def effect(self, id: EffectId) -> Effect:
        row = self._connection.execute(
            locked(select(effect).where(effect.c.id == id), self._connection)
        ).first()
        if row is None:
            raise NotFoundError("act", id)
        return value_of(Effect, row)

    def effects_of(self, item: ItemId) -> list[Effect]:
        rows = self._connection.execute(
            select(effect)
            .where(effect.c.item == item)
            .order_by(effect.c.act_no, effect.c.intended_at, effect.c.id)
        )
        return [value_of(Effect, row) for row in rows]

    def add_read_back(
        self, compared: ReadBack, *, item: WorkItem, attempt: AttemptId, step: str, at: datetime
    ) -> None:
        self._connection.execute(
            insert(read_back).values(
                attempt=attempt,
                step=step,
                item=item.id,
                runbook_hash=item.runbook_hash,
                checked=compared.checked,
                wrong=len(compared.wrong),
                wrong_fields=json.dumps(compared.wrong),
                recorded_at=at,
            )
        )
        if compared.by_field:
            self._connection.execute(
                insert(read_back_field),
                [
                    {
                        "attempt": attempt,
                        "step": step,
                        "field": one.name,
                        "checked": one.checked,
                        "wrong": one.wrong,
                    }
                    for one in compared.by_field
                ],
            )

    def verified_steps(self, item: ItemId) -> frozenset[str]:
        rows = self._connection.execute(
            select(read_back.c.step, read_back.c.wrong)
            .join(attempt, attempt.c.id == read_back.c.attempt)
            .where(read_back.c.item == item)
            .order_by(attempt.c.number)
        )
        last = {row.step: row.wrong for row in rows}
        return frozenset(step for step, wrong in last.items() if wrong == 0)

    def read_back_totals(self, wanted: ItemFilter) -> tuple[int, int]:
        last = (
            select(
                read_back.c.item,
                read_back.c.step,
                func.max(read_back.c.recorded_at).label("recorded_at"),
            )
            .group_by(read_back.c.item, read_back.c.step)
            .subquery()
        )
        query: Select[Any] = (
            select(func.sum(read_back.c.checked), func.sum(read_back.c.wrong))
            .join(
                last,
                (last.c.item == read_back.c.item)
                & (last.c.step == read_back.c.step)
                & (last.c.recorded_at == read_back.c.recorded_at),
            )
            .join(item, item.c.id == read_back.c.item)
        )
        for column in ("runbook", "client", "file"):
            if (value := getattr(wanted, column)) is not None:
                query = query.where(item.c[column] == value)
        checked, wrong = self._connection.execute(query).one()
        return int(checked or 0), int(wrong or 0)
