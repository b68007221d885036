"""X12 claims that are set aside, and files that are broken as a whole."""

from pathlib import Path

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake.x12 import X12ProfessionalClaimReader
from deskhand.ports.reader import BadRow
from tests.unit.intake.x12_text import (
    GS,
    HEADER,
    ISA,
    PROVIDER,
    claim,
    claims_file,
    interchange,
    read,
    refused,
)


@pytest.mark.parametrize(
    ("before", "after", "field", "reason"),
    [
        ("*145.50***11", "*145.00***11", "loop 2300", "total that is not the sum"),
        ("*Y*A*Y*Y~", "*Y*?*Y*Y~", "2300 CLM", "provider accept assignment code holds a code"),
        ("*20250602~", "*20250632~", "2400 DTP", "invalid date"),
        ("*20250602~", "*2025062~", "2400 DTP", "no date"),
        ("DTP*472*", "DTP*471*", "2400 DTP", "service date is missing"),
        ("D8*20250602", "RD8*20250602-20250601", "2400 DTP", "ends before it begins"),
        ("SV1*HC:G0463", "SV1*HC", "2400 SV1", "procedure code is unreadable"),
        ("11:B:1", "11>B>1", "2300 CLM", "separators"),
        ("HI*ABK:E119", "HI*ABK>E119", "2300 HI", "separators"),
        ("HI*ABK:E119", "XX*ABK:E119", "row", "segment that professional claims lack"),
        ("N3*2 STREET", "PS1*1234567893*20.00", "row", "segment where the guide has none"),
        ("****MI*W123456789", "", "2010BA NM1", "identification code qualifier is missing"),
        ("N3*1 ROAD", "PER*IC*X*TE*5", "2010AA N3", "is missing"),
        ("HL*2*1*22*0", "HL*2*9*22*0", "HL", "names another parent"),
        ("HL*2*1*22*0", "HL*2*1*24*0", "HL", "do not have"),
        ("145.50", "1E99", "2300 CLM", "out of all bounds"),
        ("*UN*1***1", "*UN*one***1", "2400 SV1", "service unit count is no number"),
        ("CLM*CLM-0000001", "CLM*", "2300 CLM", "patient control number"),
    ],
)
def test_a_claim_that_the_guide_does_not_allow_is_set_aside_with_its_place(
    tmp_path: Path, before: str, after: str, field: str, reason: str
) -> None:
    text = claims_file(claim())
    assert before in text

    row = refused(tmp_path, text.replace(before, after))

    assert (row.number, row.line, row.field) == (1, 20, field)
    assert reason in row.reason


def test_a_reason_never_holds_a_value_of_the_claim(tmp_path: Path) -> None:
    text = claims_file(claim(total="777.77"), claim(lines=[("HC:G0463", "145.50", "19991399")]))

    rows = read(tmp_path, text)

    told = " ".join(f"{row.field} {row.reason}" for row in rows if isinstance(row, BadRow))
    assert len(rows) == 2
    assert not any(value in told for value in ("777", "145", "1999", "Marlow", "CLM-"))


def test_one_bad_claim_among_many_is_the_only_one_set_aside(tmp_path: Path) -> None:
    claims = [claim(f"CLM-{number:07}") for number in range(1, 101)]
    claims[57] = claim("CLM-0000058", total="1.00")

    rows = read(tmp_path, claims_file(*claims))

    assert [row.number for row in rows] == list(range(1, 101))
    assert [row.number for row in rows if isinstance(row, BadRow)] == [58]


def test_a_claim_that_stands_under_no_subscriber_is_nobodys(tmp_path: Path) -> None:
    row = refused(tmp_path, interchange(*PROVIDER, *claim()))

    assert row.field == "HL"
    assert row.reason == "stands under no subscriber"


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("SE*", "SE*9", r"SE segment.*not complete"),
        ("GE*1*1", "GE*2*1", r"GE segment.*not complete"),
        ("IEA*1*", "IEA*3*", r"IEA segment.*not complete"),
        ("*0001~\nGE", "*0002~\nGE", "control number is not that of its ST"),
        ("GE*1*1", "GE*1*2", "control number is not that of its GS"),
        ("IEA*1*000000001", "IEA*1*000000002", "control number is not that of its ISA"),
        ("IEA*1*000000001~\n", "", "truncated"),
        ("IEA*1*000000001~\n", "IEA*1*0000", "middle of a segment"),
        ("GE*1*1~\n", "", "IEA segment inside GS"),
        ("GS*HC", "GS*HP", r"remittance \(835\)"),
        ("005010X222A1~\nST", "005010X223A2~\nST", r"institutional claim file \(837I\)"),
        ("ST*837", "ST*835", "no professional claim"),
        ("CLM*", "NTE*", "no claims"),
        ("ISA*00*  ", "ISA*00*", "106 characters|delimiters that cannot cut"),
        ("*^*00501", "*U*00501", "delimiters that cannot cut"),
        ("*T*:", "*T**", "106 characters|delimiters that cannot cut"),
        ("ISA*", "XISA*", "is not X12"),
    ],
)
def test_an_envelope_that_is_not_whole_breaks_the_file_before_any_row(
    tmp_path: Path, before: str, after: str, problem: str
) -> None:
    text = claims_file(claim())
    assert before in text
    file = tmp_path / "claims.837"
    file.write_text(text.replace(before, after, 1), encoding="utf-8")

    rows = X12ProfessionalClaimReader(processes=1).rows(file)

    with pytest.raises(BrokenFileError, match=problem):
        next(iter(rows))


def test_a_segment_outside_of_its_envelope_breaks_the_file(tmp_path: Path) -> None:
    text = f"{ISA}~{GS}~{HEADER[1]}~GE*0*1~IEA*1*000000001~"

    with pytest.raises(BrokenFileError, match="BHT segment inside GS") as raised:
        read(tmp_path, text)

    assert raised.value.line == 3


def test_a_segment_without_an_end_breaks_the_file(tmp_path: Path) -> None:
    text = claims_file(claim()).replace("N3*2 STREET", "N3*" + "x" * 400_000)

    with pytest.raises(BrokenFileError, match="over 65,000 characters"):
        read(tmp_path, text)
