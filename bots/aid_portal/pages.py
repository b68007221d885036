"""The pages of the aid portal: every selector of this bot, by role, label or title.

A student's record is shown in an iframe: its pages are views of that frame.
"""

import re
from collections.abc import Sequence
from functools import partial
from typing import Any

from playwright.async_api import Frame, Locator, Page

from deskhand import PortalPage

_PROBLEM = re.compile(r"^\s*([A-Z][A-Z_]+):\s*(.*)$", re.MULTILINE)
_CELLS = """tables => tables.flatMap(table => [...table.rows]).map(
  row => [...row.cells].map(cell => cell.innerText.trim()))"""

_OF_PEOPLE = re.compile(
    "^(Students|Student|Household|Financial information|Results|Transcript|Worksheet|Corrections"
    "|Held)$"
)

Cells = Sequence[Sequence[str]]


def heading(page: Any, name: str) -> Locator:
    """The heading of a page, or of what a frame shows."""
    found: Locator = page.get_by_role("heading", name=name, exact=True)
    return found


# Pages that come in the place of the one that was asked for.
maintenance = partial(heading, name="Scheduled maintenance")
captcha = partial(heading, name="Verify that you are human")
account_locked = partial(heading, name="Account locked")
password_expired = partial(heading, name="Your password has expired")
new_terms = partial(heading, name="Updated terms of use")


def cookie_banner(page: Any) -> Locator:
    """The button that refuses cookies."""
    banner: Locator = page.get_by_role("dialog", name="Cookies")
    return banner.get_by_role("button", name="Reject")


def toast(page: Any) -> Locator:
    """The button that closes a message lying over the page."""
    message: Locator = page.get_by_role("status")
    return message.get_by_role("button", name="Dismiss message")


def tables_of_people(page: Any) -> Locator:
    """The cells of every table that tells of students, their families and their taxes."""
    found: Locator = page.get_by_role("table", name=_OF_PEOPLE)
    return found.get_by_role("cell")


def problem(text: str) -> tuple[str, str]:
    """Return code and text of the first problem that an alert tells."""
    found = _PROBLEM.search(text)
    return (found[1], found[2].strip()) if found else ("PORTAL_REFUSED", text.strip())


class SignIn(PortalPage):
    """User id and password."""

    path = "SignIn.aspx"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.user = page.get_by_label("User ID")
        self.password = page.get_by_label("Password")
        self.go = page.get_by_role("button", name="Sign In")
        self.alert = page.get_by_role("alert")
        self.ready = self.user


class Challenge(PortalPage):
    """The one-time code."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.code = page.get_by_label("One-time code")
        self.go = page.get_by_role("button", name="Continue")


class Home(PortalPage):
    """Where one is after signing in."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Home")


def sign_in_headings(page: Page) -> list[Locator]:
    """The headings of the sign-in pages, wherever one would show: in the record's frame, too."""
    names = ("Sign In", "Additional verification")
    return [heading(frame, name) for frame in page.frames for name in names]


class Search(PortalPage):
    """The student search; its results are turned page by page."""

    path = "Students.aspx"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.beginning = page.get_by_label("Student ID or last name begins with")
        self.award_year = page.get_by_label("Award year")
        self.find = page.get_by_role("button", name="Find")
        self.none = page.get_by_text("No students match.")
        self.next = page.get_by_role("link", name="Next", exact=True)
        self.ready = self.beginning

    async def has_year(self, award_year: str) -> bool:
        """Whether the portal knows an award year at all."""
        return award_year in await self.award_year.get_by_role("option").all_inner_texts()

    def results(self, number: int) -> Locator:
        """The line below a page of results that says which page it is."""
        return self.page.get_by_text(re.compile(rf"^Page {number} of "))

    def record(self, student_id: str) -> Locator:
        """The link to the record of the student with exactly this id."""
        return self.page.get_by_role("link", name=f"Open {student_id}", exact=True)


