from pathlib import Path

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake.json import JsonReader
from deskhand.ports.reader import BadRow, Row


def read(folder: Path, text: str) -> list[Row | BadRow]:
    file = folder / "claims.json"
    file.write_text(text, encoding="utf-8")
    return list(JsonReader().rows(file))


def test_numbers_keep_the_text_that_the_file_has(tmp_path: Path) -> None:
    numbers = ["12.10", "-0", "1e2", "0.1000000000000000055", "9" * 5000]
    text = ", ".join(f'"n{at}": {number}' for at, number in enumerate(numbers))

    row = read(tmp_path, f"[{{{text}}}]")[0]

    assert isinstance(row, Row)
    assert list(row.values.values()) == numbers


def test_null_booleans_lists_and_objects_stay_what_they_are(tmp_path: Path) -> None:
    row = read(tmp_path, '[{"a": null, "b": true, "c": [1, {"d": "x"}], "e": {}}]')[0]

    assert isinstance(row, Row)
    assert row.values == {"a": None, "b": True, "c": ["1", {"d": "x"}], "e": {}}


def test_the_one_array_of_objects_in_an_object_is_found_among_its_members(tmp_path: Path) -> None:
    text = '{"v": 1, "codes": ["x", 2], "none": [], "rows": [{"a": 1}, {"a": 2}], "z": {"y": [3]}}'

    rows = read(tmp_path, text)

    assert [row.values for row in rows if isinstance(row, Row)] == [{"a": "1"}, {"a": "2"}]


def test_rows_know_the_line_where_they_begin(tmp_path: Path) -> None:
    rows = read(tmp_path, '\n[\n\n{"a":\n1},{"a": 2},\n{"a": 3}]\n')

    assert [row.line for row in rows] == [4, 5, 6]


@pytest.mark.parametrize(
    ("text", "problem", "line"),
    [
        ('[\n{"a": 1},\n{"a" 2}\n]', "is not JSON: Expecting ':' delimiter", 3),
        ('[{"a": 1}\n{"a": 2}]', "',' is missing", 2),
        ('[{"a": 1},\n]', "is not JSON", 2),
        ('[{"a": 1}]\n x', "more text after its end", 2),
        ('[{"a": 1},\n{"a": ', "truncated", 2),
        ('{"rows": [{"a": 1}]', "truncated", 1),
        ('{"rows": [{"a": 1}],}', "member without a name", 1),
        ('{1: [{"a": 1}]}', "member without a name", 1),
        ('{"x": [{"a": 1}],\n"y": [{"a": 1}]}', "two arrays of objects", 2),
        ('{"x": [1,\n{"a": 1}]}', "whose first element is none", 2),
        ('"text"', "array or an object", 1),
    ],
)
def test_a_mistake_breaks_the_file_at_its_line(
    tmp_path: Path, text: str, problem: str, line: int
) -> None:
    with pytest.raises(BrokenFileError, match=problem) as raised:
        read(tmp_path, text)

    assert raised.value.line == line


@pytest.mark.parametrize("text", ["[]", "{}", '{"rows": []}', '{"rows": [1, 2]}', " [ ] "])
def test_a_file_without_rows_is_broken(tmp_path: Path, text: str) -> None:
    with pytest.raises(BrokenFileError, match="has no rows"):
        read(tmp_path, text)


@pytest.mark.parametrize(
    ("element", "field", "reason"),
    [
        ("[1]", "row", "is not an object"),
        ("12.5", "row", "is not an object"),
        ('{"a": 1, "a": 2}', "a", "appears twice"),
        ('{"b": {"a": 1, "a": 1}}', "a", "appears twice"),
        ('{"a": NaN}', "row", "NaN"),
        ('{"a": "\\u0000"}', "row", "NUL"),
        ('{"a": ["\\ud83d"]}', "row", "surrogate"),
        ('{"\\udc00": 1}', "row", "surrogate"),
        ('{"a": ' + "[" * 40 + "]" * 40 + "}", "row", "nested deeper than 32"),
    ],
)
def test_an_element_that_cannot_be_a_row_is_set_aside(
    tmp_path: Path, element: str, field: str, reason: str
) -> None:
    bad, good = read(tmp_path, f'[{element}, {{"a": "\\ud83d\\ude00"}}]')

    assert isinstance(bad, BadRow)
    assert bad.field == field
    assert reason in bad.reason
    assert good == Row(number=2, line=1, values={"a": "😀"})


def test_nesting_that_no_reader_could_take_breaks_the_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError, match="nested too deeply"):
        read(tmp_path, "[" * 200_000)


def test_a_value_of_millions_of_characters_breaks_the_file(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError, match="four million"):
        read(tmp_path, '[{"a": "' + "x" * 9_000_000 + '"}]')


@pytest.mark.parametrize("before", range(65_500, 65_540))
def test_a_number_is_whole_wherever_the_reading_is_cut(tmp_path: Path, before: int) -> None:
    rows = read(tmp_path, '{"count": ' + " " * before + '1234567890, "rows": [{"a": 1}]}')

    assert len(rows) == 1


def test_rows_are_whole_wherever_the_reading_is_cut_into_pieces(tmp_path: Path) -> None:
    rows = read(
        tmp_path, "[" + ",".join(f'{{"a": "{"x" * n}", "n": {n}}}' for n in range(900)) + "]"
    )

    assert [row.values for row in rows if isinstance(row, Row)] == [
        {"a": "x" * n, "n": str(n)} for n in range(900)
    ]
