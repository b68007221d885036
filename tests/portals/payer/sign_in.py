"""Signing in: password, verification code, then organization and payer."""

from datetime import timedelta

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response

from tests.portals.payer.accounts import MOST_FAILURES, Session, Stage
from tests.portals.payer.rules import Refusal
from tests.portals.payer.web import (
    COOKIE,
    faults_of,
    go,
    own_path,
    portal_of,
    refused_token,
    session_of,
    show,
)

_NOTICES = {
    "expired": "Your session has expired. Please sign in again.",
    "elsewhere": "You were signed out because this account signed in somewhere else.",
    "signed-out": "You have signed out.",
}
_WRONG = Refusal(code="LOGIN_FAILED", text="The user name or password is not correct.")
_WRONG_CODE = Refusal(code="CODE_REJECTED", text="The verification code is not correct.")
_LOCKED = Refusal(
    code="ACCOUNT_LOCKED",
    text=f"This account is locked after {MOST_FAILURES} failed sign-ins. Call 1-800-555-0100.",
)


async def login_page(request: Request) -> Response:
    """Ask for user name and password."""
    notice = _NOTICES.get(request.query_params.get("reason", ""))
    return show(request, "login.html", notice=notice, next=request.query_params.get("next", ""))


async def log_in(request: Request) -> Response:
    """Check user name and password, and open a session that still needs a code."""
    form = await request.form()
    user, wanted = str(form.get("user", "")).strip(), str(form.get("next", ""))
    accounts, faults = portal_of(request).accounts, faults_of(request)
    if accounts.locked(user):
        return show(request, "login.html", alert=_LOCKED, user=user, next=wanted)
    login = accounts.with_password(user, str(form.get("password", "")))
    if login is None:
        alert = _LOCKED if accounts.locked(user) else _WRONG
        return show(request, "login.html", alert=alert, user=user, next=wanted)
    session = accounts.open_session(
        login, portal_of(request).now(), alone=faults.strike("single-session", user)
    )
    session.layout = "B" if faults.strike("layout-b", user) else "A"
    response = go("/login/code" + _next(wanted))
    response.set_cookie(COOKIE, session.token, httponly=True, samesite="lax")
    return response


async def code_page(request: Request) -> Response:
    """Ask for the verification code."""
    if session_of(request) is None:
        return go("/login")
    return show(request, "code.html", next=request.query_params.get("next", ""))


async def check_code(request: Request) -> Response:
    """Check the verification code."""
    session, form = session_of(request), await request.form()
    if session is None:
        return go("/login?reason=expired")
    if form.get("csrf") != session.csrf:
        return refused_token(request)
    portal, faults = portal_of(request), faults_of(request)
    at, wanted = portal.now(), str(form.get("next", ""))
    if faults.strike("totp-skew", session.login.user):
        at += timedelta(seconds=faults.value("totp-skew"))
    if not portal.accounts.code_holds(session, str(form.get("code", "")).replace(" ", ""), at):
        return _wrong_code(request, session, wanted)
    session.stage = Stage.PICK
    return go("/select" + _next(wanted))


def _wrong_code(request: Request, session: Session, wanted: str) -> Response:
    accounts = portal_of(request).accounts
    if accounts.locked(session.login.user):
        accounts.close_session(session.token)
        return show(request, "login.html", alert=_LOCKED, user=session.login.user, next="")
    return show(request, "code.html", alert=_WRONG_CODE, next=wanted)


async def select_page(request: Request, session: Session) -> Response:
    """Ask which organization and payer to work for."""
    if session.stage is Stage.CODE:
        return go("/login/code")
    payers, wanted = portal_of(request).payers(), request.query_params.get("next", "")
    return show(request, "select.html", payers=payers, next=wanted)


async def select(request: Request, session: Session) -> Response:
    """Work for this organization and payer from now on."""
    if session.stage is Stage.CODE:
        return go("/login/code")
    form = await request.form()
    payers = {payer.id: payer for payer in portal_of(request).payers()}
    payer = payers.get(str(form.get("payer", "")))
    if payer is None or form.get("organization") != session.organisation:
        return _choose_both(request, form)
    session.payer, session.stage = payer, Stage.READY
    return go(own_path(str(form.get("next", ""))))


def _choose_both(request: Request, form: FormData) -> Response:
    alert = Refusal(code="MISSING", text="Choose an organization and a payer.")
    payers = portal_of(request).payers()
    return show(request, "select.html", alert=alert, payers=payers, next=form.get("next", ""))


async def log_out(request: Request, session: Session) -> Response:
    """End the session."""
    portal_of(request).accounts.close_session(session.token)
    response = go("/login?reason=signed-out")
    response.delete_cookie(COOKIE)
    return response


def _next(wanted: str) -> str:
    return f"?next={wanted}" if own_path(wanted) != "/" else ""
