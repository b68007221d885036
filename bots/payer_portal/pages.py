"""The pages of the payer portal: every selector of this bot, by role or label."""

import asyncio
import json
import re
from collections.abc import Sequence
from datetime import datetime
from functools import partial

from playwright.async_api import Locator, Page

from deskhand import PortalPage

_PROBLEM = re.compile(r"^\s*([A-Z][A-Z_]+):\s*(.*)$", re.MULTILINE)
_CELLS = """tables => tables.flatMap(table => [...table.rows]).map(
  row => [...row.cells].map(cell => cell.innerText.trim()))"""


def heading(page: Page, name: str) -> Locator:
    """The page's own heading."""
    return page.get_by_role("heading", level=1, name=name, exact=True)


# Pages that come in the place of the one that was asked for.
maintenance = partial(heading, name="Scheduled maintenance")
captcha = partial(heading, name="Verify that you are human")
account_locked = partial(heading, name="Account locked")
password_expired = partial(heading, name="Your password has expired")
new_terms = partial(heading, name="Updated terms of use")


def cookie_banner(page: Page) -> Locator:
    """The button that refuses cookies."""
    return page.get_by_role("dialog", name="Cookies").get_by_role("button", name="Reject")


def toast(page: Page) -> Locator:
    """The button that closes a message lying over the page."""
    return page.get_by_role("status").get_by_role("button", name="Dismiss message")


def calendar(page: Page) -> Locator:
    """The calendar that opens beside a date field, and lies over what is below it."""
    return page.get_by_role("dialog", name="Calendar")


async def leave(overlay: Locator) -> None:
    """Close what closes when one clicks elsewhere."""
    await overlay.page.get_by_role("heading", level=1).click()


def problem(text: str) -> tuple[str, str]:
    """Return code and text of the first problem that an alert tells."""
    found = _PROBLEM.search(text)
    return (found[1], found[2].strip()) if found else ("PORTAL_REFUSED", text.strip())


class SignIn(PortalPage):
    """User name and password."""

    path = "login"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Sign in")
        self.user = page.get_by_label("User name")
        self.password = page.get_by_label("Password")
        self.go = page.get_by_role("button", name="Sign in")
        self.alert = page.get_by_role("alert")
        self.ready = self.user


class TwoSteps(PortalPage):
    """The one-time code."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Two-step verification")
        self.code = page.get_by_label("Verification code")
        self.go = page.get_by_role("button", name="Verify")


class Selection(PortalPage):
    """For which organization, and for which payer, one works; then the form for a new claim."""

    path = "select?next=/claims/new"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.organization = page.get_by_label("Organization")
        self.payer = page.get_by_label("Payer")
        self.go = page.get_by_role("button", name="Continue")
        self.ready = self.organization

    async def pick_organization(self) -> None:
        """Choose the account's organization: the only one in the list."""
        await self.organization.select_option(index=1)

    async def pick_any_payer(self) -> None:
        """Choose some payer: a claim's own is chosen when it is entered."""
        await self.payer.select_option(index=1)

    async def has_payer(self, payer: str) -> bool:
        """Whether the organization may send claims to this payer."""
        return await self.payer.locator(f"option[value={json.dumps(payer)}]").count() > 0


class Dashboard(PortalPage):
    """Where one is after signing in."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Dashboard")


class Search(PortalPage):
    """The claim search."""

    path = "claims"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.claim = page.get_by_label("Claim number")
        self.member = page.get_by_label("Member ID")
        self.go = page.get_by_role("button", name="Search")
        results = page.get_by_role("region", name="Results")
        self.empty = results.get_by_text("No claims found")
        self.found = results.get_by_role("table", name="Claims")
        self.updated = page.get_by_role("time")
        self.ready = self.claim

    async def rows(self) -> list[list[str]]:
        """Return the cells of the claims found, the columns' names first."""
        return await _cells(self.found)

    async def index_age(self) -> float:
        """Return how many seconds ago the search's index was brought up to date."""
        told = await self.updated.first.get_attribute("datetime")
        now: float = await self.page.evaluate("Date.now() / 1000")
        return now - datetime.fromisoformat(told or "").timestamp()

    def claim_link(self, claim_number: str) -> Locator:
        """The link to a claim that was found."""
        return self.found.get_by_role("link", name=claim_number, exact=True)


