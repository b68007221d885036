"""Workbooks in a drop folder: the sheet that the trigger names is taken in, and no other one."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from deskhand.bootstrap.deliveries import accept, begun_files, resume
from deskhand.cli.entry import deskhand
from deskhand.domain.intake_file import FileState
from deskhand.errors import NotFoundError, StoreUnavailableError
from deskhand.use_cases.accept_file import LEASE, Accepted
from deskhand.use_cases.take_drop import FILE_REFUSED
from tests.making import ANN
from tests.making_workbooks import many_sheets
from tests.practice.drop_office import CLIENT, GOOD, PATTERN, DropOffice, write_runbook

ENTRIES: list[list[object]] = [["number", "amount"], ["E-1", 12.1], ["E-2", 7]]
MORE: list[list[object]] = [["number", "amount"], ["E-3", 1]]
BOOK: dict[str, list[list[object]]] = {
    "Entries": ENTRIES,
    "More": MORE,
    "Notes": [["private"], ["words"]],
}


def reads(office: DropOffice, sheet: str) -> None:
    """Let the runbook's trigger name a sheet, and a host begin with it."""
    write_runbook(office.folder, pattern=f"{PATTERN}\n    sheet: {sheet}")
    office.start_host()


def test_the_named_sheet_becomes_items(office: DropOffice) -> None:
    reads(office, "Entries")

    office.take("day.xlsx", many_sheets(BOOK))

    assert [(item.reference, item.amount) for item in office.items()] == [
        ("E-1", "12.10"),
        ("E-2", "7.00"),
    ]
    (file,) = office.files()
    assert (file.sheet, file.state) == ("Entries", FileState.TAKEN)
    assert len(office.archived) == 1


def test_a_file_without_sheets_is_taken_in_as_ever(office: DropOffice) -> None:
    reads(office, "Entries")

    office.take("day.csv", GOOD)

    (file,) = office.files()
    assert (file.sheet, len(file.sha256), len(office.items())) == (None, 64, 2)


def test_a_workbook_without_the_sheet_is_refused_and_its_client_told_why(
    office: DropOffice,
) -> None:
    reads(office, "Claims")

    office.take("day.xlsx", many_sheets(BOOK))

    assert office.items() == []
    (why,) = [file for file in office.refused if file.suffix == ".txt"]
    said = "has no sheet 'Claims'; it has 'Entries', 'More', 'Notes'"
    assert said in why.read_text(encoding="utf-8")
    (case,) = office.cases()
    assert case.code == FILE_REFUSED
    assert said in office.told(case)


def test_another_sheet_of_the_same_workbook_is_another_file(office: DropOffice) -> None:
    book = many_sheets(BOOK)  # its bytes tell when it was made
    reads(office, "Entries")
    office.take("day.xlsx", book)
    reads(office, "More")

    office.take("day.xlsx", book)
    office.take("again.xlsx", book)

    assert [item.reference for item in office.items()] == ["E-1", "E-2", "E-3"]
    assert sorted(file.sheet or "" for file in office.files()) == ["Entries", "More"]
    assert office.heard().count("drop_repeated") == 1


def test_a_file_given_by_hand_is_gone_on_with_in_the_sheet_that_was_named(
    office: DropOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads(office, "More")
    book = office.drop("../day.xlsx", many_sheets(BOOK))

    def dies(*_: object) -> None:
        raise StoreUnavailableError("here", "the process dies")

    with monkeypatch.context() as patched:
        patched.setattr("deskhand.use_cases.accept_file._Taking.finish", dies)
        with pytest.raises(StoreUnavailableError):
            take_in(office, book, sheet="Entries")
    (begun,) = begun_files(office.place)
    office.clock.turn(LEASE)

    accepted = resume(office.place, begun, by=ANN)

    assert (begun.sheet, accepted.file.taken_rows) == ("Entries", 2)
    assert [item.reference for item in office.items()] == ["E-1", "E-2"]


def test_a_sheet_of_a_file_without_sheets_is_a_mistake(office: DropOffice) -> None:
    with pytest.raises(NotFoundError, match=r"day.csv is no workbook"):
        take_in(office, office.drop("../day.csv"), sheet="Entries")


def test_of_files_given_together_none_is_taken_in_when_one_has_no_sheets(
    office: DropOffice,
) -> None:
    book = office.drop("../day.xlsx", many_sheets(BOOK))
    words = ["--input", str(book), "--input", str(office.drop("../day.csv")), "--sheet", "Entries"]

    ended = CliRunner().invoke(
        deskhand, ["--project", str(office.folder), "run", "ledger.check", *words]
    )

    assert isinstance(ended.exception, NotFoundError)
    assert office.files() == []


def take_in(office: DropOffice, file: Path, *, sheet: str) -> Accepted:
    return accept(office.place, "ledger.check", file, client=CLIENT, sheet=sheet, by=ANN)
