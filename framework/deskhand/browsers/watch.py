"""Following what a portal answers, beside what an action asks of the page."""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext, Error, Page, Request, Response, WebError
from playwright.async_api import Dialog as PageDialog

from deskhand.browsers.interruptions import Dialog
from deskhand.browsers.trouble import PortalTroubleError, system_cause
from deskhand.domain.cause import Cause, SystemCode

_AWAITED = frozenset({"document", "fetch", "xhr"})
_TROUBLE = {
    401: SystemCode.TRANSIENT,
    403: SystemCode.TRANSIENT,
    404: SystemCode.TRANSIENT,
    429: SystemCode.PORTAL_BUSY,
    500: SystemCode.TRANSIENT,
    502: SystemCode.PORTAL_DOWN,
    503: SystemCode.PORTAL_DOWN,
    504: SystemCode.PORTAL_DOWN,
}
_SERVER_ERROR = 500
_SECONDS = re.compile(r"[0-9]{1,9}")
_HARMLESS = ("ERR_ABORTED", "ERR_BLOCKED_BY_CLIENT")


class PortalWatch:
    """Knows a context's open requests, how its last document was answered, and its dialogs.

    An HTTP error raises nothing in Playwright: whoever waits for an element would wait in vain.
    """

    def __init__(self, context: BrowserContext, *, dialogs: Sequence[Dialog] = ()) -> None:
        self._dialogs = dialogs
        self._open: set[Request] = set()
        self._idle = asyncio.Event()
        self._idle.set()
        self._trouble = asyncio.Event()
        self._cause: Cause | None = None
        self.documents = 0
        self.crashed = False
        self.script_failed = False
        context.on("request", self._asked)
        context.on("requestfinished", self._closed)
        context.on("requestfailed", self._broke_off)
        context.on("weberror", self._script_failed)
        context.on("response", self._answered)
        context.on("dialog", self._spoke)

    def follow(self, page: Page) -> None:
        """Follow one page of the context: whether it crashes."""
        self.crashed = False
        self._cause = None
        self._trouble.clear()
        page.on("crash", self._crashed)

    @property
    def busy(self) -> bool:
        """Whether a request that may change the page is still open."""
        return bool(self._open)

    async def quiet(self, *, within: timedelta) -> bool:
        """Wait until no request is open; False when that takes too long."""
        try:
            async with asyncio.timeout(within.total_seconds()):
                await self._idle.wait()
        except TimeoutError:
            return False
        return True

    async def trouble(self) -> PortalTroubleError:
        """Wait until the portal answers a document with an error, or the page crashes."""
        await self._trouble.wait()
        cause = self._cause or system_cause(SystemCode.TRANSIENT)
        return PortalTroubleError(cause, certain=False)

    @property
    def document_cause(self) -> Cause | None:
        """What the answer to the last document means; None when it was answered well."""
        return self._cause

    def _asked(self, request: Request) -> None:
        if request.resource_type in _AWAITED:
            self._open.add(request)
            self._idle.clear()
        if _is_document(request):
            self._cause = None
            self._trouble.clear()

    def _closed(self, request: Request) -> None:
        self._open.discard(request)
        if not self._open:
            self._idle.set()

    def _broke_off(self, request: Request) -> None:
        self._closed(request)
        # Navigations are broken off for harmless reasons too, and by the gate of an act.
        harmless = any(word in (request.failure or "") for word in _HARMLESS)
        if _is_document(request) and not harmless:
            self._tell(system_cause(SystemCode.TRANSIENT, "the portal closed the connection"))

    def _answered(self, response: Response) -> None:
        if not _is_document(response.request):
            return
        if _is_whole_page(response.request):
            self.documents += 1
        self.script_failed = False
        cause = answer_cause(response.status, response.headers.get("retry-after"))
        if cause is not None:
            self._tell(cause)

    async def _spoke(self, dialog: PageDialog) -> None:
        accepted = any(known.accept for known in self._dialogs if known.says in dialog.message)
        with suppress(Error):
            await (dialog.accept() if accepted else dialog.dismiss())

    def _crashed(self, _: Page) -> None:
        self.crashed = True
        self._tell(system_cause(SystemCode.BROWSER_LOST, "the page crashed"))

    def _script_failed(self, _: WebError) -> None:
        self.script_failed = True

    def _tell(self, cause: Cause) -> None:
        self._cause = cause
        self._trouble.set()


def answer_cause(status: int, retry_after: str | None = None) -> Cause | None:
    """Return what an HTTP status means for the work; None when it means nothing bad."""
    code = _TROUBLE.get(status, SystemCode.TRANSIENT if status >= _SERVER_ERROR else None)
    if code is None:
        return None
    # A portal may write anything: a day, or more seconds than there are.
    wish = float(retry_after) if retry_after and _SECONDS.fullmatch(retry_after) else None
    return system_cause(code, f"the portal answered with HTTP {status}", retry_after=wish)


def _is_document(request: Request) -> bool:
    """Whether it asks for a page, or for what a frame of the same portal shows inside one."""
    if not request.is_navigation_request():
        return False
    return _is_whole_page(request) or _origin(request.url) == _origin(request.frame.page.url)


def _is_whole_page(request: Request) -> bool:
    try:
        return request.frame.parent_frame is None
    except Error:  # the first request of a new window comes before its frame
        return True


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc
