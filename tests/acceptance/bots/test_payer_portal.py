from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.evidence import EvidenceKind
from deskhand.domain.read_back import compare
from deskhand.ports.action import Absent, ActionAnswer, Doubtful, Failed, Returned
from tests.acceptance.bots.front_office import Claim, Performer, a_claim, front_office
from tests.campaign import more
from tests.contracts.browsers.loop_thread import in_loop

pytestmark = pytest.mark.browser

FILLED = Returned(value=None)


def cause(answer: ActionAnswer) -> Cause:
    assert isinstance(answer, Failed), answer
    return answer.cause


def receipt(answer: ActionAnswer) -> str:
    assert isinstance(answer, Returned), answer
    assert answer.value is not None
    return str(answer.value["confirmation"])


async def held(performer: Performer, claim: Claim) -> dict[str, object]:
    answer = await performer.read(claim)
    assert isinstance(answer, Returned), answer
    assert answer.value is not None
    return dict(answer.value)


async def submitted(performer: Performer, claim: Claim) -> str:
    """Take a claim all the way; return its confirmation number."""
    assert await performer.find(claim) == Absent()
    assert await performer.fill(claim) == FILLED
    return receipt(await performer.submit())


@in_loop
async def test_a_claim_is_submitted_found_and_read_back(tmp_path: Path) -> None:
    scan = tmp_path / "scan.pdf"
    scan.write_bytes(b"%PDF-1.4 practice")
    claim = a_claim(attachments=[str(scan)], prior_auth="AUTH-77")
    async with front_office(tmp_path) as office, office.performer(claim) as performer:
        assert await performer.find(claim) == Absent()
        assert await performer.fill(claim) == FILLED
        review = await performer.review()
        confirmation = receipt(await performer.submit())
        record = await held(performer, claim)
        found = await performer.find(claim)
        ledger = office.portal.ledger()

    assert review == Returned(value={"line_count": 2, "total": Decimal("1245.50")})
    assert [commit["confirmation"] for commit in ledger] == [confirmation]
    assert receipt(found) == confirmation
    assert performer.journal.log == ["intend", "sent"]
    assert compare(claim, record, fields=record).holds
    assert record.keys() == claim.keys() - {"filing_deadline"}
    assert [file["name"] for file in ledger[0]["attachments"]] == ["scan.pdf"]


@in_loop
async def test_a_second_attempt_needs_no_second_login(tmp_path: Path) -> None:
    claim = a_claim()
    async with front_office(tmp_path) as office:
        async with office.performer(claim) as performer:
            confirmation = await submitted(performer, claim)
        async with office.performer(claim) as performer:
            found = await performer.find(claim)

    assert receipt(found) == confirmation
    assert office.logins.saved == 1


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"member_id": "W999999999"}, "MEMBER_NOT_FOUND"),
        ({"member_id": "W100000004", "patient_name": "Paul Alvarez"}, "COB"),
        ({"frequency": "replacement", "original_ref": "ACM-9999999"}, "NO_ORIGINAL"),
    ],
)
@in_loop
async def test_a_refusal_of_the_portal_is_a_business_cause(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    claim = a_claim(**changes)
    async with front_office(tmp_path) as office, office.performer(claim) as performer:
        await performer.fill(claim)
        refused = cause(await performer.submit())
        ledger = office.portal.ledger()

    assert (refused.kind, refused.code) == (CauseKind.BUSINESS, code)
    assert str(claim["member_id"]) not in refused.message
    assert ledger == []


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"provider_npi": "1234567890"}, "NOT_OFFERED"),
        ({"payer_id": "00000"}, "PAYER_UNKNOWN"),
        ({"total_charge": Decimal("1.00")}, "TOTAL_WRONG"),
        ({"attachments": ["no/such/scan.pdf"]}, "FILE_MISSING"),
    ],
)
@in_loop
async def test_what_the_portal_does_not_take_on_a_page_is_a_business_cause(
    tmp_path: Path, changes: dict[str, object], code: str
) -> None:
    claim = a_claim(**changes)
    async with front_office(tmp_path) as office, office.performer(claim) as performer:
        refused = cause(await performer.fill(claim))

    assert (refused.kind, refused.code) == (CauseKind.BUSINESS, code)


@in_loop
async def test_a_possible_duplicate_is_left_to_a_person(tmp_path: Path) -> None:
    first, second = a_claim(), a_claim("CLM-0000201")
    async with front_office(tmp_path) as office:
        async with office.performer(first) as performer:
            await submitted(performer, first)
        async with office.performer(second) as performer:
            await performer.fill(second)
            refused = cause(await performer.submit())
        ledger = office.portal.ledger()

    assert (refused.kind, refused.code) == (CauseKind.BUSINESS, "DUPLICATE")
    assert len(ledger) == 1


