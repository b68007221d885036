"""The answers to a client's file, written beside it."""

from collections.abc import Iterator
from pathlib import Path

from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.drop import DroppedFile
from deskhand.domain.identifiers import FileId
from deskhand.domain.intake_file import IntakeFile
from deskhand.errors import AnswerNotWrittenError
from deskhand.intake.answers import (
    RejectRow,
    ResultRow,
    TotalLine,
    write_rejects,
    write_results,
    write_totals,
)
from deskhand.use_cases.answer_client import RowAnswer, Total, control_totals, row_answers


def write_answers(place: Workplace, file: IntakeFile, *, folder: Path | None = None) -> list[Total]:
    """Write `<file>.results.csv`, `.rejects.csv` and `.totals.csv`; return the totals.

    Beside the file, or into `folder` under the client's name, so that two clients' files of
    one name do not meet. Raises `AnswerNotWrittenError` when the folder takes no file.
    """
    try:
        return _write(place, file, _target(file, folder))
    except OSError as error:
        raise AnswerNotWrittenError(Path(file.path), str(error.strerror)) from error


def write_drop_answers(place: Workplace, drop: DroppedFile) -> list[Total]:
    """Write the answers to a dropped file into its client's outbox; return the totals.

    They are named as the file is in the archive. Raises `AnswerNotWrittenError`.
    """
    folder = place.project.files.outbox / drop.client
    with place.store.reading() as tx:
        file = tx.files.get(FileId(drop.file or ""))
    try:
        folder.mkdir(mode=0o750, parents=True, exist_ok=True)
        return _write(place, file, folder / drop.own_name)
    except OSError as error:
        raise AnswerNotWrittenError(folder / drop.own_name, str(error.strerror)) from error


def _target(file: IntakeFile, folder: Path | None) -> Path:
    if folder is None:
        return Path(file.path)
    folder.mkdir(parents=True, exist_ok=True)
    return folder / f"{file.client}.{file.name}"


def _write(place: Workplace, file: IntakeFile, target: Path) -> list[Total]:
    folder, name = target.parent, target.name
    totals = control_totals(row_answers(file, store=place.store))
    write_results(folder / f"{name}.results.csv", map(_result, _answers(place, file)))
    write_rejects(
        folder / f"{name}.rejects.csv",
        (
            RejectRow(row=one.row, line=one.line, field=one.field, reason=one.reason)
            for one in _answers(place, file)
            if one.status == "rejected"
        ),
    )
    write_totals(
        folder / f"{name}.totals.csv",
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
