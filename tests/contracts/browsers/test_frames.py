"""What stands in a frame of a page is seen as what stands on the page itself."""

import pytest

from deskhand.domain.cause import SystemCode
from deskhand.ports.action import ActionAnswer, Failed, Returned
from tests.contracts.browsers.desk import Desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.tiny_portal import Answer, TinyPortal, guarded

pytestmark = pytest.mark.browser

BANNER = """<iframe srcdoc="<div role=dialog aria-label=Cookies><button onclick='
  parent.document.body.append(Object.assign(document.createElement(`h1`), {textContent: `Home`}));
  this.parentNode.remove()'>Reject</button></div>"></iframe>"""


def code(answer: ActionAnswer) -> str:
    assert isinstance(answer, Failed), answer
    return answer.cause.code


@in_loop
async def test_an_overlay_inside_a_frame_is_cleared_away(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = guarded(BANNER)

    answer = await desk.perform("look", name="Home")

    assert answer == Returned(value={"text": "Home"})


@in_loop
async def test_a_sign_inside_a_frame_tells_the_cause(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = guarded("<iframe src=inside></iframe>")
    portal.pages["/inside"] = "<h1>Maintenance</h1>"

    answer = await desk.perform("look", name="Home")

    assert code(answer) == SystemCode.PORTAL_DOWN


@in_loop
async def test_an_error_inside_a_frame_of_the_portal_is_the_portals_trouble(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/home"] = guarded("<iframe src=inside></iframe>")
    portal.pages["/inside"] = Answer(status=503)

    answer = await desk.perform("look", name="Home")

    assert code(answer) == SystemCode.PORTAL_DOWN


@in_loop
async def test_an_error_inside_a_frame_of_somebody_else_is_not(
    desk: Desk, portal: TinyPortal
) -> None:
    with TinyPortal() as advertiser:
        advertiser.pages["/banner"] = Answer(status=503)
        portal.pages["/home"] = guarded(f"<iframe src={advertiser.url}/banner></iframe>")

        answer = await desk.perform("look", name="Home")

    assert advertiser.asked
    assert code(answer) == SystemCode.LAYOUT_CHANGED