class Record(PortalPage):
    """The shell around a student's record: links, and the iframe that they fill."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.view = page.get_by_title("Student record")

    def heading(self, student_id: str) -> Locator:
        """The heading that names the student."""
        return heading(self.page, f"Record {student_id}")

    def tab(self, name: str) -> Locator:
        """The link that shows another page of the record in the frame."""
        return self.page.get_by_role("link", name=name, exact=True)

    async def inside(self) -> Frame:
        """The document in the iframe."""
        frame = await (await self.view.element_handle()).content_frame()
        if frame is None:
            raise LookupError("the record is not shown in an iframe")
        return frame


def row_name(frame: Frame, name: str) -> Locator:
    """The name of a row in a table of single values."""
    return frame.get_by_role("rowheader", name=name, exact=True)


class View:
    """One page of a record, inside the frame; `tab` is the link that leads to it.

    `ready` is the last thing on the page: once it is visible, what stands before it is whole.
    """

    tab = ""
    title = ""

    def __init__(self, frame: Frame) -> None:
        self.ready = heading(frame, self.title)
        self.alert = frame.get_by_role("alert")
        self.frame = frame

    async def values(self) -> dict[str, str]:
        """Return what the view's tables say, by the name of the row; read in one moment."""
        rows: Cells = await self.frame.get_by_role("table").evaluate_all(_CELLS)
        return {row[0]: row[1] for row in rows if len(row) == len(("name", "value"))}

    async def rows(self, table: str) -> list[list[str]]:
        """Return the rows of a table below its headings."""
        found = self.frame.get_by_role("table", name=table)
        rows: Cells = await found.evaluate_all(_CELLS)
        return [list(row) for row in rows[1:]]


class IsirView(View):
    """One transaction of the student's record; at first one that need not be the newest."""

    tab = "ISIR"
    title = "Institutional Student Information Record"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.pending = frame.get_by_text(re.compile("^Correction .* is being processed"))
        self.agi = row_name(frame, "Adjusted gross income")
        self.ready = row_name(frame, "Verification reference")

    def transaction(self, number: int) -> Locator:
        """The link to a transaction."""
        table = self.frame.get_by_role("table", name="Transactions")
        return table.get_by_role("link", name=f"{number:02}", exact=True)

    def showing(self, number: int) -> Locator:
        """The row that says which transaction is shown."""
        return self.frame.get_by_role("row", name=f"Transaction number {number:02}", exact=True)


class TranscriptView(View):
    """What the tax office says."""

    tab = "Tax transcript"
    title = "Tax Return Transcript"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.none = frame.get_by_text("No transcript on file.")
        self.agi = row_name(frame, "Adjusted gross income")
        self.wages = row_name(frame, "Wages")


class ActView(View):
    """A page on which something is reported of one transaction."""

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.transaction = frame.get_by_label("Transaction", exact=True)

    async def has(self, number: int) -> bool:
        """Whether the portal offers a transaction."""
        options = self.transaction.get_by_role("option")
        return f"{number:02}" in await options.all_inner_texts()


class VerificationView(ActView):
    """Which transactions are verified, and the button that reports it."""

    tab = "Verification"
    title = "Verification"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.ready = self.mark = frame.get_by_role("button", name="Mark verified")


class CorrectionView(ActView):
    """The corrections made, and the form for another one."""

    tab = "Correction"
    title = "Correction"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.agi = frame.get_by_label("Corrected adjusted gross income")
        self.ready = self.submit = frame.get_by_role("button", name="Submit correction")


class DocumentsView(View):
    """The documents on file, and the form for another one."""

    tab = "Documents"
    title = "Documents"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.kind = frame.get_by_label("Document type")
        self.file = frame.get_by_label("File", exact=True)
        self.ready = self.upload = frame.get_by_role("button", name="Upload document")

    def document(self, name: str) -> Locator:
        """The cell with the name of a document on file."""
        table = self.frame.get_by_role("table", name="Documents on file")
        return table.get_by_role("cell", name=name, exact=True)


class ConfirmationView(View):
    """What the portal says after it took something in."""

    title = "Confirmation"

    def __init__(self, frame: Frame) -> None:
        super().__init__(frame)
        self.number = frame.get_by_label("Reference number")
        self.later = frame.get_by_text("will be assigned later")
