"""A gate whose guard answers late: what is held then stays held."""

import asyncio

import pytest

from deskhand.ports.action import Failed
from tests.contracts.browsers.desk import IN_TIME, Desk, Journal
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.test_acting_once import put
from tests.contracts.browsers.tiny_portal import TinyPortal

pytestmark = pytest.mark.browser


@in_loop
async def test_an_act_that_was_called_unsent_is_held_whatever_its_guard_answers_later(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)

    class Slow(Journal):
        answers = asyncio.Event()

        async def may_leave(self) -> bool:
            await self.answers.wait()
            return True

    journal = Slow()
    async with desk.session() as session:
        arguments = {"button": "window", "wire": True}
        answer = await session.perform("tiny.send", arguments, timeout=IN_TIME, guard=journal)
        journal.answers.set()
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

    assert isinstance(answer, Failed)
    assert journal.log == ["intend", "held back"]
    assert "/act" not in portal.changes()


@in_loop
async def test_an_act_that_is_still_asked_about_when_its_action_ends_is_not_let_go(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)

    class Late(Journal):
        async def may_leave(self) -> bool:
            await asyncio.sleep(1)  # longer than the action waits for it
            return False

    journal = Late()
    async with desk.session() as session:
        await session.perform("tiny.open_window", {}, timeout=IN_TIME, guard=journal)
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

    assert journal.log == ["intend", "held back"]
    assert "/act" not in portal.changes()
