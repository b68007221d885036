"""Who is signed in: login sessions, failed sign-ins and the drafts of each account."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Any

import pyotp

from tests.portals.payer.ledger import Attachment
from tests.portals.payer.world import Login, Payer

MOST_FAILURES = 3


class Stage(Enum):
    """How far a login session has come."""

    CODE = auto()
    PICK = auto()
    READY = auto()


@dataclass(slots=True, kw_only=True)
class Session:
    """One login session, from the right password to its end."""

    token: str
    login: Login
    csrf: str
    seen: datetime
    stage: Stage = Stage.CODE
    payer: Payer | None = None
    layout: str = "A"

    @property
    def organisation(self) -> str:
        """The organisation that the account belongs to."""
        return self.login.organisation


@dataclass(slots=True, kw_only=True)
class Draft:
    """A claim that is being entered; it belongs to the account, not to the session."""

    id: str
    user: str
    submit_token: str
    typed: dict[str, Any] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    confirmation: str = ""
    layout: str = "A"


class Accounts:
    """The portal's accounts, sessions and drafts; kept in memory, as an app server would."""

    def __init__(self, logins: Sequence[Login], *, session_lasts: timedelta) -> None:
        self._logins = {login.user: login for login in logins}
        self._session_lasts = session_lasts
        self._failures: dict[str, int] = {}
        self._sessions: dict[str, Session] = {}
        self._ended_elsewhere: set[str] = set()
        self._drafts: dict[str, Draft] = {}

    def locked(self, user: str) -> bool:
        """Say whether failed sign-ins have locked the account."""
        return self._failures.get(user, 0) >= MOST_FAILURES

    def with_password(self, user: str, password: str) -> Login | None:
        """Check a password; count the failure."""
        login = self._logins.get(user)
        if login is not None and secrets.compare_digest(login.password, password):
            return login
        self._count_failure(user)
        return None

    def code_holds(self, session: Session, code: str, at: datetime) -> bool:
        """Check a verification code against the portal's clock; count the failure."""
        if pyotp.TOTP(session.login.totp_secret).verify(code, for_time=at, valid_window=1):
            self._failures.pop(session.login.user, None)
            return True
        self._count_failure(session.login.user)
        return False

    def _count_failure(self, user: str) -> None:
        self._failures[user] = self._failures.get(user, 0) + 1

    def open_session(self, login: Login, at: datetime, *, alone: bool) -> Session:
        """Begin a session; `alone` ends the account's other ones."""
        if alone:
            others = [s.token for s in self._sessions.values() if s.login.user == login.user]
            for token in others:
                del self._sessions[token]
            self._ended_elsewhere.update(others)
        session = Session(
            token=secrets.token_urlsafe(24), login=login, csrf=secrets.token_urlsafe(16), seen=at
        )
        self._sessions[session.token] = session
        return session

    def session(self, token: str, at: datetime) -> Session | None:
        """Give the live session of a cookie, and keep it alive."""
        session = self._sessions.get(token)
        if session is None:
            return None
        if at - session.seen > self._session_lasts:
            self.close_session(token)
            return None
        session.seen = at
        return session

    def ended_elsewhere(self, token: str) -> bool:
        """Say whether a newer sign-in of the same account ended this session."""
        return token in self._ended_elsewhere

    def close_session(self, token: str) -> None:
        """End a session."""
        self._sessions.pop(token, None)

    def open_draft(self, session: Session, typed: dict[str, Any]) -> Draft:
        """Begin a draft; its id carries the claim number, so that addresses show it."""
        draft = Draft(
            id=f"{typed['claim_number']}.{secrets.token_hex(3)}",
            user=session.login.user,
            submit_token=secrets.token_urlsafe(16),
            typed=typed,
            layout=session.layout,
        )
        self._drafts[draft.id] = draft
        return draft

    def draft(self, session: Session, draft_id: str) -> Draft | None:
        """Give the account's draft of that id."""
        draft = self._drafts.get(draft_id)
        return draft if draft is not None and draft.user == session.login.user else None
