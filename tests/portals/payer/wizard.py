"""Entering a claim, page by page, and submitting it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from starlette.datastructures import FormData, UploadFile
from starlette.requests import Request
from starlette.responses import Response

from tests.portals.payer.accounts import Draft, Session
from tests.portals.payer.form import PATIENT, PROVIDER, SERVICES, Part, Problem, claim_of
from tests.portals.payer.ledger import Attachment
from tests.portals.payer.lookups import provider_text
from tests.portals.payer.portal import PossibleDuplicate
from tests.portals.payer.rules import MOST_DIAGNOSES, MOST_LINES, PLACES_OF_SERVICE, Refusal
from tests.portals.payer.web import faults_of, go, portal_of, show
from tests.portals.payer.world import Claim

_MOST_ATTACHMENTS = 10
_LARGEST_ATTACHMENT = 5 * 1024 * 1024
_TAKEN_SUFFIXES = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff", ".txt"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One page of the wizard."""

    name: str
    title: str
    parts: Sequence[Part] = ()


_CLAIM = Step(name="claim", title="Claim and patient", parts=(PATIENT,))
_PROVIDER = Step(name="provider", title="Provider and place of service", parts=(PROVIDER,))
_SERVICES = Step(name="services", title="Diagnoses and services", parts=(SERVICES,))
_ATTACHMENTS = Step(name="attachments", title="Attachments")
_REVIEW = Step(name="review", title="Review and submit")
_MERGED = Step(name="claim", title="Claim, patient and provider", parts=(PATIENT, PROVIDER))
STEPS = {
    "A": (_CLAIM, _PROVIDER, _SERVICES, _ATTACHMENTS, _REVIEW),
    "B": (_MERGED, _SERVICES, _ATTACHMENTS, _REVIEW),
}
_SUBMITTED_BEFORE = Refusal(
    code="ALREADY_SUBMITTED",
    text="This claim was submitted before. Look it up under Claim search.",
)


async def new_page(request: Request, session: Session) -> Response:
    """Show the first page, empty."""
    return _form_page(request, session, STEPS[session.layout][0], typed={})


async def create(request: Request, session: Session) -> Response:
    """Take the first page in and begin a draft."""
    step = STEPS[session.layout][0]
    typed = _typed(step, await request.form())
    problems = _problems(request, step, typed)
    if problems:
        return _form_page(request, session, step, typed=typed, problems=problems)
    draft = portal_of(request).accounts.open_draft(session, typed)
    return go(_address(draft, STEPS[draft.layout][1]))


async def step_page(request: Request, session: Session) -> Response:
    """Show a page of a draft; send the browser to the first one that is not complete."""
    draft = _draft(request, session)
    step = _step(request, draft)
    if draft is None or step is None:
        return show(request, "not_found.html", status=404)
    open_step = _first_open(request, draft, before=step)
    if open_step is not None:
        return go(_address(draft, open_step))
    if step is _REVIEW:
        return _review_page(request, session, draft)
    return _form_page(request, session, step, typed=draft.typed, draft=draft)


async def take_step(request: Request, session: Session) -> Response:
    """Take a page in and go on to the next, or show its mistakes."""
    draft = _draft(request, session)
    step = _step(request, draft)
    if draft is None or step is None or step is _REVIEW:
        return show(request, "not_found.html", status=404)
    draft.typed |= _typed(step, await request.form())
    problems = _problems(request, step, draft.typed)
    if problems:
        return _form_page(request, session, step, typed=draft.typed, draft=draft, problems=problems)
    steps = STEPS[draft.layout]
    return go(_address(draft, steps[steps.index(step) + 1]))


async def upload(request: Request, session: Session) -> Response:
    """Take attachments in; all of them or none."""
    draft = _draft(request, session)
    if draft is None:
        return show(request, "not_found.html", status=404)
    form = await request.form()
    files = [file for file in form.getlist("files") if isinstance(file, UploadFile)]
    arrived = [await _attachment(file) for file in files if file.filename]
    problems = _attachment_problems(draft, arrived)
    if problems:
        return _form_page(
            request, session, _ATTACHMENTS, typed=draft.typed, draft=draft, problems=problems
        )
    draft.attachments += arrived
    return go(_address(draft, _ATTACHMENTS))


async def submit(request: Request, session: Session) -> Response:
    """Submit the claim: once for each draft, if the payer's rules allow it."""
    draft = _draft(request, session)
    if draft is None:
        return show(request, "not_found.html", status=404)
    if _first_open(request, draft, before=_REVIEW) is not None:
        return go(_address(draft, _REVIEW))
    return _committed(request, session, draft, await request.form())


