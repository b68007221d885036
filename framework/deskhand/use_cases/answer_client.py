"""Answer a client: what became of every row of a file, and totals that balance."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from deskhand.domain.identifiers import ItemId
from deskhand.domain.intake_file import FileRow, IntakeFile, RowFate
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.ports.store import Store

_PAGE = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """What the client is told about one row."""

    row: int
    line: int
    reference: str
    status: str
    portal_number: str
    reason: str
    field: str
    amount: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class Total:
    """A control total: how many rows, and how much money."""

    name: str
    count: int
    amount: Decimal


TOTALS = ("done", "duplicate", "rejected_by_person", "with_person", "open")
"""What accepted rows are split into; every accepted row is in exactly one."""

_STATUS = {
    ItemState.DONE: "done",
    ItemState.DONE_BY_HAND: "done",
    ItemState.DUPLICATE: "duplicate",
    ItemState.REJECTED: "rejected_by_person",
    ItemState.CANCELLED: "rejected_by_person",
    ItemState.WITH_PERSON: "with_person",
    ItemState.WAITING: "open",
    ItemState.PERFORMING: "open",
}


def row_answers(file: IntakeFile, *, store: Store) -> Iterator[RowAnswer]:
    """Yield the answer to every row, in the file's order, in memory that does not grow."""
    with store.reading() as tx:
        batch: list[FileRow] = []
        for row in tx.files.rows(file.id):
            batch.append(row)
            if len(batch) == _PAGE:
                yield from _answers(batch, tx.items.by_ids(_ids(batch)))
                batch = []
        yield from _answers(batch, tx.items.by_ids(_ids(batch)))


def control_totals(answers: Iterator[RowAnswer]) -> list[Total]:
    """Add the answers up: rows = accepted + rejected; accepted = the sum of its parts."""
    counts: dict[str, int] = dict.fromkeys((*TOTALS, "rejected"), 0)
    amounts: dict[str, Decimal] = dict.fromkeys((*TOTALS, "rejected"), Decimal(0))
    for answer in answers:
        counts[answer.status] += 1
        amounts[answer.status] += answer.amount
    accepted = Total(
        name="accepted",
        count=sum(counts[name] for name in TOTALS),
        amount=sum((amounts[name] for name in TOTALS), Decimal(0)),
    )
    rejected = Total(name="rejected", count=counts["rejected"], amount=amounts["rejected"])
    rows = Total(
        name="rows",
        count=accepted.count + rejected.count,
        amount=accepted.amount + rejected.amount,
    )
    parts = [Total(name=name, count=counts[name], amount=amounts[name]) for name in TOTALS]
    return [rows, accepted, rejected, *parts]


def _ids(rows: list[FileRow]) -> list[ItemId]:
    return [row.item for row in rows if row.item is not None]


def _answers(rows: list[FileRow], items: dict[ItemId, WorkItem]) -> Iterator[RowAnswer]:
    for row in rows:
        item = items.get(row.item) if row.item is not None else None
        yield _rejected(row) if item is None else _answer(row, item)


def _rejected(row: FileRow) -> RowAnswer:
    return RowAnswer(
        row=row.row,
        line=row.line,
        reference=row.reference,
        status="rejected",
        portal_number="",
        reason=row.problem,
        field=row.field,
        amount=Decimal(0),
    )


def _answer(row: FileRow, item: WorkItem) -> RowAnswer:
    repeat = row.fate is RowFate.REPEAT
    return RowAnswer(
        row=row.row,
        line=row.line,
        reference=item.reference,
        status="duplicate" if repeat else _STATUS[item.state],
        portal_number=item.portal_number or "",
        reason="repeat of a row that was taken in before" if repeat else item.reason or "",
        field="",
        amount=Decimal(item.amount or 0),
    )
