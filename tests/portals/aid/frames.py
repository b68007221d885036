"""The pages inside a record's frame: what is held of a student, and what may be done about it."""

import re
from collections.abc import Awaitable, Callable
from decimal import Decimal
from pathlib import PurePath

from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import Response

from tests.portals.aid.ledger import File
from tests.portals.aid.portal import Refusal
from tests.portals.aid.sessions import Session
from tests.portals.aid.web import Page, faults_of, go, portal_of, show, signed_in
from tests.portals.aid.world import Student

DOCUMENT_KINDS = ("Verification worksheet", "Tax return transcript", "Identity document", "Other")
_LARGEST_DOCUMENT = 5 * 1024 * 1024
_TAKEN_SUFFIXES = frozenset({".pdf", ".png", ".jpg", ".jpeg", ".tif", ".tiff"})
_AMOUNT = re.compile(r"\$?-?[0-9]{1,3}(,?[0-9]{3})*(\.[0-9]{2})?")

FramePage = Callable[[Request, Session, Student], Awaitable[Response]]


def in_frame(page: FramePage) -> Page:
    """Give the page the student whom the address names."""

    async def with_student(request: Request, session: Session) -> Response:
        query = request.query_params
        student = portal_of(request).student(query.get("sid", ""), query.get("year", ""))
        if student is None:
            return show(request, "not_found.html", status=404)
        return await page(request, session, student)

    return signed_in(with_student)


async def isir(request: Request, _session: Session, student: Student) -> Response:
    """Show one transaction, at first the one that stands first."""
    portal = portal_of(request)
    transactions = portal.transactions(student)
    shown = {each.transaction: each for each in transactions}.get(_transaction(request))
    one = shown or transactions[0]
    return show(
        request,
        "frames/isir.html",
        student=student,
        transactions=transactions,
        isir=one,
        pending=portal.pending(student),
        verified_as=portal.ledger.verification(_file(student, one.transaction)),
    )


async def transcript(request: Request, _session: Session, student: Student) -> Response:
    """Show what the tax office says."""
    return show(request, "frames/transcript.html", student=student)


async def worksheet(request: Request, _session: Session, student: Student) -> Response:
    """Show what the family signed."""
    return show(request, "frames/worksheet.html", student=student)


async def documents(request: Request, session: Session, student: Student) -> Response:
    """Show the documents on file, and take another one in."""
    portal = portal_of(request)
    alert = None
    if request.method == "POST":
        form = await request.form()
        file, kind = form.get("file"), str(form.get("kind", ""))
        content = await file.read() if isinstance(file, UploadFile) else b""
        name = PurePath(file.filename or "").name if isinstance(file, UploadFile) else ""
        alert = _document_refusal(name, kind, len(content))
        if alert is None:
            lost = faults_of(request).strike("upload-lost", student.student_id)
            if not lost:
                portal.ledger.attach(
                    _file(student, portal.newest(student)),
                    session.officer,
                    document=(name, kind, len(content)),
                    at=portal.now(),
                )
            return go(_address("Documents", student))
    held = portal.ledger.documents(student.student_id, student.award_year)
    return show(
        request,
        "frames/documents.html",
        student=student,
        documents=held,
        kinds=DOCUMENT_KINDS,
        alert=alert,
    )


async def verification(request: Request, session: Session, student: Student) -> Response:
    """Show whether the record is verified, and mark it."""
    portal, alert = portal_of(request), None
    if request.method == "POST":
        number = _transaction(request, form=await request.form())
        answer = portal.mark_verified(student, number, session.officer)
        if isinstance(answer, str):
            return go(_address("Confirmation", student, reference=answer))
        alert = answer
    rows = [
        (each.transaction, portal.ledger.verification(_file(student, each.transaction)))
        for each in portal.transactions(student)
    ]
    return show(request, "frames/verification.html", student=student, rows=rows, alert=alert)


async def correction(request: Request, session: Session, student: Student) -> Response:
    """Show the corrections made, and take another one in."""
    portal, alert = portal_of(request), None
    if request.method == "POST":
        form = await request.form()
        amount = _amount(str(form.get("agi", "")))
        if amount is None:
            alert = Refusal(code="INVALID_AMOUNT", text="Enter an amount in dollars and cents.")
        else:
            number = _transaction(request, form=form)
            answer = portal.correct(student, number, amount, session.officer, faults_of(request))
            if isinstance(answer, str):
                return go(_address("Confirmation", student, reference=answer))
            alert = answer
    return show(
        request,
        "frames/correction.html",
        student=student,
        transactions=portal.transactions(student),
        corrections=portal.ledger.corrections(student.student_id, student.award_year),
        now=portal.now(),
        alert=alert,
    )


async def confirmation(request: Request, _session: Session, student: Student) -> Response:
    """Show the reference number of what was just taken in."""
    reference = request.query_params.get("reference", "")
    made = portal_of(request).ledger.corrections(student.student_id, student.award_year)
    correction = next((each for each in made if each.reference == reference), None)
    shown: str | None = reference
    if faults_of(request).strike("no-confirmation", student.student_id):
        shown = None
    return show(
        request,
        "frames/confirmation.html",
        student=student,
        reference=shown,
        correction=correction,
    )


def _transaction(request: Request, *, form: object = None) -> int:
    given = form.get("trn") if hasattr(form, "get") else request.query_params.get("trn", "")
    return int(given) if isinstance(given, str) and given.isdecimal() else 0


def _file(student: Student, transaction: int) -> File:
    return File(
        student_id=student.student_id, award_year=student.award_year, transaction=transaction
    )


def _address(page: str, student: Student, *, reference: str = "") -> str:
    address = f"/Frame/{page}.aspx?sid={student.student_id}&year={student.award_year}"
    return f"{address}&reference={reference}" if reference else address


def _amount(text: str) -> Decimal | None:
    text = text.strip()
    if not _AMOUNT.fullmatch(text):
        return None
    return Decimal(text.replace("$", "").replace(",", ""))


def _document_refusal(name: str, kind: str, size: int) -> Refusal | None:
    if not name or kind not in DOCUMENT_KINDS:
        return Refusal(code="MISSING", text="Choose a document type and a file.")
    if PurePath(name).suffix.lower() not in _TAKEN_SUFFIXES:
        return Refusal(code="DOCUMENT_REFUSED", text=f"{name} has a type that is not accepted.")
    if not 0 < size <= _LARGEST_DOCUMENT:
        return Refusal(code="DOCUMENT_REFUSED", text=f"{name} is empty or larger than 5 MB.")
    return None
