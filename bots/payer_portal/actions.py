"""The verbs of the payer portal: find, enter, submit and read back a professional claim."""

import asyncio
from datetime import timedelta
from pathlib import Path

from playwright.async_api import Locator

from deskhand import (
    BusinessException,
    Cause,
    CauseKind,
    Dialog,
    FieldValue,
    Interstitial,
    Login,
    NotThere,
    PortalBot,
    Refused,
    Sealed,
    Sign,
    StopException,
    SystemCode,
    Unsure,
    action,
)

# A bot's folder is loaded by its path: its package has no fixed name.
from . import pages  # noqa: TID252
from .records import Claim, HeldClaim, Receipt, Summary, amount, held_claim  # noqa: TID252

FRESH = timedelta(seconds=3)
"""Older than this, the search's index may not know yet what was submitted before it was asked."""

_PATIENCE_FOR_LOOKUP = timedelta(seconds=4)


def _stop(code: str) -> Cause:
    return Cause(kind=CauseKind.STOP, code=code, message="the portal wants a person to look at it")


class PayerPortal(PortalBot):
    """The provider portal of a health insurer."""

    signs = (
        Sign(when=pages.captcha, cause=_stop("CAPTCHA")),
        Sign(when=pages.account_locked, cause=_stop("LOCKED")),
        Sign(when=pages.password_expired, cause=_stop("PASSWORD_EXPIRED")),
        Sign(when=pages.new_terms, cause=_stop("NEW_TERMS")),
        Sign(
            when=pages.maintenance,
            cause=Cause(
                kind=CauseKind.SYSTEM,
                code=SystemCode.PORTAL_DOWN,
                message="the portal is closed for maintenance",
            ),
        ),
    )
    interstitials = (
        Interstitial(when=pages.cookie_banner, do=Locator.click),
        Interstitial(when=pages.toast, do=Locator.click),
        Interstitial(when=pages.calendar, do=pages.leave),
    )
    dialogs = (Dialog(says="Your session will end"),)

    async def logged_in(self) -> bool:
        """Whether the portal shows neither of its two sign-in pages."""
        sign_in, two_steps = pages.SignIn(self.page), pages.TwoSteps(self.page)
        return not await sign_in.heading.or_(two_steps.heading).is_visible()

    async def log_in(self, login: Login) -> None:
        """Sign in with password and one-time code; pick the organization, and some payer."""
        sign_in = await self.open(pages.SignIn)
        await self.fill_form(
            {sign_in.user: login.user, sign_in.password: login.password}, then=sign_in.go
        )
        two_steps = pages.TwoSteps(self.page)
        await self._signed_in_to(two_steps.heading, sign_in.alert)
        code = await self.one_time_code(login)
        await self.fill_form({two_steps.code: code}, then=two_steps.go)
        selection, dashboard = pages.Selection(self.page), pages.Dashboard(self.page)
        await self._signed_in_to(selection.organization, sign_in.alert)
        await selection.pick_organization()
        await selection.pick_any_payer()
        await selection.go.click()
        await self._signed_in_to(dashboard.heading, sign_in.alert)

    @action.read
    async def find_claim(
        self, claim_number: str, member_id: Sealed[str]
    ) -> Receipt | NotThere | Unsure:
        """Find a claim on file, by its own number and its member's."""
        search = await self._search(claim_number, member_id)
        if search is None:
            return NotThere()
        if isinstance(search, Unsure):
            return search
        return Receipt(confirmation=(await self._only_row(search))[1])

    @action.fill
    async def fill_claim(self, claim: Claim) -> None:
        """Enter a claim, page by page, up to the review; nothing is submitted."""
        await self._pick_payer(claim.payer_id)
        await self._fill_patient_and_provider(claim)
        await self._fill_services(claim)
        await self._attach(claim.attachments)

    @action.read
    async def read_review(self) -> Summary:
        """Read what the review page says will be submitted."""
        review = pages.Review(self.page)
        count, total = await asyncio.gather(
            review.line_count.inner_text(), review.total_charge.inner_text()
        )
        return Summary(line_count=int(count), total=amount(total))

    @action.write(proof=find_claim, every=timedelta(minutes=5), patience=timedelta(minutes=45))
    async def submit_claim(self) -> Receipt | Refused | Unsure:
        """Submit the claim that the review page shows: the one click that may happen only once."""
        review, taken = pages.Review(self.page), pages.Confirmation(self.page)
        await self.commit(review.submit)
        shown = await self.first_of(taken.number, taken.later, review.alert, review.duplicate)
        if shown is taken.number:
            return Receipt(confirmation=(await taken.number.inner_text()).strip())
        if shown is taken.later:
            return Unsure("the portal took the claim but has not numbered it yet")
        code, text = pages.problem(await shown.inner_text())
        if code == "ALREADY_SUBMITTED":
            return Unsure("the portal says that this draft was submitted before")
        return Refused(code, text)

    @action.read
    async def read_claim(
        self, claim_number: str, member_id: Sealed[str], attachments: list[str]
    ) -> HeldClaim | NotThere | Unsure:
        """Read a claim on file, field by field; `attachments` are the item's, told by name."""
        taken = pages.Confirmation(self.page)
        if await taken.received(claim_number).is_visible() and await taken.view.is_visible():
            await taken.view.click()
        else:
            search = await self._search(claim_number, member_id)
            if not isinstance(search, pages.Search):
                return search or NotThere()
            await search.claim_link(claim_number).click()
        record = pages.Record(self.page)
        await self.first_of(record.lines)
        return await held_claim(record, ours=attachments)

    async def _search(
        self, claim_number: str, member_id: Sealed[str]
    ) -> pages.Search | Unsure | None:
        search = await self.open(pages.Search)
        await self.fill_form({search.claim: claim_number, search.member: member_id}, then=search.go)
        if await self.first_of(search.found, search.empty) is search.found:
            return search
        if await search.index_age() > FRESH.total_seconds():
            return Unsure("the search's index is behind")
        return None

    async def _only_row(self, search: pages.Search) -> list[str]:
        header, *rows = await search.rows()
        if len(rows) != 1 or len(rows[0]) != len(header):
            text = f"the portal has {len(rows)} claims of one number; only a person can tell why"
            raise BusinessException("SEVERAL_ON_FILE", text)
        return rows[0]

    async def _pick_payer(self, payer: str) -> None:
        selection = await self.open(pages.Selection)
        if not await selection.has_payer(payer):
            raise BusinessException("PAYER_UNKNOWN", f"the portal has no payer {payer}")
        await selection.pick_organization()
        await self.fill_form({selection.payer: payer}, then=selection.go)

    async def _fill_patient_and_provider(self, claim: Claim) -> None:
        first, second = pages.ClaimAndPatient(self.page), pages.Provider(self.page)
        shown = await self.first_of(first.heading, first.with_provider)
        fields: dict[Locator, FieldValue] = {
            first.claim_number: claim.claim_number,
            first.frequency: claim.frequency,
            first.original_ref: claim.original_ref,
            first.birth_date: claim.patient_dob,
            first.member_id: claim.member_id,
            first.patient_name: claim.patient_name,
        }
        await self.fill_form(fields, then=first.go_on if shown is first.heading else None)
        if shown is first.heading:
            await self._go_on(second.heading, first.alert)
        await self.fill_form({second.place: claim.place_of_service})
        await self._choose(second.provider, claim.provider_npi)
        if not await second.provider.holds(claim.provider_npi):
            await self._choose(second.provider, claim.provider_npi)
        await second.go_on.click()
        await self._go_on(pages.Services(self.page).heading, second.alert)

    async def _fill_services(self, claim: Claim) -> None:
        services = pages.Services(self.page)
        fields: dict[Locator, FieldValue] = {
            services.total_charge: claim.total_charge,
            services.prior_auth: claim.prior_auth,
        }
        for number, line in enumerate(claim.lines, start=1):
            if number > 1:
                await services.add_line.click()
            row = services.line(number)
            fields |= {
                row.service_date: line.service_date,
                row.code: line.code,
                row.modifier: line.modifier,
                row.units: line.units,
                row.charge: line.charge,
            }
        await self.fill_form(fields)
        for code in claim.diagnosis_codes:
            await self._choose(services.diagnosis, code)
        if await services.chosen_diagnoses() != claim.diagnosis_codes:
            raise BusinessException("DIAGNOSES_DIFFER", "the portal did not take every diagnosis")
        await services.go_on.click()
        await self._go_on(pages.Attachments(self.page).heading, services.alert)

    async def _attach(self, files: list[str]) -> None:
        attachments = pages.Attachments(self.page)
        if files:
            paths = [Path(file) for file in files]
            await self.fill_form({attachments.files: paths}, then=attachments.upload)
            for path in paths:
                await self._go_on(attachments.document(path.name), attachments.alert)
        await attachments.go_on.click()
        await self._go_on(pages.Review(self.page).heading, attachments.alert)

    async def _choose(self, choice: pages.Choice, value: str) -> None:
        option = choice.option(value)
        await choice.field.fill(value)
        if await self.first_of(option, choice.nothing, within=_PATIENCE_FOR_LOOKUP) is not option:
            raise BusinessException("NOT_OFFERED", f"the portal does not offer {value}")
        await option.click()

    async def _signed_in_to(self, expected: Locator, alert: Locator) -> None:
        if await self.first_of(expected, alert) is alert:
            code, text = pages.problem(await alert.inner_text())
            raise StopException("LOCKED" if code == "ACCOUNT_LOCKED" else code, text)

    async def _go_on(self, expected: Locator, alert: Locator) -> None:
        if await self.first_of(expected, alert) is alert:
            raise BusinessException(*pages.problem(await alert.inner_text()))
