import asyncio

import pytest

from deskhand.domain.cause import CauseKind, SystemCode
from deskhand.errors import FencedError
from deskhand.ports.action import Failed, Returned
from tests.contracts.browsers.desk import IN_TIME, Desk, Journal
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.tiny_portal import Answer, Asked, TinyPortal

pytestmark = pytest.mark.browser

DONE = "<h1>Done</h1>"
PAGE = """
<form method=post action=/act><button>form</button></form>
<form method=post action=/act target=_blank><button>window</button></form>
<button onclick="fetch('/act', {method: 'POST'}).then(() => said('Done'), () => 0)">fetch</button>
<button onclick="navigator.sendBeacon('/act'); said('Done')">beacon</button>
<button onclick="setTimeout(() => fetch('/act', {method: 'PUT'}).then(() => said('Done')), 200)"
>later</button>
<button onclick="said('Refused')">check</button>
<button disabled>dead</button>
<button onclick="setTimeout(() => fetch('/act', {method: 'POST'}), 3000)">slowly</button>
<form action=/act-by-get><button>get</button></form>
<button onclick="fetch('/act-by-get')">read</button>
<main></main><script>function said(word) {
  document.querySelector('main').innerHTML = `<h1>${word}</h1>`; }</script>
"""
WAYS = ["form", "fetch", "beacon", "later"]


def put(portal: TinyPortal) -> None:
    portal.pages |= {"/home": "<h1>Home</h1>", "/form": PAGE, "/act": DONE, "/act-by-get": DONE}


async def acted(desk: Desk, journal: Journal, button: str, *, wire: bool = True) -> object:
    async with desk.session() as session:
        arguments = {"button": button, "wire": wire}
        return await session.perform("tiny.send", arguments, timeout=IN_TIME, guard=journal)


@in_loop
async def test_an_act_that_may_leave_is_done_once(desk: Desk, portal: TinyPortal) -> None:
    put(portal)
    for way in WAYS:
        portal.asked.clear()
        journal = Journal()

        answer = await acted(desk, journal, way)

        assert answer == Returned(value={"text": "done"}), way
        assert [path for path in portal.changes() if path == "/act"] == ["/act"], way
        assert journal.log == ["intend", "sent"], way


@in_loop
async def test_an_act_of_an_attempt_that_lost_its_item_never_reaches_the_portal(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)
    for way in WAYS:
        portal.asked.clear()
        journal = Journal(owned=False)

        answer = await acted(desk, journal, way)

        assert isinstance(answer, Failed), way
        assert answer.cause.code == SystemCode.WORKER_LOST, way
        assert "/act" not in portal.changes(), way
        assert set(journal.log) == {"intend", "held back"}, way


@in_loop
async def test_a_form_into_a_new_window_is_held_too(desk: Desk, portal: TinyPortal) -> None:
    put(portal)
    lost, owned = Journal(owned=False), Journal()
    async with desk.session() as session:
        held = await session.perform("tiny.open_window", {}, timeout=IN_TIME, guard=lost)
        assert "/act" not in portal.changes()

        passed = await session.perform("tiny.open_window", {}, timeout=IN_TIME, guard=owned)

    assert isinstance(held, Failed)
    assert lost.log == ["intend", "held back"]
    assert passed == Returned(value=None)
    assert portal.changes().count("/act") == 1


@in_loop
async def test_a_guard_that_cannot_answer_holds_the_act(desk: Desk, portal: TinyPortal) -> None:
    put(portal)

    class Broken(Journal):
        async def may_leave(self) -> bool:
            raise ConnectionError

    journal = Broken()

    answer = await acted(desk, journal, "form")

    assert isinstance(answer, Failed)
    assert "/act" not in portal.changes()


@in_loop
async def test_a_button_that_cannot_be_pressed_fails_before_the_intent(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)
    journal = Journal()

    answer = await acted(desk, journal, "dead")

    assert isinstance(answer, Failed)
    assert journal.log == []


