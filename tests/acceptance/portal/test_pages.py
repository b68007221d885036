"""The portal's pages in a real browser, worked by hand."""

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.portal.clerk import Clerk
from tests.portals.payer.process import PortalProcess
from tests.portals.payer.world import Claim, Line

Seating = Callable[[PortalProcess], Clerk]
Claiming = Callable[..., Claim]
Starting = Callable[..., PortalProcess]

pytestmark = pytest.mark.browser


def test_a_claim_entered_by_hand_is_confirmed_and_held_field_by_field(
    calm: PortalProcess, at_desk: Seating, a_claim: Claiming, today: date, tmp_path: Path
) -> None:
    clerk = at_desk(calm)
    note = tmp_path / "note.pdf"
    note.write_bytes(b"%PDF-1.4")
    first, second = a_claim("CLM-0000201").lines[0], a_claim("CLM-0000202").lines[0]
    second = Line(service_date=today, code="99213", modifier="25", units=2, charge=second.charge)
    claim = a_claim(
        "CLM-0000203",
        diagnosis_codes=["E11.9", "M54.50"],
        prior_auth="PA-77",
        lines=[first, second],
        total_charge=first.charge + second.charge,
    )

    clerk.enter(claim, files=[note])
    expect(clerk.page.get_by_label("Number of lines")).to_have_text("2")
    expect(clerk.page.get_by_label("Total charge")).to_have_text(f"${claim.total_charge}")
    clerk.submit()
    confirmation = clerk.confirmation()

    (row,) = [row for row in calm.ledger() if row["claim_number"] == "CLM-0000203"]
    assert row["confirmation"] == confirmation
    assert row["received"]["attachments"] == ["note.pdf"]
    assert row["received"]["patient_dob"] == "1980-03-14"
    assert [line["charge"] for line in row["received"]["lines"]] == ["201.50", "202.50"]
    clerk.page.get_by_role("link", name="View claim").click()
    assert clerk.value_of("Confirmation number") == confirmation
    assert clerk.value_of("Birth date") == "03/14/1980"
    assert clerk.value_of("Diagnoses") == "E11.9, M54.50"


def test_a_birth_date_can_be_picked_in_the_calendar(calm: PortalProcess, at_desk: Seating) -> None:
    page = at_desk(calm).page
    page.goto(calm.url + "/claims/new")

    page.get_by_label("Birth date").focus()
    calendar = page.get_by_role("dialog", name="Calendar")
    calendar.get_by_label("Year").select_option("1975")
    calendar.get_by_label("Month").select_option(label="October")
    calendar.get_by_role("button", name="October 9, 1975").click()

    expect(page.get_by_label("Birth date")).to_have_value("10/09/1975")
    expect(calendar).to_have_count(0)


def test_a_page_points_out_its_mistakes_and_keeps_what_was_typed(
    calm: PortalProcess, at_desk: Seating, a_claim: Claiming
) -> None:
    clerk = at_desk(calm)
    clerk.page.goto(calm.url + "/claims/new")

    clerk.fill_patient(a_claim(member_id="W1"))
    clerk.press("Continue")

    assert clerk.alert() == "INVALID_FORMAT: Member ID has the wrong format."
    expect(clerk.page.get_by_label("Member ID")).to_have_value("W1")
    expect(clerk.page.get_by_label("Birth date")).to_have_value("03/14/1980")


def test_a_possible_duplicate_is_sent_only_if_the_clerk_insists(
    calm: PortalProcess, at_desk: Seating, a_claim: Claiming
) -> None:
    clerk = at_desk(calm)
    clerk.enter(a_claim("CLM-0000210"))
    clerk.submit()
    first = clerk.confirmation()
    clerk.enter(a_claim("CLM-0000211", **_services(a_claim("CLM-0000210"))))
    clerk.submit()

    warning = clerk.page.get_by_role("alertdialog", name="Possible duplicate")
    expect(warning).to_contain_text(f"{first} (CLM-0000210)")
    clerk.page.get_by_role("link", name="Go back").click()
    expect(warning).to_have_count(0)
    sent_after_going_back = [row["claim_number"] for row in calm.ledger()]
    clerk.submit()
    clerk.press("Submit anyway")

    assert clerk.confirmation() != first
    assert "CLM-0000211" not in sent_after_going_back
    assert "CLM-0000211" in [row["claim_number"] for row in calm.ledger()]


def test_a_draft_that_is_submitted_twice_is_committed_once(
    calm: PortalProcess, at_desk: Seating, a_claim: Claiming
) -> None:
    clerk = at_desk(calm)
    clerk.enter(a_claim("CLM-0000220"))
    clerk.submit()
    clerk.confirmation()

    clerk.page.go_back()
    clerk.submit()

    assert clerk.alert().startswith("ALREADY_SUBMITTED: ")
    rows = [row for row in calm.ledger() if row["claim_number"] == "CLM-0000220"]
    assert len(rows) == 1


def test_a_session_that_ends_in_mid_form_leads_through_the_sign_in_back_to_the_draft(
    start: Starting, at_desk: Seating, a_claim: Claiming
) -> None:
    portal = start("session-expiry:CLM-0000200")
    clerk = at_desk(portal)
    clerk.page.goto(portal.url + "/claims/new")
    clerk.fill_patient(a_claim("CLM-0000200"))

    clerk.press("Continue")

    expect(clerk.page.get_by_role("status")).to_have_text(re.compile("session has expired"))
    clerk.sign_in_here()
    expect(clerk.page.get_by_role("heading", level=1)).to_have_text("Provider and place of service")


def test_a_submission_whose_answer_is_dropped_leaves_one_commit_that_the_search_finds(
    start: Starting, at_desk: Seating, a_claim: Claiming
) -> None:
    portal = start("drop-after-commit")
    clerk = at_desk(portal)
    clerk.enter(a_claim("CLM-0000200"))

    with clerk.page.expect_event("requestfailed") as failed:
        clerk.submit()

    assert failed.value.method == "POST"
    assert [row["claim_number"] for row in portal.ledger()] == ["CLM-0000200"]
    page = clerk.page.context.new_page()
    page.goto(f"{portal.url}/claims?claim_number=CLM-0000200&member_id=W100000001")
    expect(page.get_by_role("status")).to_have_text("1 claim found")


def test_a_late_render_empties_a_fresh_form_once(
    start: Starting, at_desk: Seating, a_claim: Claiming
) -> None:
    portal = start("field-wiped")
    clerk = at_desk(portal)
    clerk.page.goto(portal.url + "/claims/new")
    claim_number = clerk.page.get_by_label("Claim number")

    with clerk.page.expect_response(re.compile("/deskhand-practice/fresh")):
        claim_number.fill("CLM-0000200")

    expect(claim_number).to_have_value("")
    clerk.fill_patient(a_claim("CLM-0000200"))
    expect(claim_number).to_have_value("CLM-0000200")
    clerk.press("Continue")
    expect(clerk.page).to_have_url(re.compile("/provider$"))


def test_a_page_can_crash_its_renderer(start: Starting, page: Page) -> None:
    portal = start("renderer-crash@1")

    with page.expect_event("crash", timeout=20_000):
        page.goto(portal.url + "/login", wait_until="commit")

    healthy = page.context.new_page()
    healthy.goto(portal.url + "/login")
    expect(healthy.get_by_role("heading", name="Sign in")).to_be_visible()


def _services(claim: Claim) -> dict[str, object]:
    return {"lines": claim.lines, "total_charge": claim.total_charge}
