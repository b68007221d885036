"""The aid portal's bot before a portal that suffers faults."""

from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.domain.cause import CauseKind, SystemCode
from deskhand.ports.action import Doubtful, Failed
from tests.acceptance.bots.aid_office import (
    CORRECTED,
    CORRECTION,
    aid_office,
    cause,
    read_at_last,
    value,
)
from tests.campaign import more
from tests.contracts.browsers.loop_thread import in_loop

pytestmark = pytest.mark.browser


@in_loop
async def test_a_record_with_a_correction_under_way_is_not_taken_for_the_old_one(
    tmp_path: Path,
) -> None:
    async with (
        aid_office(tmp_path, correction_seconds=3600) as office,
        office.officer("S-1001") as officer,
    ):
        await officer.write("submit_correction", **CORRECTION)
        answer = await officer.read("read_isir")

    assert isinstance(answer, Doubtful)


@in_loop
async def test_a_digit_that_the_portal_holds_wrong_comes_back_with_the_receipt(
    tmp_path: Path,
) -> None:
    async with (
        aid_office(tmp_path, faults="wrong-digit") as office,
        office.officer("S-1007") as officer,
    ):
        sent = value(await officer.write("submit_correction", **CORRECTION))
        isir = value(await officer.read("read_isir"))

    assert sent["agi"] == isir["agi"] == Decimal("52326.00")


@pytest.mark.parametrize(
    "faults",
    [
        "field-wiped@1x*",
        "session-expiry@2",
        "dialog@1x*",
        "pagination",
        "unavailable@6~0",
        *more(
            "cookie-banner@1x*",
            "toast@3x3",
            "renamed-ids",
            "slow~0.1",
            "slow-body@5~1",
            "bad-gateway@8",
            "maintenance@5",
        ),
    ],
)
@in_loop
async def test_a_correction_arrives_unharmed_in_spite_of_the_portal(
    tmp_path: Path, faults: str
) -> None:
    async with aid_office(tmp_path, faults=faults) as office:
        async with office.officer("S-1001") as officer:
            isir = value(await read_at_last(officer, "read_isir"))
            sent = await officer.write("submit_correction", **CORRECTION)
            left = "intend" in officer.journal.log
        async with office.officer("S-1001") as officer:
            if isinstance(sent, Failed) and left:
                sent = await read_at_last(officer, "find_correction", transaction=1)
            elif isinstance(sent, Failed):
                sent = await officer.write("submit_correction", **CORRECTION)
            corrected = value(await read_at_last(officer, "read_isir"))
        ledger, struck = office.portal.ledger(), office.portal.faults()["injected"]

    assert isir["transaction"] == 1
    assert sum(struck.values()) > 0
    assert value(sent)["agi"] == corrected["agi"] == CORRECTED
    assert [row["received"] for row in ledger] == [{"agi": "52325.00"}]


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ("drop-after-commit", SystemCode.TRANSIENT),
        ("timeout-after-commit", SystemCode.PORTAL_DOWN),
    ],
)
@in_loop
async def test_an_act_whose_answer_was_lost_is_found_not_done_again(
    tmp_path: Path, faults: str, code: str
) -> None:
    async with aid_office(tmp_path, faults=faults) as office, office.officer("S-1001") as officer:
        lost = cause(await officer.write("mark_verified", transaction=1))
        proof = value(await officer.read("find_verification", transaction=1))
        ledger = office.portal.ledger()

    assert lost.code == code
    assert officer.journal.log == ["intend", "sent"]
    assert [row["reference"] for row in ledger] == [proof["confirmation"]]


@in_loop
async def test_a_session_that_another_login_ended_is_renewed_inside_the_frame(
    tmp_path: Path,
) -> None:
    async with aid_office(tmp_path) as office, office.officer("S-1001") as officer:
        await officer.read("read_isir")
        office.sign_in_elsewhere()
        isir = value(await officer.read("read_isir"))

    assert isir["transaction"] == 1
    assert office.logins.saved == 2


@in_loop
async def test_a_label_with_other_words_is_a_changed_layout(tmp_path: Path) -> None:
    async with (
        aid_office(tmp_path, faults="renamed-labels") as office,
        office.officer("S-1001") as officer,
    ):
        answer = cause(await officer.read("read_isir"))

    assert answer.code == SystemCode.LAYOUT_CHANGED


@pytest.mark.parametrize(
    ("faults", "code"),
    [
        ("captcha", "CAPTCHA"),
        ("account-locked", "LOCKED"),
        ("terms@4", "NEW_TERMS"),
        ("totp-skew", "CODE_REJECTED"),
    ],
)
@in_loop
async def test_what_needs_a_person_stops_the_account(
    tmp_path: Path, faults: str, code: str
) -> None:
    async with aid_office(tmp_path, faults=faults) as office, office.officer("S-1001") as officer:
        stopped = cause(await officer.read("read_isir"))

    assert (stopped.kind, stopped.code) == (CauseKind.STOP, code)
