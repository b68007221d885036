"""One portal, opened for one attempt in a browser context of its own."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Error, Locator, Page, StorageState

from deskhand.browsers import pool
from deskhand.browsers.form_reader import FormReader
from deskhand.browsers.interruptions import Dialog
from deskhand.browsers.marking import OPEN_SHADOWS
from deskhand.browsers.pool import BrowserPool
from deskhand.browsers.stage_settings import StageSettings
from deskhand.browsers.trouble import PortalTroubleError, system_cause
from deskhand.browsers.watch import PortalWatch
from deskhand.domain.account import Account
from deskhand.domain.cause import SystemCode
from deskhand.errors import BotError


class OpenPortal:
    """The context, the page and what was noticed on it. A bot reaches its page through this."""

    def __init__(
        self,
        *,
        account: Account,
        pool: BrowserPool,
        settings: StageSettings,
        reader: FormReader,
        dialogs: Sequence[Dialog],
    ) -> None:
        self.account = account
        self.settings = settings
        self.reader = reader
        self._pool = pool
        self._dialogs = dialogs
        self._context: BrowserContext | None = None
        self._page: Page | None = None
        self._watch: PortalWatch | None = None
        self._sealed: list[tuple[int, Locator]] = []
        self.spoiled = False

    @property
    def is_open(self) -> bool:
        """Whether there is a page to look at."""
        return self._page is not None and not self._page.is_closed()

    @property
    def died(self) -> bool:
        """Whether the page, or its whole browser, went away by itself."""
        return self._page is not None and self._page.is_closed()

    @property
    def is_blank(self) -> bool:
        """Whether nothing has been opened in the page: then an earlier one may have been lost."""
        return self.page.url == "about:blank"

    @property
    def context(self) -> BrowserContext:
        """Playwright's context."""
        if self._context is None:
            raise BotError("the portal is opened when its first action is performed, not before")
        return self._context

    @property
    def page(self) -> Page:
        """Playwright's page."""
        if self._page is None:
            raise BotError("the portal is opened when its first action is performed, not before")
        return self._page

    @property
    def watch(self) -> PortalWatch:
        """What the portal has answered."""
        if self._watch is None:
            raise BotError("the portal is opened when its first action is performed, not before")
        return self._watch

    async def open(self, *, state: StorageState | None, options: dict[str, Any]) -> None:
        """Open a fresh context, with a saved login where there is one, and a page in it."""
        await self.close()
        self._context = await self._pool.context(
            base_url=self.account.url.rstrip("/") + "/",
            storage_state=state,
            service_workers="block",
            **options,
        )
        await self._context.add_init_script(OPEN_SHADOWS)
        self._context.set_default_timeout(_milliseconds(self.settings.patience))
        self._context.set_default_navigation_timeout(_milliseconds(self.settings.navigation))
        self._watch = PortalWatch(self._context, dialogs=self._dialogs)
        await self.new_page()

    async def new_page(self) -> None:
        """Go on in a new page: the old one cannot be trusted any more, and is closed.

        Raises `TimeoutError` where the browser does not answer any more.
        """
        stale, self._page = self._page, None
        async with asyncio.timeout(pool.ANSWERS_WITHIN.total_seconds()):
            if stale is not None:
                with suppress(Error):
                    await stale.close()
            self._page = await self.context.new_page()
        self.watch.follow(self._page)
        self._sealed.clear()
        self.spoiled = False

    async def start_over(self) -> None:
        """Go on in a new page, with every window closed that the old one has opened."""
        for window in self.context.pages:
            if window is not self._page:
                with suppress(Error):
                    await window.close()
        await self.new_page()

    async def adopt(self, state: StorageState) -> None:
        """Take over the login of another session, in this context."""
        await self.context.set_storage_state(state)

    async def state(self) -> StorageState:
        """Return the state of the login, to be saved."""
        return await self.context.storage_state(indexed_db=True)

    def check_address(self) -> None:
        """Raise where the page is not one of the account's portal: nothing sealed is typed there.

        A portal may have been led astray, or lead somewhere on purpose.
        """
        if not self.account.is_at(self.page.url):
            where = urlsplit(self.page.url).netloc or "an address without a host"
            message = (
                f"a sealed value would be typed into a page of {where}, not into one of "
                f"{self.account.name}; if that host is the portal's, name it in its `hosts`, "
                "in accounts.yaml"
            )
            raise PortalTroubleError(system_cause(SystemCode.CONFIGURATION, message))

    def remember_sealed(self, field: Locator) -> None:
        """Note a field that was filled with a sealed value: captures mask it."""
        self._sealed.append((self.watch.documents, field))

    def sealed_fields(self) -> list[Locator]:
        """Return the fields of this document that were filled with sealed values."""
        return [field for document, field in self._sealed if document == self.watch.documents]

    async def close(self) -> None:
        """Give the context back; the portal can be opened again."""
        context, self._context, self._page, self._watch = self._context, None, None, None
        self._sealed.clear()
        if context is not None:
            await self._pool.give_back(context)


def _milliseconds(span: timedelta) -> float:
    return span.total_seconds() * 1000
