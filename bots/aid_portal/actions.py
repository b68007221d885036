"""The verbs of the aid portal: read a student's file, mark it verified, correct it, add to it."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal, TypeVar

from playwright.async_api import Locator

from deskhand import (
    BusinessException,
    Cause,
    CauseKind,
    Dialog,
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
from .records import (  # noqa: TID252
    Correction,
    Document,
    Isir,
    Transcript,
    Verification,
    amount,
    isir_of,
    transcript_of,
)

DocumentKind = Literal[
    "Verification worksheet", "Tax return transcript", "Identity document", "Other"
]
View = TypeVar("View", bound=pages.View)


def _stop(code: str) -> Cause:
    return Cause(kind=CauseKind.STOP, code=code, message="the portal wants a person to look at it")


class AidPortal(PortalBot):
    """The partner portal of the office that gives out federal student aid."""

    date_format = "%d-%b-%Y"
    timezone = "America/Chicago"
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
    )
    dialogs = (Dialog(says="Your session will end"), Dialog(says="Report this transaction"))
    concealed = (pages.tables_of_people,)

    async def logged_in(self) -> bool:
        """Whether neither the page nor the record's frame shows a sign-in page."""
        for shown in pages.sign_in_headings(self.page):
            if await shown.is_visible():
                return False
        return True

    async def log_in(self, login: Login) -> None:
        """Sign in with password and one-time code; it ends every other session of the user."""
        sign_in, home = await self.open(pages.SignIn), pages.Home(self.page)
        await self.fill_form(
            {sign_in.user: login.user, sign_in.password: login.password}, then=sign_in.go
        )
        challenge = pages.Challenge(self.page)
        await self._signed_in_to(challenge.code, sign_in.alert)
        code = await self.one_time_code(login)
        await self.fill_form({challenge.code: code}, then=challenge.go)
        await self._signed_in_to(home.heading, sign_in.alert)

    @action.read
    async def read_isir(self, student_id: Sealed[str], award_year: str) -> Isir | NotThere | Unsure:
        """Read the newest transaction of a student's record: the one with the highest number."""
        record = await self._record(student_id, award_year)
        if record is None:
            return NotThere()
        view = pages.IsirView(await record.inside())
        await self.first_of(view.ready)
        await self.first_of(view.agi)
        if await view.pending.is_visible():
            return Unsure("a correction is being processed: a new transaction will follow")
        newest = max(int(row[0]) for row in await view.rows("Transactions"))
        if not await view.showing(newest).is_visible():
            await view.transaction(newest).click()
            await self.first_of(view.showing(newest))
            await self.first_of(view.ready)
        return isir_of(await view.values())

    @action.read
    async def read_transcript(
        self, student_id: Sealed[str], award_year: str
    ) -> Transcript | NotThere:
        """Read what the tax office says of the year that the award rests on."""
        view = await self._view(pages.TranscriptView, student_id, award_year)
        if await self.first_of(view.wages, view.none) is view.none:
            return NotThere()
        await self.first_of(view.agi)
        return transcript_of(await view.values())

    @action.read
    async def find_verification(
        self, student_id: Sealed[str], award_year: str, transaction: int
    ) -> Verification | NotThere:
        """Find whether a transaction is marked as verified."""
        view = await self._view(pages.VerificationView, student_id, award_year)
        for number, _, reference in await view.rows("Verification of transactions"):
            if int(number) == transaction and reference:
                return Verification(confirmation=reference)
        return NotThere()

    @action.write(
        proof=find_verification, every=timedelta(minutes=5), patience=timedelta(minutes=45)
    )
    async def mark_verified(
        self, student_id: Sealed[str], award_year: str, transaction: int
    ) -> Verification | Refused | Unsure:
        """Report a transaction as verified: the one click that may happen only once."""
        view = await self._view(pages.VerificationView, student_id, award_year)
        await self._pick(transaction, view)
        await self.commit(view.mark)
        taken = pages.ConfirmationView(view.frame)
        shown = await self.first_of(taken.number, taken.later, view.alert)
        if shown is taken.number:
            return Verification(confirmation=(await shown.inner_text()).strip())
        return await self._not_taken(shown, view, may_be_ours="ALREADY_VERIFIED")

    @action.read
    async def find_correction(
        self, student_id: Sealed[str], award_year: str, transaction: int
    ) -> Correction | NotThere:
        """Find the correction that was made against a transaction."""
        view = await self._view(pages.CorrectionView, student_id, award_year)
        made = [row for row in await view.rows("Corrections") if int(row[1]) == transaction]
        if not made:
            return NotThere()
        if len(made) > 1:
            text = f"the portal has {len(made)} corrections of one transaction"
            raise BusinessException("SEVERAL_CORRECTIONS", text)
        reference, _, _, value, _ = made[0]
        return Correction(confirmation=reference, agi=Sealed(amount(value)))

    @action.write(proof=find_correction, every=timedelta(minutes=5), patience=timedelta(minutes=45))
    async def submit_correction(
        self, student_id: Sealed[str], award_year: str, transaction: int, agi: Sealed[Decimal]
    ) -> Correction | Refused | Unsure:
        """Correct the income of a transaction, once; give back what the portal holds of it."""
        view = await self._view(pages.CorrectionView, student_id, award_year)
        await self._pick(transaction, view)
        await self.fill_form({view.agi: agi})
        await self.commit(view.submit)
        taken = pages.ConfirmationView(view.frame)
        shown = await self.first_of(taken.number, taken.later, view.alert)
        if shown is taken.number:
            held = (await taken.values())["Adjusted gross income"]
            reference = (await shown.inner_text()).strip()
            return Correction(confirmation=reference, agi=Sealed(amount(held)))
        return await self._not_taken(shown, view, may_be_ours="CORRECTION_PENDING")

    @action.read
    async def find_document(
        self, student_id: Sealed[str], award_year: str, document: str
    ) -> Document | NotThere:
        """Find a document on file, by its file's name."""
        view = await self._view(pages.DocumentsView, student_id, award_year)
        for reference, _, name in await view.rows("Documents on file"):
            if name == Path(document).name:
                return Document(confirmation=reference)
        return NotThere()

    @action.write(proof=find_document, every=timedelta(minutes=5), patience=timedelta(minutes=45))
    async def attach_document(
        self, student_id: Sealed[str], award_year: str, document: str, kind: DocumentKind
    ) -> Document | Refused | Unsure:
        """Put a document on file, once."""
        view = await self._view(pages.DocumentsView, student_id, award_year)
        name = Path(document).name
        if await view.document(name).is_visible():
            raise BusinessException("NAME_TAKEN", "a document of this name is on file already")
        await self.fill_form({view.kind: kind, view.file: Path(document)})
        await self.commit(view.upload)
        if await self.first_of(view.document(name), view.alert) is view.alert:
            return Refused(*pages.problem(await view.alert.inner_text()))
        rows = await view.rows("Documents on file")
        reference = next(row[0] for row in rows if row[2] == name)
        return Document(confirmation=reference)

    async def _record(self, student_id: Sealed[str], award_year: str) -> pages.Record | None:
        """Open a student's record, by way of the search: None when there is none."""
        search = await self.open(pages.Search)
        if not await search.has_year(award_year):
            return None
        await self.fill_form(
            {search.beginning: student_id, search.award_year: award_year}, then=search.find
        )
        link, number = search.record(student_id.reveal()), 1
        if await self.first_of(search.results(number), search.none) is search.none:
            return None
        while not await link.is_visible():
            if not await search.next.is_visible():
                return None
            number += 1
            await search.next.click()
            await self.first_of(search.results(number))
        await link.click()
        record = pages.Record(self.page)
        await self.first_of(record.heading(student_id.reveal()))
        return record

    async def _view(self, view: type[View], student_id: Sealed[str], award_year: str) -> View:
        record = await self._record(student_id, award_year)
        if record is None:
            raise BusinessException("STUDENT_NOT_FOUND", "the portal has no such student")
        shown = view(await record.inside())
        await record.tab(view.tab).click()
        await self.first_of(shown.ready)
        return shown

    async def _pick(self, transaction: int, view: pages.ActView) -> None:
        if not await view.has(transaction):
            text = f"the portal does not offer transaction {transaction:02}"
            raise BusinessException("TRANSACTION_UNKNOWN", text)
        await self.fill_form({view.transaction: f"{transaction:02}"})

    async def _not_taken(
        self, shown: Locator, view: pages.View, *, may_be_ours: str
    ) -> Refused | Unsure:
        """What an answer without a number means; `may_be_ours` says that it was done before."""
        if shown is not view.alert:
            return Unsure("the portal took it but has not numbered it yet")
        code, text = pages.problem(await shown.inner_text())
        if code == may_be_ours:
            return Unsure("it was done before, and the portal does not say by whom")
        return Refused(code, text)

    async def _signed_in_to(self, expected: Locator, alert: Locator) -> None:
        if await self.first_of(expected, alert) is alert:
            code, text = pages.problem(await alert.inner_text())
            raise StopException("LOCKED" if code == "ACCOUNT_LOCKED" else code, text)
