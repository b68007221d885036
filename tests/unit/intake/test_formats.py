from pathlib import Path

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake.csv import CsvReader
from deskhand.intake.formats import reader_for
from deskhand.intake.isir import IsirReader
from deskhand.intake.json import JsonReader
from deskhand.intake.jsonl import JsonLinesReader
from deskhand.intake.x12 import X12ProfessionalClaimReader


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("a.csv", CsvReader),
        ("a.CSV", CsvReader),
        ("a.json", JsonReader),
        ("a.jsonl", JsonLinesReader),
        ("a.ndjson", JsonLinesReader),
        ("a.837", X12ProfessionalClaimReader),
        ("a.x12", X12ProfessionalClaimReader),
        ("2025-06-30.edi", X12ProfessionalClaimReader),
        ("a.isir", IsirReader),
        ("IDSA25OP.DAT", IsirReader),
    ],
)
def test_the_suffix_of_a_file_chooses_its_reader(name: str, kind: type) -> None:
    reader = reader_for(Path(name))

    assert type(reader) is kind


@pytest.mark.parametrize("name", ["a.xlsm", "a.xls", "a.pdf", "a", "a.csv.gz"])
def test_a_suffix_that_no_reader_knows_is_answered_with_those_that_are_known(name: str) -> None:
    with pytest.raises(BrokenFileError, match=r"\.csv \.json .*\.xlsx") as raised:
        reader_for(Path(name))

    assert raised.value.file == Path(name)
