from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Error, Page, Route
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from deskhand.browsers.glances import (
    first_shown,
    held_and_placed,
    held_by,
    is_within_reach,
    shown_now,
)
from tests.contracts.browsers.desk import IN_TIME, Desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.test_filling_forms import FIELDS, PERSON
from tests.contracts.browsers.tiny_portal import TinyPortal, guarded

pytestmark = pytest.mark.browser

MOMENT = timedelta(milliseconds=100)
LARGE = 100_000  # characters: no script of these pages is, Playwright's own is
BUTTONS = """
<style>* { margin: 0 } button { position: absolute; width: 100px; height: 40px }</style>
<button style="top: 0">Free</button> <button style="top: 50px"><b>Inside</b></button>
<button style="top: 100px" disabled>Disabled</button> <button style="top: 150px">Covered</button>
<div style="position: absolute; top: 150px; width: 100px; height: 40px"></div>
<button style="top: 200px">Twice</button> <button style="top: 250px">Twice</button>
<button style="top: 3000px">Below</button>
"""


@asynccontextmanager
async def shown(desk: Desk, html: str, *, kind: str = "text/html") -> AsyncIterator[Page]:
    """A page of the pool's, such as a bot has."""
    context = await desk.stage._pool.context()
    page = await context.new_page()

    async def answer(route: Route) -> None:
        await route.fulfill(body=html, content_type=kind)

    await page.route("**/*", answer)
    await page.goto("http://tiny.test/")
    yield page
    await desk.stage._pool.give_back(context)


@asynccontextmanager
async def scripts_loaded_into(page: Page) -> AsyncIterator[list[int]]:
    """How long each large script is that comes into the page's own world meanwhile."""
    loaded: list[int] = []

    def parsed(script: dict[str, Any]) -> None:
        if script["executionContextAuxData"]["isDefault"] and script["length"] > LARGE:
            loaded.append(script["length"])

    devtools = await page.context.new_cdp_session(page)
    devtools.on("Debugger.scriptParsed", parsed)
    await devtools.send("Debugger.enable")
    yield loaded
    await devtools.detach()


@in_loop
async def test_fields_are_read_in_the_order_of_the_document(desk: Desk) -> None:
    async with shown(desk, FIELDS) as page:
        await page.get_by_label("Name").fill("Maria")
        await page.get_by_label("Amount").fill("12.50")
        fields = page.get_by_label("Amount").or_(page.get_by_label("Name"))

        held = await held_by(fields)

    assert [each["value"] for each in held] == ["Maria", "12.50"]


@in_loop
async def test_a_second_glance_knows_nothing_of_the_first(desk: Desk) -> None:
    async with shown(desk, FIELDS) as page:
        first = await held_by(page.get_by_label("Name"))
        await page.get_by_label("Name").fill("Maria")
        second = await held_by(page.get_by_label("Name"))

    assert [each["value"] for each in first] == [""]
    assert [each["value"] for each in second] == ["Maria"]


@in_loop
async def test_fields_of_a_page_in_xml_are_read(desk: Desk) -> None:
    page_in_xml = (
        '<html xmlns="http://www.w3.org/1999/xhtml"><body><input value="Maria"/></body></html>'
    )
    async with shown(desk, page_in_xml, kind="application/xhtml+xml") as page:
        held = await held_by(page.locator("input"))

    assert [each["value"] for each in held] == ["Maria"]


@in_loop
async def test_one_field_is_asked_for_and_two_are_too_many(desk: Desk) -> None:
    async with shown(desk, f"{FIELDS}<label>Name <input></label>") as page:
        with pytest.raises(Error, match="strict mode violation"):
            await held_and_placed(page.get_by_label("Name"))


@in_loop
async def test_a_page_is_as_it_was_after_a_glance(desk: Desk) -> None:
    async with shown(desk, FIELDS + BUTTONS) as page:
        before = await page.content()
        await held_by(page.get_by_role("textbox"))
        await is_within_reach(page.get_by_role("button", name="Free"))
        await first_shown([page.get_by_label("Name")], within=MOMENT)

        assert await page.content() == before


@pytest.mark.parametrize(
    ("name", "reached"),
    [
        ("Free", True),
        ("Inside", True),
        ("Below", True),
        ("Disabled", False),
        ("Covered", False),
        ("Twice", False),
        ("Nowhere", False),
    ],
)
def test_only_a_single_button_that_nothing_covers_is_within_reach(
    desk: Desk, name: str, reached: bool
) -> None:
    @in_loop
    async def look() -> None:
        async with shown(desk, BUTTONS) as page:
            assert await is_within_reach(page.get_by_role("button", name=name)) is reached

    look()


@in_loop
async def test_the_first_in_the_order_given_is_told_of_those_that_are_shown(desk: Desk) -> None:
    async with shown(desk, "<h1>One</h1><h2>Two</h2><h3 hidden>Three</h3>") as page:
        one, two, three = (page.locator(name) for name in ("h1", "h2", "h3"))

        assert await first_shown([three, two, one], within=MOMENT) == 1
        assert await first_shown([one, two], within=MOMENT) == 0
        with pytest.raises(PlaywrightTimeoutError):
            await first_shown([three], within=MOMENT)


@in_loop
async def test_what_is_shown_now_is_told_without_waiting(desk: Desk) -> None:
    async with shown(desk, "<h1>One</h1><h3 hidden>Three</h3>") as page:
        page.set_default_timeout(5000)  # whoever waited for what is not shown would fail then
        headings = [page.locator(name) for name in ("h3", "h1", "h2")]

        assert await shown_now(page.main_frame, headings) == {1}
        assert await shown_now(page.main_frame, headings[:1]) == frozenset()


@in_loop
async def test_a_whole_form_is_filled_without_loading_a_script_into_the_page(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = guarded(FIELDS)
    async with desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        page = session._cast.portal_in_use.page  # type: ignore[attr-defined]
        async with scripts_loaded_into(page) as loaded:
            await session.perform("tiny.enter", {"person": PERSON}, timeout=IN_TIME)
            by_framework = list(loaded)
            await page.get_by_label("Name").evaluate("field => field.value")

    assert by_framework == []
    assert loaded != []  # so would have been what the framework had loaded
