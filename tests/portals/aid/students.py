"""Finding students, and the shell around a student's record."""

from starlette.requests import Request
from starlette.responses import Response

from tests.portals.aid.sessions import Session
from tests.portals.aid.web import faults_of, portal_of, show

_USUAL_PAGE = 8
_SHORT_PAGE = 3
_FRAMES = {
    "Isir": "ISIR",
    "Transcript": "Tax transcript",
    "Worksheet": "Worksheet",
    "Documents": "Documents",
    "Verification": "Verification",
    "Correction": "Correction",
}


async def home(request: Request, _session: Session) -> Response:
    """Greet."""
    return show(request, "home.html")


async def search(request: Request, _session: Session) -> Response:
    """Search by the beginning of an id or a last name; pages are turned on the server."""
    portal, form = portal_of(request), await request.form()
    beginning = str(form.get("beginning", "")).strip()
    award_year = str(form.get("award_year", ""))
    found = list(portal.search(beginning, award_year)) if beginning else []
    size = _USUAL_PAGE
    if found and faults_of(request).strike("pagination", beginning):
        found, size = found[::-1], _SHORT_PAGE
    pages = max(1, -(-len(found) // size))
    number = min(_page(str(form.get("__EVENTARGUMENT", ""))), pages)
    return show(
        request,
        "students.html",
        beginning=beginning,
        award_year=award_year,
        years=portal.years,
        found=found[(number - 1) * size : number * size],
        total=len(found),
        number=number,
        pages=pages,
    )


async def record(request: Request, _session: Session) -> Response:
    """Show the frame in which a student's record is looked at, with the first of its pages."""
    query = request.query_params
    student = portal_of(request).student(query.get("sid", ""), query.get("year", ""))
    if student is None:
        return show(request, "not_found.html", status=404)
    return show(request, "record.html", student=student, frames=_FRAMES)


def _page(argument: str) -> int:
    number = argument.removeprefix("Page$")
    return max(1, int(number)) if number.isdecimal() else 1
