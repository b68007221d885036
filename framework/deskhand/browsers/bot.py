"""What bot authors write: a class for each portal, ledger or service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from functools import reduce
from typing import ClassVar, TypeVar

from playwright.async_api import Error, Frame, Locator, Page, StorageState
from playwright.async_api import TimeoutError as PlaywrightTimeoutError

from deskhand.browsers.act import Act
from deskhand.browsers.fields import FieldValue
from deskhand.browsers.forms import FormFiller
from deskhand.browsers.glances import first_shown, is_within_reach, shown_now
from deskhand.browsers.interruptions import Dialog, Interstitial, Sign, Where
from deskhand.browsers.open_portal import OpenPortal
from deskhand.browsers.portal_page import PortalPage
from deskhand.browsers.trouble import PortalTroubleError, lost_page, session_lost
from deskhand.browsers.watch import answer_cause
from deskhand.domain.account import Account
from deskhand.domain.login import Login
from deskhand.domain.redaction import sensitive_forms
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError
from deskhand.ports.action import CommitGuard

View = TypeVar("View", bound=PortalPage)
Answer = TypeVar("Answer")
Credentials = Callable[[], Awaitable[Login]]
OneTimeCode = Callable[[Login], Awaitable[Sealed[str]]]

_FIRST_LOOK = timedelta(seconds=1)


class Bot:
    """Knows one ledger, database or service; an instance lives for one attempt.

    Its verbs are methods marked with `action.read`, `action.fill` or `action.write`.
    """

    def __init__(self, *, account: Account, credentials: Credentials) -> None:
        self.account = account
        self._credentials = credentials
        self._act: Act | None = None

    async def login(self) -> Login:
        """Return the credentials of this bot's account, from the vault."""
        return await self._credentials()

    async def intend(self) -> None:
        """Write the intent of a write action; the very next thing must be its act."""
        await self._this_act().intend()
        await self._this_act().announce()

    def act_with(self, guard: CommitGuard | None) -> Act | None:
        """Make ready for an action: for a write action, with the guard of its act."""
        self._act = Act(guard) if guard is not None else None
        return self._act

    def _this_act(self) -> Act:
        if self._act is None:
            raise BotError("an act belongs into an action that is marked @action.write")
        return self._act


