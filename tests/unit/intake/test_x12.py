from collections.abc import Mapping
from pathlib import Path

import pytest

from deskhand.errors import BrokenFileError
from deskhand.intake.x12 import X12ProfessionalClaimReader
from deskhand.ports.reader import BadRow, Row
from tests.unit.intake.x12_text import (
    GS,
    HEADER,
    ISA,
    PROVIDER,
    SUBSCRIBER,
    claim,
    claims_file,
    interchange,
)

PATIENT = (
    "HL*3*2*23*0",
    "PAT*19",
    "NM1*QC*1*Marlow*Theo",
    "N3*2 STREET",
    "N4*SPRINGFIELD*IL*62702",
    "DMG*D8*20150704*M",
)


def read(folder: Path, text: str) -> list[Row | BadRow]:
    file = folder / "claims.837"
    file.write_text(text, encoding="utf-8", newline="")
    return list(X12ProfessionalClaimReader(processes=1).rows(file))


def only(folder: Path, text: str) -> Mapping[str, object]:
    (row,) = read(folder, text)
    assert isinstance(row, Row), row
    return row.values


def refused(folder: Path, text: str) -> BadRow:
    (row,) = read(folder, text)
    assert isinstance(row, BadRow), row
    return row


def test_a_claim_becomes_a_row_of_plain_values(tmp_path: Path) -> None:
    extra = [
        "REF*G1*AUTH7",
        "HI*ABK:E119*ABF:I10*ABF:M25561",
        "NM1*82*1*Vance*Uma****XX*1245319599",
    ]
    lines = [("HC:G0463:25:59", "145.50", "20250602"), ("HC:J1885", "18.40", "20250603")]
    text = claims_file(claim(total="163.90", extra=extra, lines=lines))

    row = read(tmp_path, text)[0]

    assert row == Row(
        number=1,
        line=20,
        values={
            "patient_control_number": "CLM-0000001",
            "frequency_code": "1",
            "frequency": "original",
            "original_reference": None,
            "payer_id": "60054",
            "payer_name": "ACME HEALTH",
            "member_id": "W123456789",
            "subscriber_name": "Ada Marlow",
            "subscriber_birth_date": "1980-02-29",
            "patient_name": "Ada Marlow",
            "patient_birth_date": "1980-02-29",
            "patient_sex": "F",
            "billing_npi": "1234567893",
            "rendering_npi": "1245319599",
            "place_of_service": "11",
            "diagnosis_codes": ["E11.9", "I10", "M25.561"],
            "prior_authorization": "AUTH7",
            "total_charge": "163.90",
            "first_service_date": "2025-06-02",
            "last_service_date": "2025-06-03",
            "attachments": [],
            "lines": [
                {
                    "service_date": "2025-06-02",
                    "code": "G0463",
                    "modifier": "25",
                    "modifiers": ["25", "59"],
                    "units": "1",
                    "charge": "145.50",
                },
                {
                    "service_date": "2025-06-03",
                    "code": "J1885",
                    "modifier": None,
                    "modifiers": [],
                    "units": "1",
                    "charge": "18.40",
                },
            ],
        },
    )


@pytest.mark.parametrize(
    ("code", "frequency"),
    [("1", "original"), ("7", "replacement"), ("8", "void"), ("6", "6")],
)
def test_the_frequency_is_named_and_the_original_reference_kept(
    tmp_path: Path, code: str, frequency: str
) -> None:
    values = only(tmp_path, claims_file(claim(filing=f"11:B:{code}", extra=["REF*F8*ACM-7"])))

    assert values["frequency_code"] == code
    assert values["frequency"] == frequency
    assert values["original_reference"] == "ACM-7"


def test_a_dependants_claim_has_the_patient_and_the_subscriber_apart(tmp_path: Path) -> None:
    subscriber = ["HL*2*1*22*1", "SBR*P********CI", *SUBSCRIBER[2:]]
    text = interchange(*PROVIDER, *subscriber, *PATIENT, *claim())

    values = only(tmp_path, text)

    assert values["patient_name"] == "Theo Marlow"
    assert values["patient_birth_date"] == "2015-07-04"
    assert values["patient_sex"] == "M"
    assert values["subscriber_name"] == "Ada Marlow"
    assert values["member_id"] == "W123456789"


def test_dependants_of_one_subscriber_keep_their_own_claims(tmp_path: Path) -> None:
    sister = [s.replace("Theo", "Vera").replace("HL*3*", "HL*4*") for s in PATIENT]
    subscriber = ["HL*2*1*22*1", "SBR*P********CI", *SUBSCRIBER[2:]]
    text = interchange(*PROVIDER, *subscriber, *PATIENT, *claim("T1"), *sister, *claim("V1"))

    rows = read(tmp_path, text)

    told = [
        (row.values["patient_control_number"], row.values["patient_name"])
        for row in rows
        if isinstance(row, Row)
    ]
    assert told == [("T1", "Theo Marlow"), ("V1", "Vera Marlow")]


