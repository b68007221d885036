"""The fence at the wire: an act is held where it leaves the machine, not where the mouse is."""

import asyncio
from contextlib import suppress
from datetime import timedelta

from playwright.async_api import BrowserContext, Error, Route

from deskhand.ports.action import CommitGuard

_EVERYTHING = "**/*"
_READING = frozenset({"GET", "HEAD"})
_BY_SCRIPT = frozenset({"fetch", "xhr"})


class WireGate:
    """Holds each state-changing request of a context until the guard says that it may leave."""

    def __init__(self, guard: CommitGuard) -> None:
        self._guard = guard
        self._decided = asyncio.Event()
        self._shut = asyncio.Event()
        self._asking = 0
        self._all_decided = asyncio.Event()
        self._all_decided.set()
        self.sent = False
        self.held = False
        self._read = False

    async def close_over(self, context: BrowserContext) -> None:
        """Put the gate before every request of the context, its new windows included."""
        await context.route(_EVERYTHING, self._pass_or_hold)

    async def remove_from(self, context: BrowserContext) -> None:
        """Take the gate away once nothing waits behind it; a context that is gone needs none.

        Chromium lets go whatever is still held when nobody intercepts requests any more.
        """
        await self._all_decided.wait()
        with suppress(Error):
            await context.unroute(_EVERYTHING, self._pass_or_hold)

    async def decided(self, *, within: timedelta) -> None:
        """Wait until a state-changing request was let through or held, or for `within`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(within.total_seconds()):
                await self._decided.wait()

    def shut(self) -> None:
        """Let no state-changing request through any more, whatever the guard says."""
        self._shut.set()

    @property
    def nothing_left(self) -> bool:
        """Whether it is certain that the act has not reached the portal."""
        return not self.sent and not self._read

    async def _pass_or_hold(self, route: Route) -> None:
        request = route.request
        if request.method in _READING:
            # A portal may act on what only reads elsewhere: its bot may have forgotten to say so.
            by_script = request.resource_type in _BY_SCRIPT
            self._read |= by_script or request.is_navigation_request()
            await _let_go(route)
            return
        self._asking += 1
        self._all_decided.clear()
        try:
            await self._decide(route)
        finally:
            self._asking -= 1
            if not self._asking:
                self._all_decided.set()

    async def _decide(self, route: Route) -> None:
        if await self._may_leave():
            self.sent = True
            self._guard.sent()
            self._decided.set()
            await _let_go(route)
            return
        self.held = True
        with suppress(Error):
            await route.abort("blockedbyclient")
        if not self.sent:
            self._guard.held_back()
        self._decided.set()

    async def _may_leave(self) -> bool:
        """Ask the guard; a gate that is shut meanwhile has its answer, and waits for no other."""
        asked = asyncio.create_task(self._asked())
        shut = asyncio.create_task(self._shut.wait())
        await asyncio.wait({asked, shut}, return_when=asyncio.FIRST_COMPLETED)
        shut.cancel()
        return asked.done() and asked.result() and not self._shut.is_set()

    async def _asked(self) -> bool:
        try:
            return await self._guard.may_leave()
        except Exception:  # noqa: BLE001 (a guard that cannot answer has not said yes)
            return False


async def _let_go(route: Route) -> None:
    with suppress(Error):  # the page may be gone: then nobody waits for it
        await route.fallback()
