"""The answers to a client's file: beside it, in a folder, or in the client's outbox."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
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


def write_answers(place: Workplace, file: IntakeFile, *, target: Path) -> list[Total]:
    """Write `<target>.results.csv`, `.rejects.csv` and `.totals.csv`; return the totals.

    Raises `AnswerNotWrittenError` when the folder takes no file.
    """
    try:
        return _write(place, file, target)
    except OSError as error:
        raise AnswerNotWrittenError(target, str(error.strerror)) from error


def targets_in(folder: Path, files: Sequence[IntakeFile]) -> Mapping[FileId, Path]:
    """Make one folder for all answers; return how they are named there: no two of them meet.

    Raises `AnswerNotWrittenError`.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise AnswerNotWrittenError(folder, str(error.strerror)) from error
    plain = {file.id: f"{file.client}.{file.name}" for file in files}
    uses = Counter(plain.values())
    return {
        file.id: folder
        / (plain[file.id] if uses[plain[file.id]] == 1 else f"{file.client}.{file.id}.{file.name}")
        for file in files
    }


def targets_beside(files: Sequence[IntakeFile]) -> Mapping[FileId, Path]:
    """Return where each file lies, oldest first; where several lay in one place, the last of them.

    What lies there now is not what the others answered.
    """
    last = {file.path: file for file in files}
    return {file.id: Path(path) for path, file in last.items()}


def write_drop_answers(place: Workplace, drop: DroppedFile) -> list[Total]:
    """Write the answers to a dropped file into its client's outbox; return the totals.

    They are named as the file is in the archive. Raises `AnswerNotWrittenError`.
    """
    folder = place.project.files.outbox / drop.client
    with place.store.reading() as tx:
        file = tx.files.get(FileId(drop.file or ""))
    try:
        for each in (folder.parent, folder):
            each.mkdir(mode=0o750, parents=True, exist_ok=True)
        return _write(place, file, folder / drop.own_name)
    except OSError as error:
        raise AnswerNotWrittenError(folder / drop.own_name, str(error.strerror)) from error


def write_answers_again(
    place: Workplace, file: IntakeFile, *, beside: Path | None
) -> list[Total] | None:
    """Write a file's answers as of now, where its client had them; None where that is nowhere.

    What came by a drop folder is answered in the outbox, as often as it came. `beside` is where
    it lies, if nothing else lies there by now.
    """
    with place.store.reading() as tx:
        drops = tx.drops.of_file(file.id)
    if drops:
        return [write_drop_answers(place, drop) for drop in drops][-1]
    return None if beside is None else write_answers(place, file, target=beside)


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
