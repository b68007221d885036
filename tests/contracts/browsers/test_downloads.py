import pytest
from playwright.async_api import Download, Page

from tests.contracts.browsers.desk import IN_TIME, Desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.tiny_portal import Answer, TinyPortal, guarded

pytestmark = pytest.mark.browser


@in_loop
async def test_a_file_that_a_portal_sends_is_taken_only_by_a_bot_that_says_so(
    desk: Desk, portal: TinyPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal.pages["/file"] = Answer(headers={"content-disposition": "attachment; filename=a.txt"})
    portal.pages["/home"] = guarded("<h1>Home</h1><a href=/file>take it</a>")

    refused = await failure(desk)
    monkeypatch.setattr(desk.stage._backstage.bots.bot_class("tiny"), "downloads", True)
    taken = await failure(desk)

    assert refused is not None
    assert taken is None


async def failure(desk: Desk) -> str | None:
    """Why the file that a click brings was not taken; None where it was."""
    async with desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        page: Page = desk_page(session)
        async with page.expect_download() as coming:
            await page.get_by_text("take it").click()
        download: Download = await coming.value
        return await download.failure()


def desk_page(session: object) -> Page:
    page: Page = session._cast.portal_in_use.page  # type: ignore[attr-defined]
    return page
