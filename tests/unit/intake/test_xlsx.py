"""Workbooks: every cell as a person sees it, and none that nobody can see."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake.xlsx import XlsxReader
from deskhand.ports.reader import BadRow, Row
from tests.making_workbooks import a_workbook, two_sheets, with_cell


def read(folder: Path, content: bytes) -> list[Row | BadRow]:
    file = folder / "book.xlsx"
    file.write_bytes(content)
    XlsxReader().check(file)
    return list(XlsxReader().rows(file))


def broken(folder: Path, content: bytes) -> str:
    file = folder / "book.xlsx"
    file.write_bytes(content)
    with pytest.raises(BrokenFileError) as raised:
        XlsxReader().check(file)
    return str(raised.value)


def value(folder: Path, cell: Any, *, form: str = "General") -> object:
    """What a cell of one column comes out as."""

    def format_it(sheet: Any) -> None:
        sheet["A2"].number_format = form

    (row,) = read(folder, a_workbook([["a", "b"], [cell, "x"]], change=format_it))
    assert isinstance(row, Row), row
    return row.values["a"]


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (12.1, "12.1"),
        (12, "12"),
        (12.0, "12"),
        (0.1 + 0.2, "0.3"),
        (1e15, "1000000000000000"),
        (123456789012.34, "123456789012.34"),
        (9999999999999.99, "9999999999999.99"),
        (1e-7, "0.0000001"),
        (-0.5, "-0.5"),
        (9007199254740991, "9007199254740991"),
        ("007", "007"),
        ("12.10", "12.10"),
        (" 12 ", " 12 "),
        (True, "true"),
        (False, "false"),
        ("=text", "=text"),
        ("größer", "größer"),
    ],
)
def test_a_cell_becomes_the_text_that_a_person_sees(
    tmp_path: Path, cell: object, text: str
) -> None:
    if cell == "=text":
        content = with_cell(
            a_workbook([["a", "b"], ["?", "x"]]),
            "A2",
            '<c r="A2" t="inlineStr"><is><t>=text</t></is></c>',
        )
        (row,) = read(tmp_path, content)
        assert isinstance(row, Row)
        assert row.values["a"] == text
        return
    assert value(tmp_path, cell) == text


@pytest.mark.parametrize(
    ("cell", "form", "text"),
    [
        (date(2026, 5, 4), "yyyy-mm-dd", "2026-05-04"),
        (date(2026, 5, 4), "d.m.yy", "2026-05-04"),
        (datetime(2026, 5, 4), "yyyy-mm-dd hh:mm", "2026-05-04"),  # noqa: DTZ001 - a workbook has no zones
        (datetime(2026, 5, 4, 9, 30, 1), "yyyy-mm-dd hh:mm:ss", "2026-05-04T09:30:01"),  # noqa: DTZ001
        (time(9, 30), "hh:mm", "09:30:00"),
        (timedelta(hours=30), "[h]:mm:ss", "30:00:00"),
        (date(1900, 1, 1), "yyyy-mm-dd", "1900-01-01"),
        (0.5, "0%", "0.5"),
        (1234.5, "#,##0.00", "1234.5"),
        (7, "00000", "7"),
    ],
)
def test_a_format_changes_no_number_and_makes_dates(
    tmp_path: Path, cell: object, form: str, text: str
) -> None:
    assert value(tmp_path, cell, form=form) == text


@pytest.mark.parametrize(
    "number", ["12345678901234567890", "9007199254740993", "1234567890123.456"]
)
def test_a_number_of_more_digits_than_are_kept_is_no_value(tmp_path: Path, number: str) -> None:
    content = a_workbook([["total", "b"], [1, "x"], [2, "y"]])

    bad, good = read(tmp_path, with_cell(content, "A2", f'<c r="A2"><v>{number}</v></c>'))

    assert isinstance(bad, BadRow)
    assert (bad.field, good.number) == ("total", 2)
    assert "format it as text" in bad.reason


@pytest.mark.parametrize(
    ("xml", "came"),
    [
        ('<c r="A2"><f>1+1</f><v>2</v></c>', "2"),
        ('<c r="A2" t="str"><f>B1</f><v>done</v></c>', "done"),
        ('<c r="A2" t="str"><f>B1</f><v></v></c>', None),
        ('<c r="A2" t="b"><f>1=1</f><v>1</v></c>', "true"),
    ],
)
def test_of_a_formula_the_saved_value_counts(tmp_path: Path, xml: str, came: object) -> None:
    content = a_workbook([["a", "b"], ["?", "x"]])

    (row,) = read(tmp_path, with_cell(content, "A2", xml))

    assert isinstance(row, Row)
    assert row.values["a"] == came


@pytest.mark.parametrize(
    ("xml", "reason"),
    [
        ('<c r="A2"><f>1+1</f><v></v></c>', "a formula without a value"),
        ('<c r="A2"><f>1+1</f></c>', "a formula without a value"),
        ('<c r="A2"><f>1+1</f><v/></c>', "a formula without a value"),
        ('<x:c xmlns:x="u" r="A2"><x:f>1</x:f></x:c>', "a formula without a value"),
        ('<c r="A2" t="e"><v>#REF!</v></c>', "an error of the spreadsheet"),
        ('<c r="A2" t="e"><f>1/0</f><v>#DIV/0!</v></c>', "an error of the spreadsheet"),
    ],
)
def test_a_cell_without_a_value_of_its_own_sets_its_row_aside(
    tmp_path: Path, xml: str, reason: str
) -> None:
    content = a_workbook([["total", "b"], ["?", "x"], ["1", "y"]])

    bad, good = read(tmp_path, with_cell(content, "A2", xml))

    assert isinstance(bad, BadRow)
    assert (bad.number, bad.line, bad.field) == (1, 2, "total")
    assert reason in bad.reason
    assert isinstance(good, Row)


def test_merged_cells_set_their_rows_aside_and_no_other_one(tmp_path: Path) -> None:
    rows = [["a", "b"], *([str(number), "x"] for number in range(1, 7))]

    def merge(sheet: Any) -> None:
        sheet.merge_cells("A3:A4")
        sheet.merge_cells("B4:B4")
        sheet.merge_cells("A6:B6")

    came = read(tmp_path, a_workbook(rows, change=merge))

    assert [isinstance(row, BadRow) for row in came] == [False, True, True, False, True, False]
    assert {row.reason for row in came if isinstance(row, BadRow)} == {
        "a cell is merged with other cells"
    }


def test_rows_without_anything_are_no_rows_and_lines_are_the_sheets(tmp_path: Path) -> None:
    def leave_room(sheet: Any) -> None:
        sheet["B3"], sheet["C3"] = "a", "b"
        sheet["B5"], sheet["C5"] = 1, 2
        sheet["B9"] = 3
        sheet["B200"].number_format = "0.00"

    first, second = read(tmp_path, a_workbook([], change=leave_room))

    assert isinstance(first, Row)
    assert isinstance(second, Row)
    assert (first.number, first.line, first.values) == (1, 5, {"a": "1", "b": "2"})
    assert (second.number, second.line, second.values) == (2, 9, {"a": "3", "b": None})


def test_empty_texts_fill_no_sheet_and_no_row(tmp_path: Path) -> None:
    empty = '<c r="A4" t="inlineStr"><is><t></t></is></c>'
    content = a_workbook([["a", "b"], ["1", "x"], ["2", "y"], ["?", None]])

    first, second = read(tmp_path, with_cell(content, "A4", empty))

    assert isinstance(second, Row)
    assert (first.number, second.values) == (1, {"a": "2", "b": "y"})


def test_headings_nest_as_those_of_csv_files(tmp_path: Path) -> None:
    heading = ["name", "codes[1]", "codes[2]", "lines[1].code", "lines[1].units", "sheet.agi"]

    (row,) = read(tmp_path, a_workbook([heading, ["Ann", "A1", None, "99213", 2, 12.5]]))

    assert isinstance(row, Row)
    assert row.values == {
        "name": "Ann",
        "codes": ["A1"],
        "lines": [{"code": "99213", "units": "2"}],
        "sheet": {"agi": "12.5"},
    }


@pytest.mark.parametrize(
    ("heading", "said"),
    [
        (["a", "a"], "the heading 'a' appears twice"),
        (["a", None, "c"], "column 2 has no heading"),
    ],
)
def test_a_heading_that_names_no_columns_breaks_the_file(
    tmp_path: Path, heading: list[str | None], said: str
) -> None:
    assert said in broken(tmp_path, a_workbook([heading, ["1", "2", "3"][: len(heading)]]))


def test_a_faulty_cell_of_the_heading_breaks_the_file(tmp_path: Path) -> None:
    content = with_cell(
        a_workbook([["a", "b"], ["1", "x"]]), "A1", '<c r="A1" t="e"><v>#REF!</v></c>'
    )

    assert "line 1: a cell of the heading holds an error" in broken(tmp_path, content)


def test_of_several_filled_sheets_none_is_chosen(tmp_path: Path) -> None:
    assert "has 2 filled sheets" in broken(tmp_path, two_sheets(state="visible"))


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_hidden_sheets_do_not_count(tmp_path: Path, state: str) -> None:
    (row,) = read(tmp_path, two_sheets(state=state))

    assert isinstance(row, Row)
    assert row.values == {"a": "1"}
