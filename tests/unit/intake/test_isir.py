"""ISIR records: what stands where, and what is refused rather than read wrong."""

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deploy.demo.aid.isir_writer import LENGTH, isir_record
from deskhand.errors import BrokenFileError
from deskhand.intake.isir import IsirReader
from deskhand.intake.isir_layout import LAYOUTS
from deskhand.ports.reader import BadRow, Row

STUDENT = {
    "fafsa_uuid": "00000000-0000-4000-8000-000000001001",
    "transaction_uuid": "00000000-0000-4000-8000-000000002001",
    "transaction": "02",
    "dependency": "I",
    "processed_on": "20240307",
    "sai": "-1500",
    "first_name": "Nora",
    "last_name": "Whitfield",
    "birth_date": "20060307",
    "ssn": "911001001",
    "family_size": "4",
    "filing_status": "1",
    "income_earned": "49850",
    "untaxed_ira": "0",
    "agi": "-700",
    "tax_paid": "0004120",
    "corrected_transaction": "01",
    "verification_group": "V5",
    "selected": "Y",
    "c_flag": "Y",
    "irs_tax_year": "2022",
    "irs_agi": "52300",
    "irs_tax_paid": "4120",
}


def read(folder: Path, *records: str, end: str = "\r\n") -> list[Row | BadRow]:
    file = folder / "file.isir"
    file.write_text("".join(record + end for record in records), encoding="utf-8", newline="")
    return list(IsirReader().rows(file))


def refused(row: Row | BadRow) -> tuple[str, str]:
    assert isinstance(row, BadRow)
    return row.field, row.reason


def test_a_record_is_read_field_by_field(tmp_path: Path) -> None:
    [row] = read(tmp_path, isir_record(STUDENT))

    assert isinstance(row, Row)
    assert row.values == {
        **dict.fromkeys(place.name for place in LAYOUTS["5"].places),
        "award_year": "2024-25",
        **STUDENT,
        "transaction": "2",
        "processed_on": "2024-03-07",
        "birth_date": "2006-03-07",
        "tax_paid": "4120",
        "corrected_transaction": "1",
    }


@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"])
def test_records_end_as_their_sender_ends_lines(tmp_path: Path, end: str) -> None:
    rows = read(tmp_path, isir_record(STUDENT), isir_record(STUDENT), end=end)

    assert [type(row) for row in rows] == [Row, Row]


@pytest.mark.parametrize(
    ("changes", "field", "reason"),
    [
        ({"birth_date": "20060231"}, "birth_date", "is no day of the calendar"),
        ({"birth_date": "2006-1-1"}, "birth_date", "is no day of eight digits"),
        ({"agi": "52,300"}, "agi", "is no whole number"),
        ({"agi": "52300.50"}, "agi", "is no whole number"),
        ({"sai": "--150"}, "sai", "is no whole number"),
        ({"family_size": "4a"}, "family_size", "is no whole number"),
        ({"year_mark": "6"}, "record", "is not of the file's award year, 2024-25"),
    ],
)
def test_a_field_that_is_not_of_its_kind_sets_its_record_aside(
    tmp_path: Path, changes: dict[str, str], field: str, reason: str
) -> None:
    rows = read(tmp_path, isir_record(STUDENT), isir_record({**STUDENT, **changes}))

    assert isinstance(rows[0], Row)
    assert refused(rows[1]) == (field, reason)


def test_a_record_that_lost_a_character_and_won_one_later_is_seen(tmp_path: Path) -> None:
    record = isir_record(STUDENT)
    shifted = record[:400] + record[401:] + " "

    rows = read(tmp_path, record, shifted)

    assert refused(rows[1])[0] == "record"
    assert "shifted" in refused(rows[1])[1]


@pytest.mark.parametrize("length", [LENGTH - 1, LENGTH + 1, 1])
def test_a_later_record_of_another_length_is_set_aside(tmp_path: Path, length: int) -> None:
    record = isir_record(STUDENT)

    rows = read(tmp_path, record, record.ljust(length, "x")[:length], record)

    assert refused(rows[1]) == ("record", f"has {length:,} characters, not 7,704")
    assert isinstance(rows[2], Row)


def test_a_file_of_another_year_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError, match=r"known are: 2024-25 \(7,704\)"):
        read(tmp_path, isir_record({**STUDENT, "year_mark": "6"}))


def test_a_file_with_records_of_another_length_is_refused_as_a_whole(tmp_path: Path) -> None:
    with pytest.raises(BrokenFileError, match=r"has 7,703 characters, not 7,704"):
        read(tmp_path, isir_record(STUDENT)[:-1])


def test_the_fields_of_a_layout_lie_within_it_and_do_not_overlap() -> None:
    for layout in LAYOUTS.values():
        places = sorted((place.first, place.length) for place in layout.places)
        ends = [first + length for first, length in places]

        assert all(end <= start for end, (start, _) in zip(ends, places[1:], strict=False))
        assert ends[-1] - 1 <= layout.length


_shifts = st.integers(1, LENGTH - 400)


@given(at=_shifts, seed=st.integers(0, 9))
def test_no_record_in_which_a_character_went_missing_is_taken_for_whole(
    tmp_path_factory: pytest.TempPathFactory, at: int, seed: int
) -> None:
    record = isir_record(STUDENT)
    letter = random.Random(seed).choice("0123456789 ")  # noqa: S311 - no secret
    # Within the part before the landmark, one goes missing, and one comes in at the very end.
    at = min(at, 7000)
    shifted = record[:at] + record[at + 1 :] + letter

    rows = read(tmp_path_factory.mktemp("isir"), record, shifted)

    assert isinstance(rows[1], BadRow)