@pytest.mark.parametrize(
    "faults",
    [
        "field-wiped@1x*",
        "session-expiry@2",
        "toast@5x3",
        "layout-b",
        *more("cookie-banner@1x*", "dialog@1x*", "renamed-ids", "slow~0.1"),
    ],
)
@in_loop
async def test_a_claim_arrives_unharmed_in_spite_of_the_portal(tmp_path: Path, faults: str) -> None:
    claim = a_claim()
    async with (
        front_office(tmp_path, faults=faults) as office,
        office.performer(claim) as performer,
    ):
        confirmation = await submitted(performer, claim)
        record = await held(performer, claim)
        ledger = office.portal.ledger()

    assert [commit["confirmation"] for commit in ledger] == [confirmation]
    assert compare(claim, record, fields=record).holds


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ("drop-after-commit", SystemCode.TRANSIENT),
        ("timeout-after-commit", SystemCode.PORTAL_DOWN),
    ],
)
@in_loop
async def test_a_claim_whose_answer_was_lost_is_found_not_sent_again(
    tmp_path: Path, faults: str, code: str
) -> None:
    claim = a_claim()
    async with (
        front_office(tmp_path, faults=faults) as office,
        office.performer(claim) as performer,
    ):
        await performer.fill(claim)
        lost = cause(await performer.submit())
        proof = receipt(await performer.find(claim))
        ledger = office.portal.ledger()

    assert lost.code == code
    assert performer.journal.log == ["intend", "sent"]
    assert [commit["confirmation"] for commit in ledger] == [proof]


@in_loop
async def test_an_attempt_that_lost_its_item_sends_no_claim(tmp_path: Path) -> None:
    claim = a_claim()
    async with front_office(tmp_path) as office, office.performer(claim) as performer:
        await performer.fill(claim)
        performer.journal.owned = False
        held_back = cause(await performer.submit())
        ledger = office.portal.ledger()

    assert held_back.code == SystemCode.WORKER_LOST
    assert performer.journal.log == ["intend", "held back"]
    assert ledger == []


@in_loop
async def test_a_claim_taken_without_a_number_is_left_to_the_proof(tmp_path: Path) -> None:
    claim = a_claim()
    async with (
        front_office(tmp_path, faults="no-confirmation") as office,
        office.performer(claim) as performer,
    ):
        await performer.fill(claim)
        unnumbered = await performer.submit()
        proof = receipt(await performer.find(claim))

    assert isinstance(unnumbered, Doubtful)
    assert proof.startswith("ACM-")


@in_loop
async def test_a_digit_stored_wrong_is_seen_by_the_read_back(tmp_path: Path) -> None:
    claim = a_claim("CLM-0000017")
    async with (
        front_office(tmp_path, faults="wrong-digit") as office,
        office.performer(claim) as performer,
    ):
        await submitted(performer, claim)
        record = await held(performer, claim)

    assert compare(claim, record, fields=record).wrong == ("patient_dob",)


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ("captcha", "CAPTCHA"),
        ("account-locked", "LOCKED"),
        ("password-expired", "PASSWORD_EXPIRED"),
        ("terms@4", "NEW_TERMS"),
        ("totp-skew", "CODE_REJECTED"),
    ],
)
@in_loop
async def test_what_needs_a_person_stops_the_account(
    tmp_path: Path, faults: str, code: str
) -> None:
    claim = a_claim()
    async with (
        front_office(tmp_path, faults=faults) as office,
        office.performer(claim) as performer,
    ):
        stopped = cause(await performer.find(claim))

    assert (stopped.kind, stopped.code) == (CauseKind.STOP, code)


@in_loop
async def test_a_renamed_label_is_told_with_what_the_page_has_instead(tmp_path: Path) -> None:
    claim = a_claim()
    async with (
        front_office(tmp_path, faults="renamed-labels") as office,
        office.performer(claim) as performer,
    ):
        changed = cause(await performer.find(claim))

    assert changed.code == SystemCode.LAYOUT_CHANGED
    assert 'get_by_label("Member ID")' in changed.message
    assert 'get_by_role("textbox", name="Subscriber number")' in changed.hint


@in_loop
async def test_evidence_of_a_claim_shows_nothing_of_its_patient(tmp_path: Path) -> None:
    claim = a_claim()
    async with front_office(tmp_path) as office, office.performer(claim) as performer:
        await submitted(performer, claim)
        await held(performer, claim)
        snapshot = await performer.session.capture(EvidenceKind.SNAPSHOT, step="read_claim")
        picture = await performer.session.capture(EvidenceKind.SCREENSHOT, step="read_claim")

    assert snapshot is not None
    text = snapshot.content.decode()
    assert "CLM-0000200" in text
    for secret in ("W100000001", "Alvarez", "03/14/1980"):
        assert secret not in text
    assert picture is not None
    assert picture.content.startswith(b"\xff\xd8\xff")
