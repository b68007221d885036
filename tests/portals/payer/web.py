"""What all pages share: the portal behind a request, who is signed in, templates."""

import hashlib
from collections.abc import Awaitable, Callable
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, cast
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from deskhand.testing import AppFaults
from tests.portals.payer.accounts import Session, Stage
from tests.portals.payer.portal import Portal

COOKIE = "session"
STATIC = Path(__file__).parent / "static"
_TEMPLATES = Path(__file__).parent / "templates"

Page = Callable[[Request], Awaitable[Response]]
SignedInPage = Callable[[Request, Session], Awaitable[Response]]


def portal_of(request: Request) -> Portal:
    """Give the portal that the request came to."""
    return cast("Portal", request.app.state.portal)


def faults_of(request: Request) -> AppFaults:
    """Give the faults that the portal itself has to act out."""
    return cast("AppFaults", request.scope["deskhand.faults"])


def session_of(request: Request) -> Session | None:
    """Give the live login session of the request's cookie."""
    portal = portal_of(request)
    return portal.accounts.session(request.cookies.get(COOKIE, ""), portal.now())


def signed_in(page: SignedInPage, *, stage: Stage = Stage.READY) -> Page:
    """Let only complete sign-ins through to the page, and only posts with the session's token."""

    async def guarded(request: Request) -> Response:
        session = session_of(request)
        if session is None:
            return _to_login(request)
        if session.stage is not stage and stage is not Stage.PICK:
            return _to_next_stage(session, request)
        if request.method == "POST":
            form = await request.form()
            if form.get("csrf") != session.csrf:
                return refused_token(request)
        return await page(request, session)

    return guarded


def refused_token(request: Request) -> Response:
    """Answer a post that does not carry the session's token."""
    return show(request, "refused_token.html", status=403)


def go(path: str) -> Response:
    """Send the browser to another page."""
    return RedirectResponse(path, status_code=303)


def show(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page."""
    session = session_of(request)
    html = _ENVIRONMENT.get_template(template).render(
        session=session, faults=faults_of(request), path=request.url.path, **context
    )
    return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})


def _to_login(request: Request) -> Response:
    portal = portal_of(request)
    token = request.cookies.get(COOKIE, "")
    reason = "elsewhere" if portal.accounts.ended_elsewhere(token) else "expired" if token else ""
    path = request.url.path if request.method == "GET" else "/"
    query = [f"next={quote(path)}"] if path != "/" else []
    query += [f"reason={reason}"] if reason else []
    response = go("/login" + ("?" + "&".join(query) if query else ""))
    response.delete_cookie(COOKIE)
    return response


def _to_next_stage(session: Session, request: Request) -> Response:
    place = {Stage.CODE: "/login/code", Stage.PICK: "/select", Stage.READY: "/"}[session.stage]
    wanted = request.query_params.get("next", "")
    return go(f"{place}?next={quote(wanted)}" if wanted else place)


def own_path(wanted: str) -> str:
    """Give the page to go on to after sign-in: only ever a path of this portal."""
    return wanted if wanted.startswith("/") and not wanted.startswith(("//", "/\\")) else "/"


def _us_date(day: date) -> str:
    return f"{day:%m/%d/%Y}"


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}"


def _fingerprint(name: str) -> str:
    return hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"us_date": _us_date, "dollars": _dollars}
    environment.globals["static"] = {
        name: f"/static/{name}?v={_fingerprint(name)}" for name in ("portal.css", "portal.js")
    }
    return environment


_ENVIRONMENT = _environment()
