"""What the payer takes and refuses, seen by a client without a browser."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tests.acceptance.portal.sender import Sender
from tests.portals.payer.accounts import Accounts
from tests.portals.payer.process import PortalProcess
from tests.portals.payer.world import Claim, Line, World

Sending = Callable[..., Sender]
Claiming = Callable[..., Claim]
Starting = Callable[..., PortalProcess]


def a_line(day: date, **changes: Any) -> dict[str, Any]:
    line: dict[str, Any] = {
        "service_date": day,
        "code": "G0463",
        "units": 1,
        "charge": Decimal("77.00"),
    }
    return {"lines": [Line(**(line | changes))], "total_charge": Decimal("77.00")}


def numbers(portal: PortalProcess) -> list[str]:
    return [row["claim_number"] for row in portal.ledger()]


def test_a_claim_that_breaks_no_rule_is_committed_with_all_its_fields(
    calm: PortalProcess, sending: Sending, a_claim: Claiming
) -> None:
    sender = sending(calm)

    sender.submit_whole(a_claim("CLM-0000301"))

    assert sender.title == "Claim received"
    row = next(row for row in calm.ledger() if row["claim_number"] == "CLM-0000301")
    assert row["organisation"] == "Lakeside Clinic"
    assert row["received"]["member_id"] == "W100000001"
    assert row["received"]["total_charge"] == "301.50"
    assert row["held_differs"] == []


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("DUPLICATE", {"claim_number": "CLM-0000001"}),
        ("NO_ORIGINAL", {"frequency": "replacement", "original_ref": "ACM-9999999"}),
        ("NO_ORIGINAL", {"frequency": "void"}),
        ("MEMBER_NOT_FOUND", {"member_id": "W999999999"}),
        ("MEMBER_NOT_FOUND", {"patient_name": "Maria Alvares"}),
        ("MEMBER_NOT_FOUND", {"patient_dob": date(1980, 3, 15)}),
        ("MEMBER_NOT_FOUND", {"member_id": "W100000005", "patient_name": "Rita Alvarez"}),
        ("MEMBER_INACTIVE", {"member_id": "W100000003", "patient_name": "Lena Alvarez"}),
        ("COB", {"member_id": "W100000004", "patient_name": "Paul Alvarez"}),
    ],
)
def test_the_payer_refuses_a_claim_that_breaks_a_rule(
    calm: PortalProcess, sending: Sending, a_claim: Claiming, code: str, changes: dict[str, Any]
) -> None:
    sender = sending(calm)
    before = numbers(calm)

    sender.submit_whole(a_claim(**({"claim_number": "CLM-0000310"} | changes)))

    assert sender.title == "Review and submit"
    assert sender.alert.startswith(f"{code}: ")
    assert numbers(calm) == before


def test_a_service_too_long_ago_is_past_the_filing_limit(
    calm: PortalProcess, sending: Sending, a_claim: Claiming, today: date
) -> None:
    sender = sending(calm)

    sender.submit_whole(a_claim("CLM-0000311", **a_line(today - timedelta(days=366))))

    assert sender.alert.startswith("PAST_FILING: The filing limit of 365 days passed on ")


def test_a_code_that_needs_an_authorization_is_taken_only_with_one(
    calm: PortalProcess, sending: Sending, a_claim: Claiming, today: date
) -> None:
    sender, line = sending(calm), a_line(today, code="J3490")

    sender.submit_whole(a_claim("CLM-0000312", **line))
    refused = sender.alert
    sender.submit_whole(a_claim("CLM-0000312", **line, prior_auth="PA-1"))

    assert refused == "AUTH_MISSING: Code J3490 needs a prior authorization number."
    assert sender.title == "Claim received"


def test_a_replacement_of_a_claim_on_file_is_no_duplicate(
    calm: PortalProcess, sending: Sending, a_claim: Claiming, today: date
) -> None:
    sender = sending(calm)
    held = a_line(today - timedelta(days=30), charge=Decimal("145.50"))
    changes = held | {"total_charge": Decimal("145.50"), "original_ref": "ACM-0000123"}

    sender.submit_whole(a_claim("CLM-0000313", frequency="replacement", **changes))

    assert sender.title == "Claim received"


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("INVALID_CODE", {"code": "G046"}),
        ("INVALID_CODE", {"modifier": "2"}),
        ("INVALID_DATE", {"service_date": date(1979, 1, 1)}),
        ("INVALID_DATE", {"service_date": date(2999, 1, 1)}),
        ("INVALID_AMOUNT", {"units": 0}),
        ("INVALID_AMOUNT", {"charge": Decimal("-1.00")}),
        ("TOTAL_WRONG", {"charge": Decimal("76.99")}),
    ],
)
def test_a_page_does_not_let_a_malformed_line_pass(
    calm: PortalProcess,
    sending: Sending,
    a_claim: Claiming,
    today: date,
    code: str,
    changes: dict[str, Any],
) -> None:
    sender = sending(calm)
    claim = a_claim("CLM-0000314")
    sender.enter(claim)

    sender.send_services(a_claim("CLM-0000314", **a_line(today, **changes)))

    assert sender.title == "Diagnoses and services"
    assert f"{code}: " in sender.alert


def test_a_provider_of_another_organization_cannot_be_typed_in(
    calm: PortalProcess, sending: Sending, a_claim: Claiming
) -> None:
    sender = sending(calm)
    sender.begin(a_claim("CLM-0000315"))

    sender.post(f"{sender.draft}/provider", provider_text="1234567890", place_of_service="11")

    assert sender.alert == "INVALID_NPI: Rendering provider 1234567890 is not a valid NPI."


def test_an_attachment_of_an_unknown_type_is_refused(
    calm: PortalProcess, sending: Sending, a_claim: Claiming
) -> None:
    sender = sending(calm)
    sender.enter(a_claim("CLM-0000316"))

    sender.upload("macro.exe", b"MZ")

    assert sender.alert.startswith("ATTACHMENT_REFUSED: Attachments macro.exe has a type")


def test_a_post_without_the_sessions_token_is_refused(
    calm: PortalProcess, sending: Sending, a_claim: Claiming
) -> None:
    sender = sending(calm)
    sender.enter(a_claim("CLM-0000317"))

    answer = sender.submit(csrf="of another session")

    assert answer.status_code == 403
    assert "CLM-0000317" not in numbers(calm)


def test_an_organization_sees_only_its_own_claims(calm: PortalProcess, sending: Sending) -> None:
    sender = sending(calm, user=1)

    found = sender.get("/claims", claim_number="CLM-0000001").text
    detail = sender.get("/claims/ACM-0000123")

    assert "No claims found" in found
    assert detail.status_code == 404


def test_three_wrong_codes_lock_the_account(start: Starting, sending: Sending) -> None:
    portal = start()
    sender = sending(portal)
    sender.get("/login")
    sender.post("/login", user=sender.login.user, password=sender.login.password)

    alerts = []
    for _ in range(3):
        sender.post("/login/code", code="000000")
        alerts.append(sender.alert.partition(":")[0])
    sender.post("/login", user=sender.login.user, password=sender.login.password)

    assert alerts == ["CODE_REJECTED", "CODE_REJECTED", "ACCOUNT_LOCKED"]
    assert sender.alert.startswith("ACCOUNT_LOCKED: ")


def test_a_session_lives_as_long_as_it_is_used(world: World) -> None:
    accounts = Accounts(world.logins, session_lasts=timedelta(minutes=20))
    began, step = datetime(2026, 1, 5, 9, tzinfo=UTC), timedelta(minutes=19)
    token = accounts.open_session(world.logins[0], began, alone=False).token

    used = [accounts.session(token, began + step * number) for number in (1, 2, 3)]
    idle = accounts.session(token, began + step * 5)

    assert all(used)
    assert idle is None