def test_a_claim_below_a_new_provider_does_not_fall_to_the_subscriber_before(
    tmp_path: Path,
) -> None:
    provider = [s.replace("HL*1*", "HL*3*") for s in PROVIDER]
    text = interchange(*PROVIDER, *SUBSCRIBER, *claim("A1"), *provider, *claim("B1"))

    first, second = read(tmp_path, text)

    assert isinstance(first, Row)
    assert isinstance(second, BadRow)
    assert second.reason == "stands under no subscriber"


def test_claims_of_many_levels_keep_their_own_people_and_providers(tmp_path: Path) -> None:
    other = [segment.replace("Ada", "Uma").replace("HL*2*1*", "HL*4*1*") for segment in SUBSCRIBER]
    provider = [s.replace("HL*1*", "HL*5*").replace("1234567893", "1245319599") for s in PROVIDER]
    third = [segment.replace("Ada", "Vera").replace("HL*2*1*", "HL*6*5*") for segment in SUBSCRIBER]
    text = interchange(
        *PROVIDER,
        *SUBSCRIBER,
        *claim("A1"),
        *PATIENT,
        *claim("A2"),
        *claim("A3"),
        *other,
        *claim("B1"),
        *provider,
        *third,
        *claim("C1"),
    )

    rows = read(tmp_path, text)

    told = [
        (
            row.values["patient_control_number"],
            row.values["patient_name"],
            row.values["billing_npi"],
        )
        for row in rows
        if isinstance(row, Row)
    ]
    assert told == [
        ("A1", "Ada Marlow", "1234567893"),
        ("A2", "Theo Marlow", "1234567893"),
        ("A3", "Theo Marlow", "1234567893"),
        ("B1", "Uma Marlow", "1234567893"),
        ("C1", "Vera Marlow", "1245319599"),
    ]


def test_service_periods_give_the_first_and_the_last_day(tmp_path: Path) -> None:
    lines = [("HC:G0463", "100.00", "20250605"), ("HC:J1885", "45.50", "20250602-20250609")]

    values = only(tmp_path, claims_file(claim(lines=lines)))

    assert values["first_service_date"] == "2025-06-02"
    assert values["last_service_date"] == "2025-06-09"


@pytest.mark.parametrize(
    ("code", "dotted"),
    [("ABK:I10", "I10"), ("ABK:M25561", "M25.561"), ("BK:8540", "854.0"), ("BK:E8490", "E849.0")],
)
def test_the_dot_that_x12_leaves_out_of_a_diagnosis_is_put_back(
    tmp_path: Path, code: str, dotted: str
) -> None:
    values = only(tmp_path, claims_file(claim(extra=[f"HI*{code}"])))

    assert values["diagnosis_codes"] == [dotted]


def test_an_unknown_sex_and_two_adjudications_of_a_line_are_read(tmp_path: Path) -> None:
    paid = ["SVD*PAYER1*50.00*HC:G0463**1", "DTP*573*D8*20250610"]
    again = ["SVD*PAYER2*20.00*HC:G0463**1", "CAS*PR*1*10.00", "DTP*573*D8*20250611"]
    subscriber = [segment.replace("19800229*F", "19800229*U") for segment in SUBSCRIBER]
    text = interchange(*PROVIDER, *subscriber, *claim(), *paid, *again)

    values = only(tmp_path, text)

    assert values["patient_sex"] is None
    assert values["total_charge"] == "145.50"


@pytest.mark.parametrize("end", ["~", "~\n", "~\r\n", "\n", "|"])
def test_the_delimiters_are_those_that_the_file_announces(tmp_path: Path, end: str) -> None:
    text = claims_file(claim()).replace("~\n", end).replace(":", ">").replace("*", "+")

    values = only(tmp_path, text)

    assert values["member_id"] == "W123456789"
    assert values["place_of_service"] == "11"


def test_several_interchanges_groups_and_sets_are_read_through(tmp_path: Path) -> None:
    first = claims_file(claim("A1"))
    second = claims_file(claim("B1"), claim("B2")).replace("*", "|")

    rows = read(tmp_path, first + second)

    assert [row.number for row in rows] == [1, 2, 3]
    assert [row.values["patient_control_number"] for row in rows if isinstance(row, Row)] == [
        "A1",
        "B1",
        "B2",
    ]


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
