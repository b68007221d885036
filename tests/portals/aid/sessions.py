"""Who is signed in: a new sign-in ends the other ones of the same user."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

from tests.portals.aid.ledger import Officer
from tests.portals.aid.world import Login

MOST_FAILURES = 3


@dataclass(slots=True, kw_only=True)
class Session:
    """One login session, from the right password to its end."""

    token: str
    login: Login
    view_state: str
    seen: datetime
    confirmed: bool = False

    @property
    def officer(self) -> Officer:
        """Who acts in this session."""
        return Officer(user=self.login.user, school=self.login.school, session=self.token[:8])


class Sessions:
    """The portal's accounts and sessions; kept in memory, as an app server would."""

    def __init__(self, logins: Sequence[Login], *, lasts: timedelta) -> None:
        self._logins = {login.user: login for login in logins}
        self._lasts = lasts
        self._failures: dict[str, int] = {}
        self._live: dict[str, Session] = {}
        self._ended_elsewhere: set[str] = set()

    def locked(self, user: str) -> bool:
        """Say whether failed sign-ins have locked the account."""
        return self._failures.get(user, 0) >= MOST_FAILURES

    def with_password(self, user: str, password: str) -> Login | None:
        """Check a password; count the failure."""
        login = self._logins.get(user)
        if login is not None and secrets.compare_digest(login.password, password):
            return login
        self._failures[user] = self._failures.get(user, 0) + 1
        return None

    def begin(self, login: Login, at: datetime) -> Session:
        """Begin a session that still needs a code."""
        session = Session(
            token=secrets.token_urlsafe(24),
            login=login,
            view_state=secrets.token_urlsafe(16),
            seen=at,
        )
        self._live[session.token] = session
        return session

    def confirm(self, session: Session, code: str, at: datetime) -> bool:
        """Check a one-time code; the right one ends the user's other sessions."""
        if not pyotp.TOTP(session.login.totp_secret).verify(code, for_time=at, valid_window=1):
            self._failures[session.login.user] = self._failures.get(session.login.user, 0) + 1
            return False
        self._failures.pop(session.login.user, None)
        others = [
            each.token
            for each in self._live.values()
            if each.login.user == session.login.user and each is not session
        ]
        for token in others:
            self.end(token)
        self._ended_elsewhere.update(others)
        session.confirmed = True
        return True

    def of(self, token: str, at: datetime) -> Session | None:
        """Give the live session of a cookie, and keep it alive."""
        session = self._live.get(token)
        if session is None:
            return None
        if at - session.seen > self._lasts:
            self.end(token)
            return None
        session.seen = at
        return session

    def ended_elsewhere(self, token: str) -> bool:
        """Say whether a newer sign-in of the same user ended this session."""
        return token in self._ended_elsewhere

    def end(self, token: str) -> None:
        """End a session."""
        self._live.pop(token, None)
