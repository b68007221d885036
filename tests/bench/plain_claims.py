"""The same claim, submitted by plain Playwright: what the framework's overhead is measured against.

Nothing of deskhand is in here, and no care either: no masking, no journal, no gate, no repair.
The fills, the waits, the settling and one read-back a page are those of the payer portal's bot.
"""

import asyncio
import re
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from playwright.async_api import BrowserContext, Locator, Page

Claim = Mapping[str, Any]

_SETTLED = """quiet => new Promise(done => {
  document.activeElement?.blur();
  let still = setTimeout(finish, quiet);
  const watch = new MutationObserver(() => {
    clearTimeout(still);
    still = setTimeout(finish, quiet);
  });
  function finish() { watch.disconnect(); done(); }
  watch.observe(document, {subtree: true, childList: true, attributes: true, characterData: true});
})"""
_QUIET = 50
_CELLS = "table => [...table.rows].map(row => [...row.cells].map(cell => cell.innerText.trim()))"


class NotHeldError(Exception):
    """A page does not hold what was filled in, or the portal does not hold what was sent."""


async def submit_plain(context: BrowserContext, claim: Claim) -> str:
    """Submit a claim in a context that is logged in; return the confirmation number."""
    page = await context.new_page()
    await _search(page, claim)
    await _pick_payer(page, claim)
    await _fill_patient(page, claim)
    await _fill_provider(page, claim)
    await _fill_services(page, claim)
    await _attach(page, claim)
    await _check_review(page, claim)
    await _button(page, "Submit claim").click()
    number = page.get_by_label("Confirmation number")
    await number.or_(page.get_by_role("alert")).first.wait_for()
    confirmation = await number.inner_text()
    await _check_record(page, claim)
    return confirmation


async def _search(page: Page, claim: Claim) -> None:
    await page.goto("claims")
    await _fill(
        page,
        {
            page.get_by_label("Claim number"): claim["claim_number"],
            page.get_by_label("Member ID"): claim["member_id"],
        },
    )
    await _button(page, "Search").click()
    results = page.get_by_role("region", name="Results")
    found = results.get_by_role("table", name="Claims")
    nothing = results.get_by_text("No claims found")
    await found.or_(nothing).first.wait_for()
    if await found.is_visible():
        raise NotHeldError("already on file")


async def _pick_payer(page: Page, claim: Claim) -> None:
    await page.goto("select?next=/claims/new")
    await page.get_by_label("Organization").select_option(index=1)
    payer = page.get_by_label("Payer")
    await payer.select_option(claim["payer_id"])
    await _settle(page)
    if await payer.input_value() != claim["payer_id"]:
        raise NotHeldError("Payer")
    await _continue(page, "Claim and patient")


async def _fill_patient(page: Page, claim: Claim) -> None:
    frequency = page.get_by_label("Frequency")
    await frequency.select_option(claim["frequency"])
    await _fill(
        page,
        {
            page.get_by_label("Claim number"): claim["claim_number"],
            page.get_by_label("Original reference number"): claim["original_ref"] or "",
            page.get_by_label("Birth date"): _us_date(claim["patient_dob"]),
            page.get_by_label("Member ID"): claim["member_id"],
            page.get_by_label("Patient name"): claim["patient_name"],
        },
    )
    await _continue(page, "Provider and place of service")


async def _fill_provider(page: Page, claim: Claim) -> None:
    place = page.get_by_label("Place of service")
    await place.select_option(claim["place_of_service"])
    await _settle(page)
    if await place.input_value() != claim["place_of_service"]:
        raise NotHeldError("Place of service")
    await _choose(page, "Rendering provider", claim["provider_npi"])
    await _continue(page, "Diagnoses and services")