def _committed(request: Request, session: Session, draft: Draft, form: FormData) -> Response:
    portal, claim, faults = portal_of(request), _claim(draft, session), faults_of(request)
    unguarded = faults.strike("double-submit", claim.claim_number)
    if not unguarded and (draft.confirmation or form.get("submit_token") != draft.submit_token):
        return _review_page(request, session, draft, refusal=_SUBMITTED_BEFORE)
    refusal = portal.refusal(claim, session, one_submission=not unguarded)
    if refusal is not None:
        return _review_page(request, session, draft, refusal=refusal)
    if form.get("accept_duplicate") != "yes" and not draft.confirmation:
        same = portal.possible_duplicate(claim, session, faults)
        if same is not None:
            return _review_page(request, session, draft, same=same)
    portal.take(claim, draft, session, faults)
    return go(f"/claims/new/{draft.id}/confirmation")


async def confirmation_page(request: Request, session: Session) -> Response:
    """Show the confirmation number of a submitted draft."""
    draft = _draft(request, session)
    if draft is None or not draft.confirmation:
        return show(request, "not_found.html", status=404)
    faults, number = faults_of(request), draft.typed["claim_number"]
    shown: str | None = draft.confirmation
    if faults.strike("no-confirmation", number):
        shown = None
    elif faults.strike("odd-confirmation", number):
        shown = draft.confirmation.replace("-", "/").lower()
    return show(request, "confirmation.html", draft=draft, confirmation=shown)


def _draft(request: Request, session: Session) -> Draft | None:
    return portal_of(request).accounts.draft(session, request.path_params["draft"])


def _step(request: Request, draft: Draft | None) -> Step | None:
    steps = STEPS[draft.layout if draft else "A"]
    return next((step for step in steps if step.name == request.path_params["step"]), None)


def _address(draft: Draft, step: Step) -> str:
    return f"/claims/new/{draft.id}/{step.name}"


def _typed(step: Step, form: FormData) -> dict[str, Any]:
    return {name: value for part in step.parts for name, value in part.capture(form).items()}


def _problems(request: Request, step: Step, typed: dict[str, Any]) -> list[Problem]:
    today = portal_of(request).today
    return [problem for part in step.parts for problem in part.problems(typed, today)]


def _first_open(request: Request, draft: Draft, *, before: Step) -> Step | None:
    steps = STEPS[draft.layout]
    earlier = steps[: steps.index(before)]
    return next((step for step in earlier if _problems(request, step, draft.typed)), None)


def _claim(draft: Draft, session: Session) -> Claim:
    assert session.payer is not None
    names = [attachment.name for attachment in draft.attachments]
    return claim_of(draft.typed, payer_id=session.payer.id, attachments=names)


async def _attachment(file: UploadFile) -> Attachment:
    content = await file.read()
    name = PurePath(file.filename or "").name
    fingerprint = hashlib.sha256(content).hexdigest()
    return Attachment(name=name, size=len(content), sha256=fingerprint)


def _attachment_problems(draft: Draft, arrived: Sequence[Attachment]) -> list[Problem]:
    def refused(text: str) -> Problem:
        return Problem(code="ATTACHMENT_REFUSED", field="files", label="Attachments", text=text)

    problems = [
        refused(f"{file.name} has a type that is not accepted.")
        for file in arrived
        if PurePath(file.name).suffix.lower() not in _TAKEN_SUFFIXES
    ]
    problems += [
        refused(f"{file.name} is empty or larger than 5 MB.")
        for file in arrived
        if not 0 < file.size <= _LARGEST_ATTACHMENT
    ]
    if not arrived:
        problems.append(refused("need a file; choose one before you upload."))
    if len(draft.attachments) + len(arrived) > _MOST_ATTACHMENTS:
        problems.append(refused(f"are more than {_MOST_ATTACHMENTS}."))
    return problems


def _form_page(
    request: Request,
    session: Session,
    step: Step,
    *,
    typed: dict[str, Any],
    draft: Draft | None = None,
    problems: Sequence[Problem] = (),
) -> Response:
    steps = STEPS[draft.layout if draft else session.layout]
    return show(
        request,
        "step.html",
        step=step,
        steps=steps,
        draft=draft,
        typed=typed,
        problems=problems,
        wrong={problem.field for problem in problems},
        places=PLACES_OF_SERVICE,
        provider_text=typed.get("provider_text") or provider_text(typed.get("provider_npi", "")),
        most_diagnoses=MOST_DIAGNOSES,
        most_lines=MOST_LINES,
    )


def _review_page(
    request: Request,
    session: Session,
    draft: Draft,
    *,
    refusal: Refusal | None = None,
    same: PossibleDuplicate | None = None,
) -> Response:
    return show(
        request,
        "review.html",
        step=_REVIEW,
        steps=STEPS[draft.layout],
        draft=draft,
        claim=_claim(draft, session),
        attachments=draft.attachments,
        alert=refusal,
        same=same,
    )
