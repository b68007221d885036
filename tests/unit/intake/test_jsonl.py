from pathlib import Path

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake.jsonl import JsonLinesReader
from deskhand.ports.reader import BadRow, Row


def read(folder: Path, text: str) -> list[Row | BadRow]:
    file = folder / "claims.jsonl"
    file.write_text(text, encoding="utf-8")
    return list(JsonLinesReader().rows(file))


def test_numbers_keep_their_text_and_empty_lines_are_not_rows(tmp_path: Path) -> None:
    rows = read(tmp_path, '\n{"a": 12.10}\r\n\n  {"a": null}\n')

    assert rows == [
        Row(number=1, line=2, values={"a": "12.10"}),
        Row(number=2, line=4, values={"a": None}),
    ]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"a": 1', "is not JSON: Expecting ',' delimiter"),
        ('{"a": 1} {"a": 2}', "more text after its object"),
        ("[1]", "is not an object"),
        ('{"a": 1, "a": 2}', "appears twice"),
        ('{"a": ' + "[" * 100_000, "nested too deeply"),
        ('{"a": "' + "x" * 3_000_000 + '"}', "longer than a million characters"),
    ],
)
def test_a_line_that_is_no_row_is_set_aside_with_its_line(
    tmp_path: Path, line: str, reason: str
) -> None:
    rows = read(tmp_path, f'{{"a": 1}}\n{line}\n{{"a": 3}}\n')

    assert isinstance(rows[1], BadRow)
    assert (rows[1].number, rows[1].line) == (2, 2)
    assert reason in rows[1].reason
    assert rows[2] == Row(number=3, line=3, values={"a": "3"})


@pytest.mark.parametrize("text", ["[\n{}\n]\n", "a,b\n1,2\n", '"x"\n'])
def test_a_file_that_is_not_json_lines_is_broken_at_its_first_line(
    tmp_path: Path, text: str
) -> None:
    with pytest.raises(BrokenFileError, match="not JSON lines") as raised:
        read(tmp_path, text)

    assert raised.value.line == 1
