from collections.abc import Iterator
from contextlib import AsyncExitStack
from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.domain.cause import CauseKind, SystemCode
from deskhand.domain.evidence import EvidenceKind
from deskhand.ports.action import Absent, Doubtful
from tests.acceptance.bots.aid_office import (
    CORRECTED,
    CORRECTION,
    AidOffice,
    aid_office,
    cause,
    value,
)
from tests.contracts.browsers.loop_thread import in_loop, loop_thread

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def calm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AidOffice]:
    """An office before a portal without faults, for tests with a student each."""
    stack = AsyncExitStack()
    folder = tmp_path_factory.mktemp("aid")
    yield loop_thread().run(stack.enter_async_context(aid_office(folder)))
    loop_thread().run(stack.aclose())


@in_loop
async def test_a_students_record_is_read_as_the_portal_holds_it(calm: AidOffice) -> None:
    async with calm.officer("S-1001") as officer:
        isir = value(await officer.read("read_isir"))
        transcript = value(await officer.read("read_transcript"))

    assert isir == {
        "student_id": "S-1001",
        "award_year": "2026-27",
        "transaction": 1,
        "group": "V1",
        "c_flag": False,
        "family_size": 4,
        "sai": 3250,
        "agi": Decimal("52300.00"),
        "income_earned": Decimal("49850.00"),
        "tax_paid": Decimal("4120.00"),
        "untaxed_ira": Decimal("0.00"),
        "untaxed_pensions": Decimal("0.00"),
    }
    assert transcript == {
        "tax_year": 2024,
        "agi": Decimal("52300.00"),
        "tax_paid": Decimal("4120.00"),
        "wages": Decimal("49850.00"),
    }


@in_loop
async def test_the_newest_transaction_is_read_wherever_it_stands(calm: AidOffice) -> None:
    async with calm.officer("S-1002") as officer:
        isir = value(await officer.read("read_isir"))

    assert (isir["transaction"], isir["agi"]) == (2, Decimal("41300.00"))


@pytest.mark.parametrize(
    ("student_id", "award_year"),
    [("S-9999", "2026-27"), ("S-100", "2026-27"), ("S-1001", "2019-20"), ("S-1001", "2031-32")],
)
@in_loop
async def test_a_student_whom_the_portal_does_not_have_is_not_there(
    calm: AidOffice, student_id: str, award_year: str
) -> None:
    async with calm.officer(student_id, award_year=award_year) as officer:
        answer = await officer.read("read_isir")
        found = cause(await officer.read("find_verification", transaction=1))

    assert answer == Absent()
    assert (found.kind, found.code) == (CauseKind.BUSINESS, "STUDENT_NOT_FOUND")


@in_loop
async def test_a_student_without_a_transcript_has_none(calm: AidOffice) -> None:
    async with calm.officer("S-1006") as officer:
        answer = await officer.read("read_transcript")

    assert answer == Absent()


@in_loop
async def test_a_file_is_marked_verified_once_and_found(calm: AidOffice) -> None:
    async with calm.officer("S-100101") as officer:
        before = await officer.read("find_verification", transaction=1)
        marked = value(await officer.write("mark_verified", transaction=1))
        found = value(await officer.read("find_verification", transaction=1))
        ledger = calm.commits("S-100101")

    assert before == Absent()
    assert officer.journal.log == ["intend", "sent"]
    assert [row["reference"] for row in ledger] == [marked["confirmation"]]
    assert found == marked


@in_loop
async def test_a_correction_becomes_a_transaction_that_is_read_back(calm: AidOffice) -> None:
    async with calm.officer("S-100102") as officer:
        sent = value(await officer.write("submit_correction", **CORRECTION))
        found = value(await officer.read("find_correction", transaction=1))
        isir = value(await officer.read("read_isir"))
        ledger = calm.commits("S-100102")

    assert (sent["agi"], found) == (CORRECTED, sent)
    assert (isir["transaction"], isir["agi"]) == (2, CORRECTED)
    assert [row["received"] for row in ledger] == [{"agi": "52325.00"}]


@in_loop
async def test_a_document_is_put_on_file_once_and_found(calm: AidOffice, tmp_path: Path) -> None:
    scan = tmp_path / "worksheet.pdf"
    scan.write_bytes(b"%PDF-1.4 practice")
    given = {"document": str(scan)}
    async with calm.officer("S-100103") as officer:
        before = await officer.read("find_document", **given)
        filed = value(
            await officer.write("attach_document", **given, kind="Verification worksheet")
        )
        found = value(await officer.read("find_document", **given))
        ledger = calm.commits("S-100103")

    assert before == Absent()
    assert found == filed
    assert [row["received"]["name"] for row in ledger] == ["worksheet.pdf"]


@pytest.mark.parametrize(
    ("student_id", "award_year", "transaction", "code"),
    [
        ("S-1002", "2026-27", 1, "NOT_NEWEST"),
        ("S-1001", "2026-27", 7, "TRANSACTION_UNKNOWN"),
        ("S-1003", "2026-27", 1, "IDENTITY_RESULT_MISSING"),
        ("S-1004", "2019-20", 1, "YEAR_CLOSED"),
        ("S-1005", "2026-27", 1, "PAST_REPORTING"),
    ],
)
@in_loop
async def test_what_the_portal_does_not_take_is_a_business_cause(
    calm: AidOffice, student_id: str, award_year: str, transaction: int, code: str
) -> None:
    async with calm.officer(student_id, award_year=award_year) as officer:
        refused = cause(await officer.write("mark_verified", transaction=transaction))
        ledger = calm.commits(student_id)

    assert (refused.kind, refused.code) == (CauseKind.BUSINESS, code)
    assert student_id not in refused.message
    assert ledger == []


@in_loop
async def test_a_correction_to_the_amount_on_record_is_refused(calm: AidOffice) -> None:
    async with calm.officer("S-100104") as officer:
        answer = await officer.write("submit_correction", transaction=1, agi=Decimal(52_300))

    assert cause(answer).code == "NO_CHANGE"


@in_loop
async def test_a_file_that_somebody_marked_before_is_left_to_the_proof(calm: AidOffice) -> None:
    async with calm.officer("S-100105") as officer:
        first = value(await officer.write("mark_verified", transaction=1))
    async with calm.officer("S-100105") as officer:
        again = await officer.write("mark_verified", transaction=1)
        found = value(await officer.read("find_verification", transaction=1))
    ledger = calm.commits("S-100105")

    assert isinstance(again, Doubtful)
    assert found == first
    assert len(ledger) == 1


@in_loop
async def test_an_attempt_that_lost_its_item_reports_nothing(calm: AidOffice) -> None:
    async with calm.officer("S-100106") as officer:
        officer.journal.owned = False
        held_back = cause(await officer.write("mark_verified", transaction=1))
        ledger = calm.commits("S-100106")

    assert held_back.code == SystemCode.WORKER_LOST
    assert officer.journal.log == ["intend", "held back"]
    assert ledger == []


@in_loop
async def test_a_picture_of_a_record_shows_no_tax_information(calm: AidOffice) -> None:
    async with calm.officer("S-1001") as officer:
        await officer.read("read_transcript")
        snapshot = await officer.session.capture(EvidenceKind.SNAPSHOT, step="read")
        picture = await officer.session.capture(EvidenceKind.SCREENSHOT, step="read")

    assert snapshot is not None
    assert picture is not None
    assert "S-1001" not in snapshot.content.decode()
    assert "52,300" not in snapshot.content.decode()
