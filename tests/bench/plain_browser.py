"""The browser of the plain script: the same program, started with the same arguments."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, BrowserContext, StorageState, async_playwright

from deskhand.browsers.provision import find_browser, launch_arguments


@asynccontextmanager
async def plain_browser() -> AsyncIterator[Browser]:
    """Lend a browser such as the framework's bots have."""
    async with async_playwright() as driver:
        browser = await driver.chromium.launch(
            executable_path=find_browser().path, args=list(launch_arguments())
        )
        yield browser
        await browser.close()


async def logged_in(browser: Browser, *, url: str, state: StorageState) -> BrowserContext:
    """Open a context with a saved login."""
    return await browser.new_context(
        base_url=f"{url}/", storage_state=state, service_workers="block"
    )
