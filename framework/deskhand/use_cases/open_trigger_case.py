"""Open a case about a trigger, and close it: about rows that do not fit, or a source that fails."""

from collections.abc import Mapping
from dataclasses import dataclass

from deskhand.domain.cause import Cause
from deskhand.domain.exception_case import ExceptionCase, Matter, case_kind
from deskhand.domain.identifiers import CaseId
from deskhand.domain.runbook import Runbook
from deskhand.domain.schedule import TriggerSlot
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.store import Transaction
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.sealing import detail_context, open_json

_MANY = 1000
_TOLD_ROWS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerCase:
    """What a person is told of a slot; `rows` say which rows, which field and why."""

    runbook: Runbook
    slot: TriggerSlot
    cause: Cause
    rows: tuple[Mapping[str, object], ...] = ()


def open_trigger_case(tx: Transaction, case: TriggerCase, *, opener: CaseOpener) -> ExceptionCase:
    """Open a case, unless one that says the same is open: then that one.

    A source lists the same faulty rows night after night; one case is enough for them.
    """
    detail = _detail(case)
    alike = _alike(tx, case)
    for known in alike:
        if _same(
            detail,
            open_json(known.sealed_detail, seal=opener.seal, context=detail_context(known.id)),
        ):
            return known
    kind = case_kind(case.cause.kind)
    matter = Matter(
        id=CaseId(f"{case.slot.id}/{case.cause.code}".replace("/", "-")),
        reference=f"trigger {case.slot.trigger}",
        stream=case.slot.stream,
        queue=case.runbook.queues[kind.value],
        kind=kind,
        code=case.cause.code,
        group=f"{case.cause.group}@{case.slot.trigger}",
        runbook=case.runbook.name,
        client=case.slot.client,
        came_back=bool(alike),
    )
    return opener.about_no_item(tx, matter, detail=detail)


def _detail(case: TriggerCase) -> dict[str, object]:
    rows = [dict(row) for row in case.rows[:_TOLD_ROWS]]
    lines = [f"row {row['row']}: {row['field'] or 'the row'}: {row['reason']}" for row in rows]
    if more := len(case.rows) - len(rows):
        lines.append(f"and {more} more")
    message = "; ".join([case.cause.message, *lines])
    return {"message": message, "hint": case.cause.hint, "rows": rows}


def _alike(tx: Transaction, case: TriggerCase) -> list[ExceptionCase]:
    wanted = CaseFilter(
        runbook=case.runbook.name, client=case.slot.client, code=case.cause.code, unclosed=True
    )
    found = tx.cases.find(wanted, limit=_MANY)
    return [one for one in found if one.item is None and one.stream == case.slot.stream]


def _same(detail: Mapping[str, object], known: Mapping[str, object]) -> bool:
    """Whether two cases say the same; how often a source was asked does not matter."""
    rows = detail["rows"]
    return rows == known["rows"] if rows else not known["rows"]
