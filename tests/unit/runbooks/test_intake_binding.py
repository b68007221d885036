"""Rows of a file → the fields of an item."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from deskhand.domain.runbook import Runbook
from deskhand.ports.runbook_library import Bound, Rejected, RowBinder
from deskhand.runbooks.library import Library
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.texts import CLAIMS, runbook

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
CSV_ROW: dict[str, Any] = {
    "PatientControlNo": "CLM-1234567",
    "Payer": "ACME1",
    "FileBy": "12/31/2026",
    "MemberId": "W123456789",
    "PatientName": "Ann  Lee",
    "BirthDate": "1980-02-03",
    "Npi": "1234567893",
    "Pos": "11",
    "Total": "$1,200.50",
    "diagnosis_codes": ["e119", "I10"],
    "lines": [
        {"Date": "01/05/2026", "Code": "99213", "Modifier": None, "Units": "1", "Charge": "200.50"},
        {"Date": "01/05/2026", "Code": "J3490", "Modifier": "LT", "Units": "2", "Charge": "1000"},
    ],
    "Comment": "a column that nothing asks for",
}
ITEM: dict[str, Any] = {
    "claim_number": "CLM-1234567",
    "frequency": "original",
    "original_ref": None,
    "payer_id": "ACME1",
    "filing_deadline": date(2026, 12, 31),
    "member_id": "W123456789",
    "patient_name": "Ann Lee",
    "patient_dob": date(1980, 2, 3),
    "provider_npi": "1234567893",
    "place_of_service": "11",
    "diagnosis_codes": ["E11.9", "I10"],
    "prior_auth": None,
    "attachments": [],
    "total_charge": Decimal("1200.50"),
    "lines": [
        {"service_date": date(2026, 1, 5), "code": "99213", "modifier": None, "units": 1,
         "charge": Decimal("200.50")},
        {"service_date": date(2026, 1, 5), "code": "J3490", "modifier": "LT", "units": 2,
         "charge": Decimal("1000.00")},
    ],
}  # fmt: skip
X12_ROW: dict[str, Any] = {
    "patient_control_number": "CLM-1234567",
    "frequency": "replacement",
    "original_reference": "R-1",
    "payer_id": "ACME1",
    "member_id": "W123456789",
    "patient_name": "Ann Lee",
    "patient_birth_date": "1980-02-03",
    "rendering_npi": "1234567893",
    "place_of_service": "11",
    "diagnosis_codes": ["E11.9"],
    "prior_authorization": "PA-1",
    "total_charge": "10",
    "first_service_date": "2026-01-05",
    "attachments": [],
    "lines": [
        {"service_date": "2026-01-05", "code": "99213", "modifier": None, "units": "1",
         "charge": "10", "modifiers": []}
    ],
}  # fmt: skip

LIBRARY = Library(BOTS)


@pytest.fixture(scope="module")
def claims() -> Runbook:
    return LIBRARY.compile(CLAIMS.read_text(encoding="utf-8"), file="claims-submit.yaml")


@pytest.fixture(scope="module")
def csv(claims: Runbook) -> RowBinder:
    return LIBRARY.binder(claims, claims.triggers[0])


def bind(binder: RowBinder, row: dict[str, Any]) -> Bound | Rejected:
    return binder.bind(row, today=NOW.date(), now=NOW)


def test_a_row_under_a_files_own_headings_becomes_an_item(csv: RowBinder) -> None:
    bound = bind(csv, CSV_ROW)

    assert isinstance(bound, Bound)
    assert bound.values == ITEM
    assert list(bound.values) == list(ITEM)


def test_a_row_under_the_items_own_names_needs_no_map(claims: Runbook) -> None:
    binder = LIBRARY.binder(claims, claims.triggers[1])
    plain = LIBRARY.plain_fields(claims, ITEM)

    bound = bind(binder, plain)

    assert isinstance(bound, Bound)
    assert bound.values == ITEM


def test_a_claim_of_an_837_becomes_an_item(claims: Runbook) -> None:
    binder = LIBRARY.binder(claims, claims.triggers[2])

    bound = bind(binder, X12_ROW)

    assert isinstance(bound, Bound)
    assert bound.values["claim_number"] == "CLM-1234567"
    assert bound.values["frequency"] == "replacement"
    assert bound.values["original_ref"] == "R-1"
    assert bound.values["prior_auth"] == "PA-1"
    assert bound.values["filing_deadline"] == date(2027, 1, 5)


def test_every_bad_field_of_a_row_is_told_in_the_items_order_without_its_value(
    csv: RowBinder,
) -> None:
    row = {
        **CSV_ROW,
        "Total": "1,2",
        "BirthDate": None,
        "Npi": "1234567890",
        "lines": [{"Date": "x", "Code": "99213", "Units": "0", "Charge": " "}],
        "diagnosis_codes": [],
    }

    rejected = bind(csv, row)

    assert rejected == Rejected(
        problems=(
            ("patient_dob", "is missing"),
            ("provider_npi", "has a wrong check digit"),
            ("diagnosis_codes", "is missing"),
            ("total_charge", "is not an amount of money with at most two decimals"),
            ("lines[1].service_date", "is not a date (YYYY-MM-DD or MM/DD/YYYY)"),
            ("lines[1].units", "is below 1"),
            ("lines[1].charge", "is missing"),
        )
    )


def test_a_failed_check_is_told_with_its_code(csv: RowBinder) -> None:
    rejected = bind(csv, {**CSV_ROW, "Total": "1200.51"})

    assert rejected == Rejected(problems=(("", "TOTAL_WRONG"),))


def test_a_check_says_what_a_person_should_read() -> None:
    text = runbook(
        item="  reference: [number]\n  fields: {number: string, total: money}\n"
        '  checks: [{that: item.total < 10, else: TOO_MUCH, say: "${item.total} is too much"}]\n',
        steps="  - let: {a: 1}\n",
    )
    made = LIBRARY.compile(text, file="a")

    rejected = bind(LIBRARY.binder(made, made.triggers[0]), {"number": "1", "total": "12"})

    assert rejected == Rejected(problems=(("", "TOO_MUCH: 12.00 is too much"),))


def test_a_map_that_cannot_be_worked_out_is_told_at_its_field(claims: Runbook) -> None:
    binder = LIBRARY.binder(claims, claims.triggers[2])

    rejected = bind(binder, {**X12_ROW, "first_service_date": None})

    assert isinstance(rejected, Rejected)
    ((field, reason),) = rejected.problems
    assert field == "filing_deadline"
    assert reason.startswith("cannot be worked out: a value that it needs is absent")


def test_an_entry_of_a_list_that_cannot_be_mapped_is_told_with_its_number() -> None:
    text = runbook(
        item="  reference: [number]\n"
        "  fields: {number: string, lines: {list: {charge: money, code: string?}}}\n",
        steps="  - let: {a: 1}\n",
        rest="triggers:\n  - file: a/*.csv\n"
        "    map: {lines: {each: line in row.rows, charge: money(line.Charge)}}\n",
    )
    made = LIBRARY.compile(text, file="a")
    binder = LIBRARY.binder(made, made.triggers[0])

    good = bind(binder, {"number": "1", "rows": [{"Charge": "1", "code": "x"}]})
    bad = bind(binder, {"number": "1", "rows": [{"Charge": "1"}, {"Charge": "W1"}]})
    odd = bind(binder, {"number": "1", "rows": "W1"})

    assert good == Bound(
        values={"number": "1", "lines": [{"charge": Decimal("1.00"), "code": "x"}]}
    )
    assert bad == Rejected(
        problems=(
            (
                "lines",
                "cannot be worked out: [2].charge "
                "is not an amount of money with at most two decimals",
            ),
        )
    )
    assert odd == Rejected(problems=(("lines", "cannot be worked out: is not a list"),))


def test_stored_fields_come_back_as_they_were(claims: Runbook) -> None:
    plain = LIBRARY.plain_fields(claims, ITEM)

    assert plain["filing_deadline"] == "2026-12-31"
    assert plain["total_charge"] == "1200.50"
    assert LIBRARY.typed_fields(claims, plain) == ITEM


def test_fields_that_a_person_changed_are_typed_and_checked_as_at_intake(
    claims: Runbook,
) -> None:
    plain = LIBRARY.plain_fields(claims, ITEM)

    fixed = LIBRARY.checked_fields(
        claims, {**plain, "member_id": " W999 "}, today=NOW.date(), now=NOW
    )
    late = LIBRARY.checked_fields(claims, plain, today=date(2027, 1, 1), now=NOW)

    assert isinstance(fixed, Bound)
    assert fixed.values["member_id"] == "W999"
    assert late == Rejected(problems=(("", "PAST_FILING"),))


def test_bound_values_stay_out_of_a_printed_row(csv: RowBinder) -> None:
    assert "W123456789" not in repr(bind(csv, CSV_ROW))
