from pathlib import Path

import pytest

from deskhand.ports.reader import BadRow, Row
from tests.unit.intake.x12_text import (
    PROVIDER,
    SUBSCRIBER,
    claim,
    claims_file,
    interchange,
    only,
    read,
)

PATIENT = (
    "HL*3*2*23*0",
    "PAT*19",
    "NM1*QC*1*Marlow*Theo",
    "N3*2 STREET",
    "N4*SPRINGFIELD*IL*62702",
    "DMG*D8*20150704*M",
)


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
