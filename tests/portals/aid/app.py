"""The portal as an ASGI application, with its faults before it and the oracle beside it."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route

from deskhand.testing import FaultInjector, FaultPlan, Hit, Places
from tests.portals.aid import frames, sign_in, students
from tests.portals.aid.frames import in_frame
from tests.portals.aid.portal import Portal
from tests.portals.aid.web import COOKIE, go, show, signed_in

_BOTH = ["GET", "POST"]


def create_app(portal: Portal, plan: FaultPlan) -> Starlette:
    """Build the application; `/practice` lies outside the faults."""
    pages = Starlette(routes=_PAGES, exception_handlers={404: _not_found})
    pages.state.portal = portal

    async def ledger(_request: Request) -> Response:
        return JSONResponse(portal.ledger.rows())

    async def faults(_request: Request) -> Response:
        return JSONResponse(plan.report())

    return Starlette(
        routes=[
            Route("/practice/ledger", ledger),
            Route("/practice/faults", faults),
            Mount("/", FaultInjector(pages, plan, places=PLACES)),
        ]
    )


def student_of(hit: Hit) -> str:
    """Name the student that a request is about, as far as the request shows it."""
    return (hit.query.get("sid") or hit.form.get("beginning", "")).strip()


PLACES = Places(
    form="GET /Frame/*",
    post="POST /Frame/*",
    commit="POST /Frame/[VC]*",
    login="POST /SignIn.aspx",
    upload="POST /Frame/Documents.aspx",
    session_cookie=COOKIE,
    subject=student_of,
    other_words={
        "Adjusted gross income": "AGI (line 11)",
        "Mark verified": "Complete verification",
        "Submit correction": "Send correction",
        "Transactions": "Processing history",
    },
)


async def _start(_request: Request) -> Response:
    return go("/Default.aspx")


async def _not_found(request: Request, _error: Exception) -> Response:
    return show(request, "not_found.html", status=404)


_PAGES = [
    Route("/", _start),
    Route("/SignIn.aspx", sign_in.sign_in_page, methods=["GET"]),
    Route("/SignIn.aspx", sign_in.sign_in, methods=["POST"]),
    Route("/Challenge.aspx", sign_in.challenge_page, methods=["GET"]),
    Route("/Challenge.aspx", sign_in.challenge, methods=["POST"]),
    Route("/SignOut.aspx", signed_in(sign_in.sign_out), methods=["POST"]),
    Route("/Default.aspx", signed_in(students.home)),
    Route("/Students.aspx", signed_in(students.search), methods=_BOTH),
    Route("/Record.aspx", signed_in(students.record)),
    Route("/Frame/Isir.aspx", in_frame(frames.isir)),
    Route("/Frame/Transcript.aspx", in_frame(frames.transcript)),
    Route("/Frame/Worksheet.aspx", in_frame(frames.worksheet)),
    Route("/Frame/Documents.aspx", in_frame(frames.documents), methods=_BOTH),
    Route("/Frame/Verification.aspx", in_frame(frames.verification), methods=_BOTH),
    Route("/Frame/Correction.aspx", in_frame(frames.correction), methods=_BOTH),
    Route("/Frame/Confirmation.aspx", in_frame(frames.confirmation)),
]
