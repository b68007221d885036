"""The browsers of one worker: started, recycled, replaced when they die."""

import asyncio
import re
from collections.abc import Awaitable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

from playwright.async_api import (
    Browser,
    BrowserContext,
    Error,
    Playwright,
    async_playwright,
)

from deskhand.browsers.glances import register_glances
from deskhand.browsers.provision import (
    SANDBOX_VARIABLE,
    browser_environment,
    find_browser,
    is_sandboxed,
    launch_arguments,
)
from deskhand.browsers.stage_settings import StageSettings
from deskhand.errors import BrowserUnavailableError

ANSWERS_WITHIN = timedelta(seconds=15)
"""How long a browser may take to open or close something; one that takes longer is given up."""

_PAGE = 4096
_LOG = re.compile(r"\n.*", re.DOTALL)
_NO_SANDBOX = re.compile(r"no usable sandbox|sandbox.*failed", re.IGNORECASE)


class _Running:
    """A browser with the number of contexts it has given and still has open."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.given = 0
        self.open = 0
        self.retired = False


class BrowserPool:
    """Gives browser contexts; behind it, one driver and a browser that never grows too old.

    A browser that has given its contexts, or grown too large, is retired: it closes when its
    last context does. A browser or a driver that died is started anew for the next context, and
    so is a browser that does not answer any more.
    """

    def __init__(self, settings: StageSettings) -> None:
        self._settings = settings
        self._starting = asyncio.Lock()
        self._driver: Playwright | None = None
        self._running: _Running | None = None
        self._homes: dict[BrowserContext, _Running] = {}

    async def start(self) -> None:
        """Start a browser; raises `BrowserUnavailableError`."""
        async with self._starting:
            await self._ready()

    async def context(self, **options: Any) -> BrowserContext:
        """Open a fresh context with Playwright's options; `give_back` it."""
        try:
            return await self._opened(options)
        except (Error, TimeoutError):
            # A browser may have died without having told: once more, with another one.
            return await self._opened(options)

    async def give_back(self, context: BrowserContext) -> None:
        """Close a context, dead or alive; retires its browser when that is due."""
        running = self._homes.pop(context, None)
        answered = await _in_time(context.close())
        if running is not None:
            running.retired = running.retired or not answered
            running.retired = running.retired or await self._worn_out(running)
            await self._left(running)

    async def stop(self) -> None:
        """Close everything."""
        async with self._starting:
            if self._running is not None:
                await _close(self._running.browser)
            for running in set(self._homes.values()):
                await _close(running.browser)
            self._homes.clear()
            self._running = None
            await self._stop_driver()

    async def _opened(self, options: dict[str, Any]) -> BrowserContext:
        async with self._starting:
            running = await self._ready()
            running.given += 1
            running.open += 1
        try:
            async with asyncio.timeout(ANSWERS_WITHIN.total_seconds()):
                context = await running.browser.new_context(**options)
        except BaseException as error:
            running.retired = running.retired or isinstance(error, Error | TimeoutError)
            await self._left(running)
            raise
        self._homes[context] = running
        return context

    async def _ready(self) -> _Running:
        running = self._running
        if running is not None and not running.retired and running.browser.is_connected():
            return running
        try:
            self._running = _Running(await self._launched())
        except Error as error:
            if not _driver_died(error):
                raise _unavailable(error) from error
            await self._stop_driver()
            self._running = await self._with_new_driver()
        return self._running

    async def _with_new_driver(self) -> _Running:
        try:
            return _Running(await self._launched())
        except Error as error:
            raise _unavailable(error) from error

    async def _launched(self) -> Browser:
        if self._driver is None:
            self._driver = await async_playwright().start()
            await register_glances(self._driver.selectors)
        found = self._settings.executable or find_browser(headed=self._settings.headed).path
        return await self._driver.chromium.launch(
            executable_path=found,
            headless=not self._settings.headed,
            args=list(launch_arguments()),
            env={**browser_environment()},
            # Unless it is told, Playwright starts Chromium without its sandbox, for anybody.
            chromium_sandbox=is_sandboxed(),
        )

    async def _stop_driver(self) -> None:
        driver, self._driver = self._driver, None
        if driver is not None:
            # A driver that died says so in many ways; one that does not end, ends with us.
            with suppress(Exception):
                async with asyncio.timeout(ANSWERS_WITHIN.total_seconds()):
                    await driver.stop()

    async def _left(self, running: _Running) -> None:
        running.open -= 1
        if running.retired and running.open == 0:
            await _close(running.browser)

    async def _worn_out(self, running: _Running) -> bool:
        if running.given >= self._settings.sessions_a_browser:
            return True
        return await _memory(running.browser) > self._settings.memory_a_browser


def _driver_died(error: Error) -> bool:
    # A browser that closed while it started is told of with its log, a dead driver without.
    return type(error).__name__ == "TargetClosedError" and "\n" not in str(error).strip()


def _unavailable(error: Error) -> BrowserUnavailableError:
    if _NO_SANDBOX.search(str(error)):
        return BrowserUnavailableError(
            "the browser does not start: this machine does not let it make its sandbox; allow "
            "this user to make user namespaces (how: Deploy, in the documentation), or, where "
            f"every page is trusted, do without: {SANDBOX_VARIABLE}=off"
        )
    reason = _LOG.sub("", str(error))
    return BrowserUnavailableError(f"the browser does not start: {reason}")


async def _close(browser: Browser) -> None:
    # Where it does not answer, the driver goes on by itself, and kills it.
    await _in_time(browser.close())


async def _in_time(closing: Awaitable[None]) -> bool:
    """Wait for something to be closed; return whether that took no longer than it may."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN.total_seconds()):
            await closing
    except Error:
        return True  # it was closed already
    except TimeoutError:
        return False
    return True


async def _memory(browser: Browser) -> int:
    """The bytes of memory that a browser's processes hold for themselves; 0 if nobody can tell."""
    try:
        async with asyncio.timeout(ANSWERS_WITHIN.total_seconds()):
            session = await browser.new_browser_cdp_session()
            told = await session.send("SystemInfo.getProcessInfo")
            await session.detach()
    except (Error, TimeoutError):
        return 0
    return sum(_own_memory(process["id"]) for process in told["processInfo"])


def _own_memory(process: int) -> int:
    try:
        pages = Path(f"/proc/{process}/statm").read_text(encoding="ascii").split()
    except OSError:
        return 0
    resident, shared = int(pages[1]), int(pages[2])
    return (resident - shared) * _PAGE
