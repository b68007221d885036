"""Workbooks of which a sheet is named; the names in a file are whatever somebody wrote there."""

from pathlib import Path

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake.formats import has_sheets, reader_for
from deskhand.ports.reader import Row
from tests.making_workbooks import SHEET, many_sheets, renamed, repacked, with_cell

CLAIMS = [["number"], ["E-1"]]
CODES = [["code"], ["A1"], ["A2"]]
BOTH = {"Claims": CLAIMS, "Codes": CODES}


def written(folder: Path, content: bytes) -> Path:
    file = folder / "book.xlsx"
    file.write_bytes(content)
    return file


def read(folder: Path, content: bytes, sheet: str | None) -> list[object]:
    file = written(folder, content)
    reader = reader_for(file, sheet=sheet)
    reader.check(file)
    return [row.values if isinstance(row, Row) else row for row in reader.rows(file)]


def broken(folder: Path, content: bytes, sheet: str | None) -> str:
    file = written(folder, content)
    with pytest.raises(BrokenFileError) as raised:
        reader_for(file, sheet=sheet).check(file)
    return raised.value.problem


@pytest.mark.parametrize("name", ["Codes", "codes", "CODES"])
def test_the_sheet_that_is_named_is_read_and_no_other_one(tmp_path: Path, name: str) -> None:
    assert read(tmp_path, many_sheets(BOTH), name) == [{"code": "A1"}, {"code": "A2"}]


def test_what_another_sheet_holds_does_not_matter(tmp_path: Path) -> None:
    content = with_cell(many_sheets(BOTH), "A2", '<c r="A2" t="e"><v>#REF!</v></c>')
    spoilt = repacked(content, change={SHEET: lambda text: text.replace("</sheetData>", "")})

    assert read(tmp_path, spoilt, "Codes") == [{"code": "A1"}, {"code": "A2"}]


def test_a_file_without_sheets_is_read_as_ever(tmp_path: Path) -> None:
    file = tmp_path / "day.csv"
    file.write_text("a\n1\n", encoding="utf-8")

    (row,) = reader_for(file, sheet="Codes").rows(file)

    assert isinstance(row, Row)
    assert [has_sheets(Path(name)) for name in ("a.xlsx", "a.XLSX", "a.csv", "xlsx")] == [
        True,
        True,
        False,
        False,
    ]


def test_a_sheet_that_is_not_there_is_refused_with_those_that_are(tmp_path: Path) -> None:
    content = many_sheets(BOTH | {"Old": CODES}, hidden="Old")

    assert broken(tmp_path, content, "Claim") == "has no sheet 'Claim'; it has 'Claims', 'Codes'"


@pytest.mark.parametrize(
    ("sheets", "hidden", "said"),
    [
        (BOTH, "Codes", "has the sheet 'Codes', but hidden; show it, if it is meant"),
        (BOTH | {"Codes": []}, "", "has no heading and no rows in its sheet 'Codes'"),
    ],
    ids=["hidden", "empty"],
)
def test_a_sheet_that_nobody_can_mean_is_refused(
    tmp_path: Path, sheets: dict[str, list[list[object]]], hidden: str, said: str
) -> None:
    assert broken(tmp_path, many_sheets(sheets, hidden=hidden), "Codes") == said


def test_two_sheets_whose_names_differ_in_capitals_only_are_not_told_apart(tmp_path: Path) -> None:
    content = renamed(many_sheets(BOTH), {"Claims": "CODES"})

    assert broken(tmp_path, content, "Codes") == "has 2 sheets of the name 'Codes'"


def test_names_that_would_break_a_line_or_a_screen_or_have_no_end_are_told_harmlessly(
    tmp_path: Path,
) -> None:
    bad = {"Claims": 'x"\n\u202e\u200bDrop <b>', "Codes": "long" * 20_000}
    more = {f"s{number}": CODES for number in range(40)}

    said = broken(tmp_path, renamed(many_sheets(BOTH | more), bad), "Missing")

    assert said.startswith("has no sheet 'Missing'; it has 'x\"???Drop <b>', 'longlong")
    assert said.endswith("'s5' and 34 more")
    assert f"'{('long' * 8)[:31]}…'" in said
    assert said.isprintable()
    assert len(said) < 400


def test_of_several_filled_sheets_none_is_chosen_and_all_are_named(tmp_path: Path) -> None:
    said = broken(tmp_path, many_sheets(BOTH), None)

    assert said.startswith("has 2 filled sheets, 'Claims', 'Codes', and which is meant cannot be")
    assert "sheet:" in said