class WizardPage(PortalPage):
    """What every page of the new-claim wizard has."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.alert = page.get_by_role("alert")
        self.go_on = page.get_by_role("button", name="Continue")


class ClaimAndPatient(WizardPage):
    """Step 1; in the portal's other layout it has the provider's fields as well."""

    path = "claims/new"

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Claim and patient")
        self.with_provider = heading(page, "Claim, patient and provider")
        self.claim_number = page.get_by_label("Claim number")
        self.frequency = page.get_by_label("Frequency")
        self.original_ref = page.get_by_label("Original reference number")
        self.member_id = page.get_by_label("Member ID")
        self.patient_name = page.get_by_label("Patient name")
        self.birth_date = page.get_by_label("Birth date")


class Provider(WizardPage):
    """Step 2: who gave the service, and where."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Provider and place of service")
        self.provider = Choice(page, "Rendering provider")
        self.place = page.get_by_label("Place of service")


class Services(WizardPage):
    """Step 3: diagnoses, service lines and their total."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Diagnoses and services")
        self.diagnosis = Choice(page, "Add diagnosis")
        self.diagnoses = page.get_by_role("list", name="Diagnoses").get_by_role("listitem")
        self.add_line = page.get_by_role("button", name="Add line")
        self.total_charge = page.get_by_label("Total charge")
        self.prior_auth = page.get_by_label("Prior authorization number")

    def line(self, number: int) -> "LineRow":
        """The fields of a service line."""
        return LineRow(self.page.get_by_role("group", name=f"Line {number}", exact=True))

    async def chosen_diagnoses(self) -> list[str]:
        """Return the codes in the list of chosen diagnoses, in its order."""
        chosen = await self.diagnoses.all()
        texts = await asyncio.gather(*(one.inner_text() for one in chosen))
        return [text.split()[0] for text in texts]


class LineRow:
    """The fields of one service line."""

    def __init__(self, row: Locator) -> None:
        self.service_date = row.get_by_label("Service date")
        self.code = row.get_by_label("Code")
        self.modifier = row.get_by_label("Modifier")
        self.units = row.get_by_label("Units")
        self.charge = row.get_by_label("Charge")


class Choice:
    """A field that looks up what is typed, and takes only what is chosen from its list."""

    def __init__(self, page: Page, label: str) -> None:
        self._page = page
        self.field = page.get_by_role("combobox", name=label)
        self.nothing = page.get_by_role("status").get_by_text("No match")

    def option(self, value: str) -> Locator:
        """The suggestion that begins with a value."""
        return self._page.get_by_role("option", name=re.compile(f"^{re.escape(value)}\\b"))

    async def holds(self, value: str) -> bool:
        """Whether the field shows that value as chosen."""
        return (await self.field.input_value()).startswith(value)


class Attachments(WizardPage):
    """Step 4: documents."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Attachments")
        self.files = page.get_by_label("Choose files")
        self.upload = page.get_by_role("button", name="Upload")
        self.uploaded = page.get_by_role("table", name="Uploaded documents")

    def document(self, name: str) -> Locator:
        """The cell with the name of an uploaded document."""
        return self.uploaded.get_by_role("cell", name=name, exact=True)


class Record(PortalPage):
    """The tables that show a claim: on the review page, and on the page of a claim on file."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.patient = page.get_by_role("table", name="Claim and patient")
        self.provider = page.get_by_role("table", name="Provider and services")
        self.lines = page.get_by_role("table", name="Service lines")
        self.line_count = page.get_by_label("Number of lines")
        self.total_charge = page.get_by_label("Total charge")
        self.ready = self.lines

    async def values(self) -> dict[str, str]:
        """Return the claim's single values by their row's name."""
        rows = [*await _cells(self.patient), *await _cells(self.provider)]
        return {row[0]: row[1] for row in rows if len(row) > 1}

    async def line_rows(self) -> list[list[str]]:
        """Return the cells of each service line: number, date, code, modifier, units, charge."""
        return (await _cells(self.lines))[1:]


class Review(Record):
    """Step 5: the whole claim, and the button that submits it."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.heading = heading(page, "Review and submit")
        self.submit = page.get_by_role("button", name="Submit claim")
        self.alert = page.get_by_role("alert")
        self.duplicate = page.get_by_role("alertdialog", name="Possible duplicate")


class Confirmation(PortalPage):
    """What the portal says after it took a claim."""

    def __init__(self, page: Page) -> None:
        super().__init__(page)
        self.number = page.get_by_label("Confirmation number")
        self.later = page.get_by_role("status").get_by_text("will be assigned later")
        self.view = page.get_by_role("link", name="View claim")

    def received(self, claim_number: str) -> Locator:
        """The sentence that names the claim that was taken."""
        sentence = f"Claim {claim_number} was accepted for processing."
        return self.page.get_by_text(sentence, exact=True)


async def _cells(table: Locator) -> list[list[str]]:
    rows: Sequence[Sequence[str]] = await table.evaluate_all(_CELLS)
    return [list(row) for row in rows]
