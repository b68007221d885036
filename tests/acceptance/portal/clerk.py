"""A person at the keyboard: what the tests do on the practice portal's pages."""

import re
from collections.abc import Sequence
from pathlib import Path

import pyotp
from playwright.sync_api import Locator, Page

from tests.portals.payer.world import Claim, Line, Login


class Clerk:
    """Signs in and enters claims by hand, page by page."""

    def __init__(self, page: Page, url: str, login: Login) -> None:
        self.page = page
        self.url = url
        self.login = login

    def sign_in(self, *, payer: str = "60054") -> None:
        self.page.goto(self.url + "/login")
        self.sign_in_here(payer=payer)
        self.page.get_by_role("heading", name="Dashboard").wait_for()

    def sign_in_here(self, *, payer: str = "60054") -> None:
        """Sign in on the sign-in page that is open, wherever it leads to."""
        self.page.get_by_label("User name").fill(self.login.user)
        self.page.get_by_label("Password").fill(self.login.password)
        self.press("Sign in")
        code = pyotp.TOTP(self.login.totp_secret).now()
        self.page.get_by_label("Verification code").fill(code)
        self.press("Verify")
        self.page.get_by_label("Organization").select_option(self.login.organisation)
        self.page.get_by_label("Payer").select_option(payer)
        self.press("Continue")

    def enter(self, claim: Claim, *, files: Sequence[Path] = ()) -> None:
        """Fill all pages up to the review."""
        self.page.goto(self.url + "/claims/new")
        self.fill_patient(claim)
        self.press("Continue")
        self.fill_provider(claim)
        self.press("Continue")
        self.fill_services(claim)
        self.press("Continue")
        if files:
            self.page.get_by_label("Choose files").set_input_files(files)
            self.press("Upload")
            self.page.get_by_role("cell", name=files[-1].name).wait_for()
        self.press("Continue")
        self.page.get_by_role("heading", name="Review and submit").wait_for()

    def fill_patient(self, claim: Claim) -> None:
        fields = {
            "Claim number": claim.claim_number,
            "Original reference number": claim.original_ref or "",
            "Member ID": claim.member_id,
            "Patient name": claim.patient_name,
            "Birth date": f"{claim.patient_dob:%m/%d/%Y}",
        }
        for label, value in fields.items():
            self.page.get_by_label(label).fill(value)
        self.page.get_by_label("Frequency").select_option(claim.frequency)

    def fill_provider(self, claim: Claim) -> None:
        self.choose("Rendering provider", claim.provider_npi)
        self.page.get_by_label("Place of service").select_option(claim.place_of_service)

    def fill_services(self, claim: Claim) -> None:
        for code in claim.diagnosis_codes:
            self.choose("Add diagnosis", code)
        for number, line in enumerate(claim.lines, start=1):
            if number > 1:
                self.press("Add line")
            self.fill_line(self.page.get_by_role("group", name=f"Line {number}", exact=True), line)
        self.page.get_by_label("Total charge").fill(str(claim.total_charge))
        self.page.get_by_label("Prior authorization number").fill(claim.prior_auth or "")

    def fill_line(self, row: Locator, line: Line) -> None:
        row.get_by_label("Service date").fill(line.service_date.isoformat())
        row.get_by_label("Code").fill(line.code)
        row.get_by_label("Modifier").fill(line.modifier or "")
        row.get_by_label("Units").fill(str(line.units))
        row.get_by_label("Charge").fill(str(line.charge))

    def choose(self, label: str, value: str) -> None:
        self.page.get_by_role("combobox", name=label).press_sequentially(value)
        self.page.get_by_role("option", name=re.compile(f"^{re.escape(value)} ")).click()

    def submit(self) -> None:
        self.press("Submit claim")

    def press(self, name: str) -> None:
        self.page.get_by_role("button", name=name, exact=True).click()

    def confirmation(self) -> str:
        return self.page.get_by_label("Confirmation number").inner_text()

    def alert(self) -> str:
        return self.page.get_by_role("alert").inner_text()

    def value_of(self, name: str) -> str:
        """Read a row of the review page or of a claim's page."""
        row = self.page.get_by_role("row", name=re.compile(f"^{re.escape(name)}"))
        return row.get_by_role("cell").inner_text()