@in_loop
async def test_a_refusal_of_the_page_itself_is_an_answer(desk: Desk, portal: TinyPortal) -> None:
    put(portal)
    journal = Journal()

    answer = await acted(desk, journal, "check")

    assert isinstance(answer, Failed)
    assert (answer.cause.kind, answer.cause.code) == (CauseKind.BUSINESS, "NO")
    assert journal.log == ["intend"]


@in_loop
async def test_an_act_that_has_not_left_when_its_action_fails_never_leaves(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)
    journal = Journal()

    async with desk.session() as session:
        arguments = {"button": "slowly", "wire": True}
        answer = await session.perform("tiny.send", arguments, timeout=IN_TIME, guard=journal)
        await asyncio.sleep(1.5)  # the page would have sent by now

    assert isinstance(answer, Failed)
    assert journal.log == ["intend", "held back"]
    assert "/act" not in portal.changes()


@in_loop
async def test_an_act_that_has_not_left_when_its_action_is_cancelled_never_leaves(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)
    journal = Journal()

    async with desk.session() as session:
        arguments = {"button": "slowly", "wire": True}
        acting = asyncio.create_task(
            session.perform("tiny.send", arguments, timeout=IN_TIME, guard=journal)
        )
        while not journal.log:  # noqa: ASYNC110 (the journal is what is being waited for)
            await asyncio.sleep(0.01)
        acting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await acting

    assert journal.log == ["intend", "held back"]
    assert "/act" not in portal.changes()


@in_loop
async def test_an_act_that_left_and_was_not_answered_well_is_not_called_unsent(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)
    portal.pages["/act"] = Answer(status=504, html="<h1>Gateway time-out</h1>")
    journal = Journal()

    answer = await acted(desk, journal, "form")

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.PORTAL_DOWN
    assert journal.log == ["intend", "sent"]


@in_loop
async def test_an_act_by_a_reading_request_is_never_called_unsent(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)
    portal.pages["/act-by-get"] = "<h1>Something else</h1>"
    for way in ("get", "read"):
        journal = Journal()

        answer = await acted(desk, journal, way)

        assert isinstance(answer, Failed), way
        assert journal.log == ["intend"], way


@in_loop
async def test_an_act_that_no_gate_can_see_asks_just_before_the_click(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)
    owned, lost = Journal(), Journal(owned=False)

    passed = await acted(desk, owned, "get", wire=False)
    held = await acted(desk, lost, "get", wire=False)

    assert passed == Returned(value={"text": "done"})
    assert owned.log == ["intend", "sent"]
    assert isinstance(held, Failed)
    assert lost.log == ["intend", "held back"]
    assert [asked.path for asked in portal.asked].count("/act-by-get?") == 1


@in_loop
async def test_a_fenced_attempt_hears_of_it_and_nothing_is_clicked(
    desk: Desk, portal: TinyPortal
) -> None:
    put(portal)

    with pytest.raises(FencedError):
        await acted(desk, Journal(fenced=True), "form")

    assert "/act" not in portal.changes()


@in_loop
async def test_the_same_action_cannot_act_twice(desk: Desk, portal: TinyPortal) -> None:
    put(portal)
    journal = Journal()

    async with desk.session() as session:
        answer = await session.perform("tiny.send_twice", {}, timeout=IN_TIME, guard=journal)

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.BOT_FAULTY
    assert portal.changes().count("/act") == 1


@in_loop
async def test_an_act_without_a_guard_is_a_faulty_use(desk: Desk, portal: TinyPortal) -> None:
    put(portal)

    answer = await desk.perform("send", button="form", wire=True)

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.BOT_FAULTY
    assert "/act" not in portal.changes()


@in_loop
async def test_a_write_is_never_tried_again_by_itself(desk: Desk, portal: TinyPortal) -> None:
    put(portal)
    asked: list[Asked] = []

    def down(request: Asked) -> Answer:
        asked.append(request)
        return Answer(status=503)

    portal.pages["/act"] = down

    answer = await acted(desk, Journal(), "form")

    assert isinstance(answer, Failed)
    assert len(asked) == 1
