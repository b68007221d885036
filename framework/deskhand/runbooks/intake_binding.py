"""Rows of a file → the fields of an item: mapped, typed, checked, and every mistake told.

Called for every row of every file: all that can be looked up once is looked up here.
"""

from collections.abc import Mapping
from datetime import date, datetime

from deskhand.domain.fields import Field
from deskhand.domain.runbook import Runbook, Trigger
from deskhand.domain.step import Check, Expression, Scope
from deskhand.errors import ExpressionError
from deskhand.ports.runbook_library import Bound, Rejected
from deskhand.runbooks.misfits import parts_of
from deskhand.runbooks.types import absent_value, plain_part

Problems = list[tuple[str, str]]


class FieldBinder:
    """Binds the rows of one trigger (`deskhand.ports.runbook_library.RowBinder`)."""

    def __init__(self, runbook: Runbook, trigger: Trigger) -> None:
        self._params = runbook.params
        self._checks = runbook.item.checks
        self._mapped: tuple[tuple[str, Field, Expression], ...] = tuple(
            (name, part, trigger.map[name])
            for name, part in runbook.item.fields.items()
            if name in trigger.map
        )
        self._same: tuple[tuple[str, Field], ...] = tuple(
            (name, part) for name, part in runbook.item.fields.items() if name not in trigger.map
        )
        self._order = tuple(runbook.item.fields)

    def bind(self, values: Mapping[str, object], *, today: date, now: datetime) -> Bound | Rejected:
        scope: dict[str, object] = {
            "row": values,
            "params": self._params,
            "today": today,
            "now_utc": now,
        }
        typed: dict[str, object] = {}
        problems: Problems = []
        for name, part in self._same:
            _bind(name, part, values.get(name), typed, problems)
        for name, part, expression in self._mapped:
            try:
                raw = expression.value(scope)
            except ExpressionError as error:
                problems.append((name, f"cannot be worked out: {error.problem}"))
                continue
            _bind(name, part, raw, typed, problems)
        if problems:
            return Rejected(problems=tuple(sorted(problems, key=self._place)))
        item = {name: typed[name] for name in self._order} if self._mapped else typed
        scope["item"] = item
        failed = failed_checks(self._checks, scope)
        return Rejected(problems=tuple(failed)) if failed else Bound(values=item)

    def _place(self, problem: tuple[str, str]) -> int:
        name = problem[0].partition("[")[0].partition(".")[0]
        return self._order.index(name)


def failed_checks(checks: tuple[Check, ...], scope: Scope) -> Problems:
    """Return the checks that do not hold: as with a step's expectations, up to the first."""
    for check in checks:
        try:
            if not check.that.value(scope):
                words = check.say.value(scope) if check.say else ""
                return [("", f"{check.code}: {words}" if words else check.code)]
        except ExpressionError as error:
            return [("", f"{check.code}: cannot be checked: {error.problem}")]
    return []


def plain_fields(runbook: Runbook, values: Mapping[str, object]) -> dict[str, object]:
    """Return an item's typed fields as JSON types."""
    return {name: plain_part(part, values.get(name)) for name, part in runbook.item.fields.items()}


def typed_fields(runbook: Runbook, plain: Mapping[str, object]) -> dict[str, object]:
    """Return what `plain_fields` was given."""
    return {
        name: None if plain.get(name) is None else part.type.parse(plain[name])
        for name, part in runbook.item.fields.items()
    }


def _bind(
    name: str, part: Field, raw: object, typed: dict[str, object], problems: Problems
) -> None:
    try:
        if raw is None or (raw.__class__ is str and not raw.strip()):
            typed[name] = absent_value(part)
        else:
            typed[name] = part.type.parse(raw)
    except ValueError as error:
        problems += [(f"{name}{path}", reason) for path, reason in parts_of(error)]
