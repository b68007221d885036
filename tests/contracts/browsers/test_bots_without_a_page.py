import pytest

from deskhand.domain.cause import SystemCode
from deskhand.domain.evidence import EvidenceKind
from deskhand.ports.action import Absent, Failed, Returned
from tests.contracts.browsers.desk import IN_TIME, Desk, Journal, open_desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.tiny_portal import TinyPortal

pytestmark = pytest.mark.browser


@in_loop
async def test_a_bot_without_a_page_reads_and_acts(portal: TinyPortal) -> None:
    journal = Journal()
    async with open_desk(url=portal.url, bot="ledger") as desk, desk.session() as session:
        before = await session.perform("ledger.find", {"number": 7}, timeout=IN_TIME)
        arguments = {"number": 7}
        entered = await session.perform("ledger.enter", arguments, timeout=IN_TIME, guard=journal)
        after = await session.perform("ledger.find", {"number": 7}, timeout=IN_TIME)
        picture = await session.capture(EvidenceKind.SCREENSHOT, step="enter")

    assert before == Absent()
    assert entered == Returned(value=None)
    assert journal.log == ["intend", "sent"]
    assert after == Returned(value={"number": 7, "by": "ann"})
    assert picture is None


@in_loop
async def test_an_attempt_that_lost_its_item_enters_nothing(portal: TinyPortal) -> None:
    journal = Journal(owned=False)
    async with open_desk(url=portal.url, bot="ledger") as desk, desk.session() as session:
        arguments = {"number": 8}
        held = await session.perform("ledger.enter", arguments, timeout=IN_TIME, guard=journal)
        found = await session.perform("ledger.find", {"number": 8}, timeout=IN_TIME)

    assert isinstance(held, Failed)
    assert held.cause.code == SystemCode.WORKER_LOST
    assert journal.log == ["intend", "held back"]
    assert found == Absent()


@in_loop
async def test_a_portal_without_an_account_is_a_matter_of_the_configuration(
    portal: TinyPortal,
) -> None:
    async with open_desk(url=portal.url, bot="ledger") as desk, desk.session() as session:
        answer = await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.CONFIGURATION
    assert "tiny/main" in answer.cause.message


@in_loop
async def test_a_bot_of_the_runbook_that_is_not_its_portals_has_its_own_login(desk: Desk) -> None:
    async with desk.session() as session:
        answer = await session.perform("ledger.find", {"number": 1}, timeout=IN_TIME)

    # This desk's vault has no path `ledger`: the entry is there, its finder's name is not.
    assert isinstance(answer, Failed)
    assert "ledger/user" in answer.cause.message
