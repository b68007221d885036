"""What all pages share: the portal behind a request, who is signed in, templates, fresh ids."""

import secrets
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
from tests.portals.aid.portal import Portal
from tests.portals.aid.sessions import Session

COOKIE = "AidSession"
_TEMPLATES = Path(__file__).parent / "templates"

Page = Callable[[Request], Awaitable[Response]]
SignedInPage = Callable[[Request, Session], Awaitable[Response]]


class FreshIds:
    """Element ids that are made anew at each render; a name has one id within a page."""

    def __init__(self) -> None:
        self._ids: dict[str, str] = {}

    def __call__(self, name: str) -> str:
        made = f"ctl00_m{secrets.token_hex(3)}_{name}"
        return self._ids.setdefault(name, made)


def portal_of(request: Request) -> Portal:
    """Give the portal that the request came to."""
    return cast("Portal", request.app.state.portal)


def faults_of(request: Request) -> AppFaults:
    """Give the faults that the portal itself has to act out."""
    return cast("AppFaults", request.scope["deskhand.faults"])


def session_of(request: Request) -> Session | None:
    """Give the live login session of the request's cookie."""
    portal = portal_of(request)
    return portal.sessions.of(request.cookies.get(COOKIE, ""), portal.now())


def signed_in(page: SignedInPage) -> Page:
    """Let only complete sign-ins through to the page, and only posts with the session's state."""

    async def guarded(request: Request) -> Response:
        session = session_of(request)
        if session is None:
            return _to_sign_in(request)
        if not session.confirmed:
            return go("/Challenge.aspx")
        if request.method == "POST":
            form = await request.form()
            if form.get("__VIEWSTATE") != session.view_state:
                return show(request, "stale.html", status=403)
        return await page(request, session)

    return guarded


def go(path: str) -> Response:
    """Send the browser to another page."""
    return RedirectResponse(path, status_code=303)


def show(request: Request, template: str, *, status: int = 200, **context: Any) -> Response:
    """Render a page."""
    html = _ENVIRONMENT.get_template(template).render(
        session=session_of(request), id=FreshIds(), **context
    )
    return HTMLResponse(html, status_code=status, headers={"cache-control": "no-store"})


def _to_sign_in(request: Request) -> Response:
    portal = portal_of(request)
    token = request.cookies.get(COOKIE, "")
    elsewhere = portal.sessions.ended_elsewhere(token)
    reason = "elsewhere" if elsewhere else "expired" if token else ""
    path = request.url.path if request.method == "GET" else "/Default.aspx"
    query = f"?ReturnUrl={quote(path)}" + (f"&reason={reason}" if reason else "")
    response = go("/SignIn.aspx" + query)
    response.delete_cookie(COOKIE)
    return response


def written(day: date) -> str:
    """A date as the portal writes it: 07-Mar-2026."""
    return f"{day:%d-%b-%Y}"


def _dollars(amount: Decimal) -> str:
    return f"${amount:,.2f}" if amount >= 0 else f"(${-amount:,.2f})"


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
    )
    environment.filters |= {"written": written, "dollars": _dollars}
    return environment


_ENVIRONMENT = _environment()
