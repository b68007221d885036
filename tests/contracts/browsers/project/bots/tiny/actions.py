"""A bot for the tiny portal: it opens a page and does there what it is told."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from deskhand import (
    BusinessException,
    Cause,
    CauseKind,
    FieldValue,
    Interstitial,
    ItemFields,
    Login,
    NotThere,
    PortalBot,
    PortalPage,
    Refused,
    Result,
    Sealed,
    Sign,
    StopException,
    SystemCode,
    Unsure,
    action,
)


def _heading(page: Page, name: str) -> Locator:
    return page.get_by_role("heading", name=name)


def maintenance(page: Page) -> Locator:
    """The page that says so."""
    return _heading(page, "Maintenance")


def captcha(page: Page) -> Locator:
    """The page that asks for a person."""
    return _heading(page, "Are you human?")


def banner(page: Page) -> Locator:
    """The button that closes the banner."""
    return page.get_by_role("dialog", name="Cookies").get_by_role("button", name="Reject")


def figures(page: Page) -> Locator:
    """What nobody may see in a picture, whoever it is of."""
    return page.get_by_role("table", name="Figures").get_by_role("cell")


class FormPage(PortalPage):
    """A form."""

    path = "form"


class HomePage(PortalPage):
    """Where one is after logging in."""

    path = "home"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.ready = _heading(page, "Home")


class LoginPage(PortalPage):
    """Where one logs in."""

    path = "login"


class Person(ItemFields):
    """Who is entered."""

    name: Sealed[str]
    born: Sealed[date]
    amount: Decimal
    sort: str = "Void"
    agree: bool = True
    file: str | None = None


class Seen(Result):
    """What was seen."""

    text: str


async def _click_nothing(page: Page) -> None:
    await page.get_by_role("button", name="Submit claim").click()


async def _click_many(page: Page) -> None:
    await page.get_by_role("button").click()


async def _expect(page: Page) -> None:
    await expect(page.get_by_role("heading", name="Never")).to_be_visible(timeout=300)


async def _bad_address(page: Page) -> None:
    await page.goto("http://127.0.0.1:9/")


async def _nobody_there(page: Page) -> None:
    await page.goto("http://127.0.0.1:2/")


async def _crash(page: Page) -> None:
    await page.goto("chrome://crash")


async def _close(page: Page) -> None:
    await page.close()
    await page.get_by_role("button").click()


async def _upload(page: Page) -> None:
    await page.get_by_label("File").set_input_files("no/such/scan.pdf")


async def _bug(_: Page) -> None:
    known: Mapping[str, int] = {}
    await asyncio.sleep(known["Maria Alvarez"])


async def _refuse(_: Page) -> None:
    raise BusinessException("NOT_INSURED", "Maria Alvarez is not insured")


async def _stop(_: Page) -> None:
    raise StopException("PASSWORD_EXPIRED")


async def _leave(page: Page) -> None:
    await page.context.clear_cookies()
    await page.goto("login")


async def _wait(page: Page) -> None:
    await page.get_by_role("button", name="Never").wait_for(timeout=60_000)


TROUBLE: Mapping[str, Callable[[Page], Awaitable[None]]] = {
    "click nothing": _click_nothing,
    "click many": _click_many,
    "expect": _expect,
    "bad address": _bad_address,
    "nobody there": _nobody_there,
    "crash": _crash,
    "close": _close,
    "upload": _upload,
    "bug": _bug,
    "refuse": _refuse,
    "stop": _stop,
    "wait": _wait,
    "leave": _leave,
}


class Tiny(PortalBot):
    """The tiny portal."""

    quiet = timedelta(milliseconds=30)
    signs = (
        Sign(when=maintenance, cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.PORTAL_DOWN)),
        Sign(when=captcha, cause=Cause(kind=CauseKind.STOP, code="CAPTCHA")),
    )
    interstitials = (Interstitial(when=banner, do=Locator.click),)
    concealed = (figures,)

    async def logged_in(self) -> bool:
        """Whether this is not the login page."""
        return not await _heading(self.page, "Sign in").is_visible()

    async def log_in(self, login: Login) -> None:
        """Press the only button."""
        if login.user.reveal() == "locked":
            raise BusinessException("LOCKED_OUT", "this account is locked")
        await self.open(LoginPage)
        if login.user.reveal() == "echo":
            said = await self.page.get_by_role("paragraph").inner_text()
            raise BusinessException("WRONG", f"the portal says: {said}")
        await self.page.get_by_role("button", name="Enter").click()

    @action.read
    async def look(self, name: str) -> Seen | NotThere | Unsure:
        """Go home and look for a heading."""
        await self.open(HomePage)
        return Seen(text=await _heading(self.page, name).inner_text())

    @action.read
    async def answer(self, how: str) -> Seen | NotThere | Unsure | Refused | None:
        """Answer as told."""
        careless: Any = None
        answers: Mapping[str, Seen | NotThere | Unsure | Refused | None] = {
            "not there": NotThere(),
            "unsure": Unsure("its index is behind"),
            "refused": Refused("NO", "Maria Alvarez is not insured"),
            "refused in words": Refused("Maria Alvarez is not insured"),
            "empty": Seen(text=careless),
            "nothing": None,
        }
        return answers[how]

    @action.fill
    async def enter(self, person: Person) -> None:
        """Fill the form."""
        await self.open(FormPage)
        fields: dict[Locator, FieldValue] = {
            self.page.get_by_label("Name"): person.name,
            self.page.get_by_label("Born"): person.born,
            self.page.get_by_label("Amount"): person.amount,
        }
        if await self.page.get_by_label("Sort").is_visible():
            fields[self.page.get_by_label("Sort")] = person.sort
            fields[self.page.get_by_label("Agree")] = person.agree
            fields[self.page.get_by_label("File")] = Path(person.file) if person.file else None
        await self.fill_form(fields)

    @action.read
    async def values(self) -> Seen:
        """Read the values of all fields, as the page has them."""
        held = await self.page.evaluate(
            "[...document.querySelectorAll('input, select')].map(f => "
            "f.type === 'checkbox' ? f.checked : f.files ? f.files[0]?.name : f.value).join('|')"
        )
        return Seen(text=held)

    @action.read
    async def markup(self) -> Seen:
        """Read the page's own markup."""
        return Seen(text=await self.page.evaluate("document.documentElement.outerHTML"))

    @action.read
    async def do(self, what: str) -> None:
        """Meet trouble, of the sort that is asked for."""
        if what == "wait for an answer":
            await self.open(FormPage)
            await self.first_of(_heading(self.page, "Done"), _heading(self.page, "Refused"))
        else:
            await TROUBLE[what](self.page)

    @action.write(proof=look)
    async def send(self, button: str, wire: bool) -> Seen | Refused:
        """Press the button that acts, once."""
        await self.open(FormPage)
        await self.commit(self.page.get_by_role("button", name=button), wire=wire)
        done, refused = _heading(self.page, "Done"), _heading(self.page, "Refused")
        if await self.first_of(done, refused) is done:
            return Seen(text="done")
        return Refused("NO", "it says no")

    @action.write(proof=look)
    async def send_twice(self) -> None:
        """Try to act twice in one action."""
        await self.open(FormPage)
        await self.commit(self.page.get_by_role("button", name="fetch"))
        await self.commit(self.page.get_by_role("button", name="fetch"))

    @action.write(proof=look)
    async def open_window(self) -> None:
        """Act with a form that opens a window."""
        await self.open(FormPage)
        await self.commit(self.page.get_by_role("button", name="window"))
