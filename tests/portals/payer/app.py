"""The portal as an ASGI application, with its faults before it and the oracle beside it."""

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send

from deskhand.testing import FaultInjector, FaultPlan, Hit, Places
from tests.portals.payer import claims, lookups, sign_in, wizard
from tests.portals.payer.accounts import Stage
from tests.portals.payer.portal import Portal
from tests.portals.payer.web import COOKIE, STATIC, show, signed_in

_FOR_EVER = "public, max-age=31536000, immutable"


def create_app(portal: Portal, plan: FaultPlan) -> Starlette:
    """Build the application; `/practice` and `/static` lie outside the faults."""
    pages = Starlette(routes=_PAGES, exception_handlers={404: _not_found})
    pages.state.portal = portal

    async def ledger(_request: Request) -> Response:
        return JSONResponse(portal.ledger.rows())

    async def faults(_request: Request) -> Response:
        return JSONResponse(plan.report())

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "today": portal.today.isoformat()})

    return Starlette(
        routes=[
            Route("/practice/ledger", ledger),
            Route("/practice/faults", faults),
            Route("/practice/health", health),
            Mount("/static", _Cached(StaticFiles(directory=STATIC))),
            Mount("/", FaultInjector(pages, plan, places=PLACES)),
        ]
    )


def claim_number_of(hit: Hit) -> str:
    """Name the claim that a request is about, as far as the request shows it."""
    typed = hit.form.get("claim_number") or hit.query.get("claim_number", "")
    if typed:
        return typed.strip()
    parts = hit.path.split("/")
    return parts[3].partition(".")[0] if parts[1:3] == ["claims", "new"] and parts[3:] else ""


PLACES = Places(
    form="GET /claims/new*",
    post="POST /claims/new*",
    commit="POST /claims/new/*/submit",
    login="POST /login",
    upload="POST /claims/new/*/files",
    session_cookie=COOKIE,
    subject=claim_number_of,
    other_words={
        "Member ID": "Subscriber number",
        "Submit claim": "Send to payer",
        "Rendering provider": "Treating practitioner",
        "Total charge": "Amount billed",
    },
)

_PAGES = [
    Route("/", signed_in(claims.dashboard)),
    Route("/login", sign_in.login_page, methods=["GET"]),
    Route("/login", sign_in.log_in, methods=["POST"]),
    Route("/login/code", sign_in.code_page, methods=["GET"]),
    Route("/login/code", sign_in.check_code, methods=["POST"]),
    Route("/select", signed_in(sign_in.select_page, stage=Stage.PICK), methods=["GET"]),
    Route("/select", signed_in(sign_in.select, stage=Stage.PICK), methods=["POST"]),
    Route("/logout", signed_in(sign_in.log_out), methods=["POST"]),
    Route("/lookup/providers", lookups.providers),
    Route("/lookup/diagnoses", lookups.diagnoses),
    Route("/claims", signed_in(claims.search)),
    Route("/claims/new", signed_in(wizard.new_page), methods=["GET"]),
    Route("/claims/new", signed_in(wizard.create), methods=["POST"]),
    Route("/claims/new/{draft}/files", signed_in(wizard.upload), methods=["POST"]),
    Route("/claims/new/{draft}/submit", signed_in(wizard.submit), methods=["POST"]),
    Route("/claims/new/{draft}/confirmation", signed_in(wizard.confirmation_page)),
    Route("/claims/new/{draft}/{step}", signed_in(wizard.step_page), methods=["GET"]),
    Route("/claims/new/{draft}/{step}", signed_in(wizard.take_step), methods=["POST"]),
    Route("/claims/{confirmation}", signed_in(claims.detail)),
]


async def _not_found(request: Request, _error: Exception) -> Response:
    return show(request, "not_found.html", status=404)


class _Cached:
    """Static files whose addresses carry a fingerprint: the browser may keep them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def cached(message: dict[str, object]) -> None:
            if message["type"] == "http.response.start":
                headers = message["headers"]
                assert isinstance(headers, list)
                headers.append((b"cache-control", _FOR_EVER.encode()))
            await send(message)

        await self._app(scope, receive, cached)  # type: ignore[arg-type]
