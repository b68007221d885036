"""The answers to a client's file, written beside it."""

from collections.abc import Iterator
from pathlib import Path

from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.intake_file import IntakeFile
from deskhand.intake.answers import (
    RejectRow,
    ResultRow,
    TotalLine,
    write_rejects,
    write_results,
    write_totals,
)
from deskhand.use_cases.answer_client import RowAnswer, Total, control_totals, row_answers


def write_answers(place: Workplace, file: IntakeFile, *, folder: Path) -> list[Total]:
    """Write `<file>.results.csv`, `.rejects.csv` and `.totals.csv`; return the totals."""
    totals = control_totals(row_answers(file, store=place.store))
    write_results(folder / f"{file.name}.results.csv", map(_result, _answers(place, file)))
    write_rejects(
        folder / f"{file.name}.rejects.csv",
        (
            RejectRow(row=one.row, line=one.line, field=one.field, reason=one.reason)
            for one in _answers(place, file)
            if one.status == "rejected"
        ),
    )
    write_totals(
        folder / f"{file.name}.totals.csv",
        [TotalLine(name=one.name, count=one.count, amount=one.amount) for one in totals],
    )
    return totals


def _answers(place: Workplace, file: IntakeFile) -> Iterator[RowAnswer]:
    return row_answers(file, store=place.store)


def _result(answer: RowAnswer) -> ResultRow:
    return ResultRow(
        reference=answer.reference,
        status=answer.status,
        portal_number=answer.portal_number,
        reason=answer.reason,
        row=answer.row,
    )
