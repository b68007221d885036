"""The faults that the portal itself acts out, seen by a client without a browser."""

from collections.abc import Callable

import pyotp

from tests.acceptance.portal.sender import Sender
from tests.portals.payer.process import PortalProcess
from tests.portals.payer.world import Claim, World

Sending = Callable[..., Sender]
Claiming = Callable[..., Claim]
Starting = Callable[..., PortalProcess]


def test_the_portal_acts_out_the_faults_that_only_it_can(
    start: Starting, sending: Sending, a_claim: Claiming
) -> None:
    portal = start(
        "wrong-digit,normalised-field:CLM-0000401,no-confirmation:CLM-0000402,"
        "odd-confirmation:CLM-0000403,upload-lost:CLM-0000404,duplicate-warning:CLM-0000405"
    )
    sender, pages = sending(portal), {}

    for number in ("CLM-0000017", "CLM-0000401", "CLM-0000402", "CLM-0000403", "CLM-0000405"):
        pages[number] = sender.submit_whole(a_claim(number)).text
    sender.enter(a_claim("CLM-0000404"), files=[("a.pdf", b"a"), ("b.pdf", b"b")])
    sender.submit()

    rows = {row["claim_number"]: row for row in portal.ledger()}
    assert rows["CLM-0000017"]["held_differs"] == ["patient_dob"]
    assert rows["CLM-0000401"]["held_differs"] == ["patient_name", "diagnosis_codes"]
    assert "A confirmation number will be assigned later" in pages["CLM-0000402"]
    assert "acm/000012" in pages["CLM-0000403"]
    assert [file["name"] for file in rows["CLM-0000404"]["attachments"]] == ["a.pdf"]
    assert "Possible duplicate" in pages["CLM-0000405"]
    assert "CLM-0000405" not in rows
    assert portal.faults()["injected"]["wrong-digit"] == 1


def test_two_submits_commit_twice_only_where_no_token_is_checked(
    start: Starting, sending: Sending, a_claim: Claiming
) -> None:
    portal = start("double-submit:CLM-0000411")
    sender = sending(portal)

    for number in ("CLM-0000411", "CLM-0000412"):
        sender.enter(a_claim(number))
        review = sender.page
        sender.submit()
        sender.page = review
        sender.submit()

    assert [row["claim_number"] for row in portal.ledger()] == [
        "CLM-0000411",
        "CLM-0000411",
        "CLM-0000412",
    ]


def test_a_stale_index_says_how_old_it_is_and_misses_what_came_later(
    start: Starting, sending: Sending, a_claim: Claiming
) -> None:
    portal = start("stale-read~3600,pagination")
    sender = sending(portal)
    sender.submit_whole(a_claim("CLM-0000421"))

    found = sender.get("/claims", claim_number="CLM-0000421").text

    (row,) = portal.ledger()
    index_time = found.partition('<time datetime="')[2].partition('"')[0]
    assert "No claims found" in found
    assert index_time < row["at"]


def test_a_second_sign_in_ends_the_first_where_the_portal_wants_it(
    start: Starting, sending: Sending
) -> None:
    portal = start("single-session")
    first = sending(portal)

    sending(portal)
    first.get("/claims")

    assert first.title == "Sign in"
    assert "this account signed in somewhere else" in first.page.text


def test_a_clock_that_is_off_refuses_the_first_code(start: Starting, world: World) -> None:
    portal, login = start("totp-skew"), world.logins[0]
    sender = Sender(portal.url, login)
    sender.get("/login")
    sender.post("/login", user=login.user, password=login.password)

    titles = []
    for _ in range(2):
        sender.post("/login/code", code=pyotp.TOTP(login.totp_secret).now())
        titles.append(sender.title)
    sender.close()

    assert titles == ["Two-step verification", "Organization and payer"]


def test_layout_b_asks_for_patient_and_provider_on_one_page(
    start: Starting, sending: Sending, a_claim: Claiming
) -> None:
    sender = sending(start("layout-b"))

    first = sender.get("/claims/new").text
    sender.begin(a_claim("CLM-0000431"))
    after_first = sender.title
    sender.send_services(a_claim("CLM-0000431"))
    sender.get(f"{sender.draft}/review")
    sender.submit()

    assert "Rendering provider" in first
    assert after_first == "Diagnoses and services"
    assert sender.title == "Claim received"