async def _fill_services(page: Page, claim: Claim) -> None:
    fields: dict[Locator, str] = {
        page.get_by_label("Total charge"): str(claim["total_charge"]),
        page.get_by_label("Prior authorization number"): claim["prior_auth"] or "",
    }
    for number, line in enumerate(claim["lines"], start=1):
        if number > 1:
            await _button(page, "Add line").click()
        row = page.get_by_role("group", name=f"Line {number}", exact=True)
        fields |= {
            row.get_by_label("Service date"): line["service_date"].isoformat(),
            row.get_by_label("Code"): line["code"],
            row.get_by_label("Modifier"): line["modifier"] or "",
            row.get_by_label("Units"): str(line["units"]),
            row.get_by_label("Charge"): str(line["charge"]),
        }
    await _fill(page, fields)
    for code in claim["diagnosis_codes"]:
        await _choose(page, "Add diagnosis", code)
    chosen = page.get_by_role("list", name="Diagnoses").get_by_role("listitem")
    codes = [text.split()[0] for text in await chosen.all_inner_texts()]
    if codes != claim["diagnosis_codes"]:
        raise NotHeldError("Diagnoses")
    await _continue(page, "Attachments")


async def _attach(page: Page, claim: Claim) -> None:
    if claim["attachments"]:
        await page.get_by_label("Choose files").set_input_files(claim["attachments"])
        await _settle(page)
        await _button(page, "Upload").click()
        await page.get_by_role("table", name="Uploaded documents").wait_for()
    await _continue(page, "Review and submit")


async def _check_review(page: Page, claim: Claim) -> None:
    count = await page.get_by_label("Number of lines").inner_text()
    total = await page.get_by_label("Total charge").inner_text()
    if int(count) != len(claim["lines"]) or _amount(total) != claim["total_charge"]:
        raise NotHeldError("Review")


async def _check_record(page: Page, claim: Claim) -> None:
    await page.get_by_role("link", name="View claim").click()
    lines = page.get_by_role("table", name="Service lines")
    await lines.wait_for()
    held: dict[str, str] = {}
    for name in ("Claim and patient", "Provider and services"):
        rows: Sequence[Sequence[str]] = await page.get_by_role("table", name=name).evaluate(_CELLS)
        held |= {row[0]: row[1] for row in rows}
    charges = [_amount(row[-1]) for row in (await lines.evaluate(_CELLS))[1:]]
    total = _amount(await page.get_by_label("Total charge").inner_text())
    wanted = {
        "Claim number": claim["claim_number"],
        "Member ID": claim["member_id"],
        "Patient name": claim["patient_name"],
        "Birth date": _us_date(claim["patient_dob"]),
        "Rendering provider": claim["provider_npi"],
        "Diagnoses": ", ".join(claim["diagnosis_codes"]),
    }
    right = {name: held[name] for name in wanted} == wanted
    if not right or charges != [line["charge"] for line in claim["lines"]]:
        raise NotHeldError("Record")
    if total != claim["total_charge"]:
        raise NotHeldError("Total charge")


async def _fill(page: Page, fields: Mapping[Locator, str]) -> None:
    for field, value in fields.items():
        await field.fill(value)
    await _settle(page)
    held = await asyncio.gather(*(field.input_value() for field in fields))
    if held != list(fields.values()):
        raise NotHeldError("a field")


async def _settle(page: Page) -> None:
    await page.evaluate(_SETTLED, _QUIET)


async def _choose(page: Page, label: str, value: str) -> None:
    await page.get_by_role("combobox", name=label).fill(value)
    await page.get_by_role("option", name=re.compile(f"^{re.escape(value)}\\b")).click()


async def _continue(page: Page, heading: str) -> None:
    await _button(page, "Continue").click()
    expected = page.get_by_role("heading", level=1, name=heading, exact=True)
    alert = page.get_by_role("alert")
    await expected.or_(alert).first.wait_for()
    if await alert.is_visible():
        raise NotHeldError(heading)


def _button(page: Page, name: str) -> Locator:
    return page.get_by_role("button", name=name, exact=True)


def _us_date(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _amount(text: str) -> Decimal:
    return Decimal(text.strip().removeprefix("$").replace(",", ""))