class PortalBot(Bot):
    """Knows one portal; `page` is Playwright's own.

    `date_format` is how the portal's text fields take dates, `quiet` how long a page must not
    change to count as settled. `interstitials`, `signs` and `dialogs` are declared once here
    for all pages, and so is what is `concealed` in every capture, whatever it says. Files that the
    portal sends are taken only by a bot that says `downloads`.
    """

    date_format: ClassVar[str] = "%m/%d/%Y"
    quiet: ClassVar[timedelta] = timedelta(milliseconds=50)
    locale: ClassVar[str] = "en-US"
    timezone: ClassVar[str] = "America/New_York"
    interstitials: ClassVar[Sequence[Interstitial]] = ()
    signs: ClassVar[Sequence[Sign]] = ()
    dialogs: ClassVar[Sequence[Dialog]] = ()
    concealed: ClassVar[Sequence[Where]] = ()
    downloads: ClassVar[bool] = False

    def __init__(
        self,
        *,
        account: Account,
        credentials: Credentials,
        portal: OpenPortal,
        one_time_code: OneTimeCode,
    ) -> None:
        super().__init__(account=account, credentials=credentials)
        self._portal = portal
        self._new_code = one_time_code
        self._logging_in = False

    async def logged_in(self) -> bool:
        """Whether the portal treats us as logged in; say False only where it plainly does not."""
        return True

    async def log_in(self, login: Login) -> None:
        """Log in, from any page; a portal without a login leaves this as it is."""

    @property
    def page(self) -> Page:
        """The page on which this attempt works."""
        return self._portal.page

    async def open(self, view: type[View]) -> View:
        """Go to a page and return it, ready; clears away what lies over it."""
        if self._portal.spoiled:
            await self._portal.new_page()
        try:
            response = await self.page.goto(view.path)
        except Error:
            # After a failed navigation the page is likely to break the next one as well.
            self._portal.spoiled = True
            raise
        if response is not None:
            cause = answer_cause(response.status, response.headers.get("retry-after"))
            if cause is not None:
                raise PortalTroubleError(cause, certain=False)
        opened = view(self.page)
        await self._arrive(opened.ready)
        return opened

    async def first_of(self, *locators: Locator, within: timedelta | None = None) -> Locator:
        """Wait until one of them is visible, and return it: the first in the order given.

        Where none appears in time, the page is probed for the reason.
        """
        patience = within or self._portal.settings.patience
        first = min(_FIRST_LOOK, patience)
        try:
            return locators[await self._first_shown(locators, within=first)]
        except PlaywrightTimeoutError:
            await self._look_around()
            if patience == first:
                raise
            return locators[await self._first_shown(locators, within=patience - first)]

    async def fill_form(
        self, fields: Mapping[Locator, FieldValue], *, then: Locator | None = None
    ) -> None:
        """Fill fields so that they hold their values, proven by reading them back; click `then`.

        Takes text, numbers, dates, true and false, paths, option names, and None for empty. What is
        sealed is typed only into pages of the account's portal.
        """
        self._check_page()
        for field, value in fields.items():
            if isinstance(value, Sealed):
                self._portal.check_address()
                self._portal.remember_sealed(field)
        filler = FormFiller(
            reader=self._portal.reader,
            watch=self._portal.watch,
            date_format=self.date_format,
            quiet=self.quiet,
        )
        await filler.fill(self.page, fields)
        if then is not None:
            if not await is_within_reach(then):
                await self.clear_the_way()
            await then.click()

    async def commit(self, button: Locator, *, wire: bool = True) -> None:
        """Write the intent, then click once: the act of a write action.

        Until the action ends, every state-changing request is held at the wire until it is
        certain that this attempt still owns the item. A portal that submits with GET or over a
        WebSocket cannot be fenced so: its bot says `wire=False`, and the question is asked
        just before the click.
        """
        act = self._this_act()
        self._check_page()
        if not await is_within_reach(button):
            await self.clear_the_way()
            await button.click(trial=True)  # what fails here fails before the intent
        await act.intend()
        if wire:
            await act.through_gate(self._portal.context, button.click)
        else:
            await act.announce()
            await button.click()

    async def one_time_code(self, login: Login) -> Sealed[str]:
        """Return a code from the account's TOTP secret that was not used before; may wait for it.

        To be called in `log_in` only, right before the code is entered.
        """
        if not self._logging_in:
            raise BotError("one_time_code() belongs into log_in()")
        return await self._new_code(login)

    async def clear_the_way(self) -> bool:
        """Get away what lies over the page; ends the action where a sign tells that it is in vain.

        Returns whether there was anything.
        """
        cleared = False
        for frame in self.page.frames:
            cleared |= await self._clear(frame)
        return cleared

    async def concealed_texts(self) -> frozenset[str]:
        """Return the forms of what the page shows now and captures must not, in every frame."""
        found: set[str] = set()
        for frame in self.page.frames:
            for where in self.concealed:
                shown = where(frame)
                # Reading the texts loads Playwright's script into the page: only where there are.
                if await shown.count():
                    for text in await shown.all_inner_texts():
                        found |= sensitive_forms(text)
        return frozenset(found)

    async def renewed_state(self, login: Login) -> StorageState:
        """Log in and return the state to be saved; raises where the portal still says no."""
        self._logging_in = True
        try:
            await self.log_in(login)
        finally:
            self._logging_in = False
        if not await self.logged_in():
            raise session_lost("logging in did not lead to a session")
        return await self._portal.state()

    async def _arrive(self, ready: Locator | None) -> None:
        if ready is None:
            await self.clear_the_way()
            await self._check_session()
            return
        known = [locator for locator, _ in self._between(self.page.main_frame)]
        shown = await shown_now(self.page.main_frame, [ready, *known])
        alone = len(self.page.frames) == 1
        if alone and shown == {0}:
            return
        cleared = await self.clear_the_way()
        if cleared or 0 not in shown:
            await self._check_session()
            await self.first_of(ready)

    async def _first_shown(self, locators: Sequence[Locator], *, within: timedelta) -> int:
        return await self._unless_trouble(first_shown(locators, within=within))

    async def _look_around(self) -> None:
        self._check_page()
        await self.clear_the_way()
        await self._check_session()

    async def _clear(self, frame: Frame) -> bool:
        between = self._between(frame)
        if not between or not await _any([locator for locator, _ in between]).count():
            return False
        for locator, declared in between:
            if not await _shown(locator):
                continue
            if isinstance(declared, Sign):
                raise PortalTroubleError(declared.cause)
            await declared.do(locator)
        return True

    def _between(self, frame: Frame) -> list[tuple[Locator, Sign | Interstitial]]:
        known: list[Sign | Interstitial] = [*self.signs, *self.interstitials]
        return [(each.when(frame), each) for each in known]

    def _check_page(self) -> None:
        if self._portal.is_blank:
            raise lost_page()

    async def _check_session(self) -> None:
        if not self._logging_in and not await self.logged_in():
            raise session_lost()

    async def _unless_trouble(self, waiting: Awaitable[Answer]) -> Answer:
        asked = asyncio.ensure_future(waiting)
        trouble = asyncio.ensure_future(self._portal.watch.trouble())
        try:
            await asyncio.wait({asked, trouble}, return_when=asyncio.FIRST_COMPLETED)
            if asked.done():
                return asked.result()
            raise trouble.result()
        finally:
            for task in (asked, trouble):
                task.cancel()


def _any(locators: Sequence[Locator]) -> Locator:
    return reduce(lambda one, other: one.or_(other), locators).filter(visible=True).first


async def _shown(locator: Locator) -> bool:
    return await locator.filter(visible=True).first.is_visible()
