"""Signing in: user id and password, then a one-time code."""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import Response

from tests.portals.aid.portal import Refusal
from tests.portals.aid.sessions import MOST_FAILURES, Session
from tests.portals.aid.web import COOKIE, faults_of, go, portal_of, session_of, show

_NOTICES = {
    "expired": "Your session has timed out.",
    "elsewhere": "Your session was ended because this user ID signed in elsewhere.",
    "signed-out": "You have signed out.",
}
_WRONG = Refusal(code="SIGN_IN_FAILED", text="User ID or password is incorrect.")
_WRONG_CODE = Refusal(code="CODE_REJECTED", text="The one-time code is incorrect.")
_LOCKED = Refusal(
    code="ACCOUNT_LOCKED", text=f"This user ID is locked after {MOST_FAILURES} failed attempts."
)


async def sign_in_page(request: Request) -> Response:
    """Ask for user id and password."""
    notice = _NOTICES.get(request.query_params.get("reason", ""))
    return show(request, "sign_in.html", notice=notice)


async def sign_in(request: Request) -> Response:
    """Check user id and password, and open a session that still needs a code."""
    form, portal = await request.form(), portal_of(request)
    user = str(form.get("user", "")).strip()
    if portal.sessions.locked(user):
        return show(request, "sign_in.html", alert=_LOCKED)
    login = portal.sessions.with_password(user, str(form.get("password", "")))
    if login is None:
        alert = _LOCKED if portal.sessions.locked(user) else _WRONG
        return show(request, "sign_in.html", alert=alert)
    session = portal.sessions.begin(login, portal.now())
    response = go("/Challenge.aspx")
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="lax")
    return response


async def challenge_page(request: Request) -> Response:
    """Ask for the one-time code."""
    return show(request, "challenge.html") if session_of(request) else go("/SignIn.aspx")


async def challenge(request: Request) -> Response:
    """Check the one-time code: from here on the user's other sessions are ended."""
    session, form = session_of(request), await request.form()
    if session is None:
        return go("/SignIn.aspx?reason=expired")
    portal, faults = portal_of(request), faults_of(request)
    at, user = portal.now(), session.login.user
    if faults.strike("totp-skew", user):
        at += timedelta(seconds=faults.value("totp-skew"))
    if portal.sessions.confirm(session, str(form.get("code", "")).replace(" ", ""), at):
        return go("/Default.aspx")
    if portal.sessions.locked(user):
        portal.sessions.end(session.token)
        return show(request, "sign_in.html", alert=_LOCKED)
    return show(request, "challenge.html", alert=_WRONG_CODE)


async def sign_out(request: Request, session: Session) -> Response:
    """End the session."""
    portal_of(request).sessions.end(session.token)
    response = go("/SignIn.aspx?reason=signed-out")
    response.delete_cookie(COOKIE)
    return response
