import csv
from pathlib import Path

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake.csv import CsvReader
from deskhand.ports.reader import BadRow, Row


def read(folder: Path, text: str) -> list[Row | BadRow]:
    file = folder / "claims.csv"
    file.write_text(text, encoding="utf-8", newline="")
    return list(CsvReader().rows(file))


def values(folder: Path, text: str) -> list[object]:
    return [dict(row.values) for row in read(folder, text) if isinstance(row, Row)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_the_delimiter_is_recognised_from_the_heading(tmp_path: Path, delimiter: str) -> None:
    text = 'number,"name, as spoken; or not",total\n1,Ada,12.10\n'.replace(",", delimiter)
    heading = f"name{delimiter} as spoken; or not"

    rows = values(tmp_path, text)

    assert rows == [{"number": "1", heading: "Ada", "total": "12.10"}]


def test_amounts_and_leading_zeros_keep_their_text_and_empty_cells_are_none(
    tmp_path: Path,
) -> None:
    rows = values(tmp_path, "zip,total,note\n02134,12.10,\n")

    assert rows == [{"zip": "02134", "total": "12.10", "note": None}]


def test_headings_with_places_nest_and_groups_of_empty_cells_are_left_out(tmp_path: Path) -> None:
    text = (
        "n,lines[2].code,lines[2].charge,lines[1].code,lines[1].charge,dx[1],dx[2],sheet.agi\n"
        "1,J1885,1.50,G0463,2.00,I10,E11.9,100\n"
        "2,J1885,,,,,E11.9,\n"
    )

    rows = values(tmp_path, text)

    assert rows == [
        {
            "n": "1",
            "dx": ["I10", "E11.9"],
            "lines": [
                {"code": "G0463", "charge": "2.00"},
                {"code": "J1885", "charge": "1.50"},
            ],
            "sheet": {"agi": "100"},
        },
        {
            "n": "2",
            "dx": ["E11.9"],
            "lines": [{"code": "J1885", "charge": None}],
            "sheet": {"agi": None},
        },
    ]


def test_a_heading_that_is_no_path_is_a_name_as_it_stands(tmp_path: Path) -> None:
    rows = values(tmp_path, "Pt. Name,Dx[a],lines[01].x\nAda,b,c\n")

    assert rows == [{"Pt. Name": "Ada", "Dx[a]": "b", "lines[01].x": "c"}]


@pytest.mark.parametrize(
    ("heading", "problem"),
    [
        ("a,b,a", "'a' appears twice"),
        ("a,,b", "column 2 has no heading"),
        ("lines[0].a,b", "counted from 1"),
        ("lines,lines[1].a", "two different ways"),
        ("lines[1],lines[2].a", "two different ways"),
        ('"a,b', "never closed|quotes do not match"),
    ],
)
def test_a_heading_that_cannot_name_the_columns_breaks_the_file(
    tmp_path: Path, heading: str, problem: str
) -> None:
    with pytest.raises(BrokenFileError, match=problem):
        read(tmp_path, f"{heading}\n1,2,3\n")


def test_rows_know_the_line_where_they_begin_across_quoted_and_empty_lines(
    tmp_path: Path,
) -> None:
    rows = read(tmp_path, '\r\na,b\r\n\r\n1,"two\r\nlines"\r\n,\r\n2,x\r\n')

    assert [(row.number, row.line) for row in rows] == [(1, 4), (2, 7)]
    assert isinstance(rows[0], Row)
    assert rows[0].values == {"a": "1", "b": "two\r\nlines"}


def test_a_ragged_row_says_how_many_cells_it_has(tmp_path: Path) -> None:
    rows = read(tmp_path, "a,b\n1\n2,x\n3,x,y\n")

    assert [row.reason for row in rows if isinstance(row, BadRow)] == [
        "has 1 cells, the heading has 2",
        "has 3 cells, the heading has 2",
    ]
    assert rows[1] == Row(number=2, line=3, values={"a": "2", "b": "x"})


def test_a_misplaced_quote_spoils_its_row_only(tmp_path: Path) -> None:
    rows = read(tmp_path, 'a,b\n1,"x" y\n2,"say ""yes"""\n')

    assert rows[0] == BadRow(number=1, line=2, field="row", reason="a quote is misplaced")
    assert rows[1] == Row(number=2, line=3, values={"a": "2", "b": 'say "yes"'})


def test_a_quote_that_is_never_closed_breaks_the_file_where_its_row_begins(
    tmp_path: Path,
) -> None:
    with pytest.raises(BrokenFileError, match="never closed") as raised:
        read(tmp_path, 'a,b\n1,x\n2,"y\n3,z\n')

    assert raised.value.line == 3


def test_a_cell_longer_than_the_limit_breaks_the_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError, match="too long") as raised:
        read(tmp_path, f"a,b\n1,{'x' * (csv.field_size_limit() + 1)}\n")

    assert raised.value.line == 2


def test_an_endless_line_breaks_the_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError, match="over a million characters") as raised:
        read(tmp_path, "a,b\n" + "x,y" * 500_000)

    assert raised.value.line == 2


@pytest.mark.parametrize("text", ["a,b\n", "a,b\n\n,\n", "a\n"])
def test_a_heading_without_rows_breaks_the_file(tmp_path: Path, text: str) -> None:
    with pytest.raises(BrokenFileError, match="no rows"):
        read(tmp_path, text)
