"""ASGI middleware that brings a plan's faults about before a practice portal."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from hashlib import sha256

from deskhand.testing import pages
from deskhand.testing.alterations import (
    BANNER_COOKIE,
    FRESH_PATH,
    SCRIPTS,
    altered,
    reworded,
)
from deskhand.testing.behaviours import BEHAVIOURS, Call
from deskhand.testing.places import Places
from deskhand.testing.plan import AppFaults, FaultPlan
from deskhand.testing.timing import Fault, Hit
from deskhand.testing.wire import (
    App,
    KeptBack,
    Receive,
    Scope,
    Send,
    body_of,
    cookies_of,
    form_of,
    hang_up,
    query_of,
    replaying,
    with_cookie,
    write,
    write_page,
)

TERMS_PATH = "/deskhand-practice/terms"
_FRESH_TAKES = 0.08
_REPEATED_WITHIN = 0.5
_ENDED = "ended"
_UNANSWERED = frozenset({"drop-after-commit", "hang"})
_ALTERING = frozenset({*SCRIPTS, "renamed-ids", "renamed-labels"})
_CSP = b"content-security-policy"


class FaultInjector:
    """Stands before an ASGI app and does to it what the plan says.

    The app finds the faults that need its own help in `scope["deskhand.faults"]`
    (`AppFaults`). Pages that a fault changes lose their Content-Security-Policy, so that the
    fault's script may run. Two addresses below `/deskhand-practice/` belong to the injector.
    """

    def __init__(self, app: App, plan: FaultPlan, *, places: Places | None = None) -> None:
        self._app = app
        self._plan = plan
        self._places = places or Places()
        self._ended_sessions: set[str] = set()
        self._owing_acceptance: set[str] = set()
        self._hung_up_on: dict[str, float] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = await body_of(receive)
        if cookies_of(scope).get(self._places.session_cookie) in self._ended_sessions:
            scope = with_cookie(scope, self._places.session_cookie, _ENDED)
        hit = self._hit(scope, body)
        exchange = _Exchange(scope=scope, body=body, receive=receive, hit=hit)
        if not await self._answered_here(exchange, send):
            aimed = [fault for fault in self._plan if self._places.covers(fault, hit)]
            await self._through(aimed, exchange, send)

    def _hit(self, scope: Scope, body: bytes) -> Hit:
        cookies = cookies_of(scope)
        hit = Hit(
            method=scope["method"],
            path=scope["path"],
            query=query_of(scope),
            form=form_of(scope, body),
            cookies=cookies,
            session=cookies.get(self._places.session_cookie, ""),
        )
        return replace(hit, subject=self._places.subject(hit))

    async def _answered_here(self, exchange: "_Exchange", send: Send) -> bool:
        """Answer what is the injector's own business; say whether it was."""
        hit = exchange.hit
        if hit.path == FRESH_PATH:
            await asyncio.sleep(_FRESH_TAKES)
            await write(send, 204, b"", [])
        elif hit.path == TERMS_PATH and hit.method == "POST":
            self._owing_acceptance.discard(hit.session)
            await write(send, 303, b"", [(b"location", _own_path(hit.form.get("next", "")))])
        elif hit.method == "GET" and hit.session in self._owing_acceptance:
            await write_page(send, pages.terms(accept_at=TERMS_PATH, go_on_to=hit.path))
        elif self._repeated_by_the_browser(exchange):
            await hang_up(send)
        else:
            return False
        return True

    def _repeated_by_the_browser(self, exchange: "_Exchange") -> bool:
        # Browsers send a request again by themselves, even a POST, when a kept-alive connection
        # closes unanswered. The client did not ask twice, so the app must see it only once.
        hung_up = self._hung_up_on.pop(exchange.fingerprint, None)
        if hung_up is None or _now() - hung_up > _REPEATED_WITHIN:
            return False
        self._hung_up_on[exchange.fingerprint] = _now()
        return True

    async def _through(self, faults: Sequence[Fault], exchange: "_Exchange", send: Send) -> None:
        """Take the request through the faults that are left, the outermost first."""
        for number, fault in enumerate(faults):
            if fault.name in _ALTERING:
                await self._altered(faults[number:], exchange, send)
                return
            draw = self._plan.struck(fault.name, exchange.hit)
            if draw is not None:
                await self._suffer(fault, draw, faults[number + 1 :], exchange, send)
                return
        await self._ask_the_app(exchange, send)

    async def _suffer(
        self,
        fault: Fault,
        draw: float,
        inner: Sequence[Fault],
        exchange: "_Exchange",
        send: Send,
    ) -> None:
        hit = exchange.hit
        if fault.name == "terms":
            self._owing_acceptance.add(hit.session)
            await write_page(send, pages.terms(accept_at=TERMS_PATH, go_on_to=hit.path))
        elif fault.name == "session-expiry":
            self._ended_sessions.add(hit.session)
            scope = with_cookie(exchange.scope, self._places.session_cookie, _ENDED)
            await self._through(inner, replace(exchange, scope=scope), send)
        else:
            call = Call(
                hit=hit,
                value=fault.value,
                draw=draw,
                receive=exchange.receive,
                send=send,
                forward=partial(self._through, inner, exchange),
            )
            await BEHAVIOURS[fault.name](call)
            if fault.name in _UNANSWERED and hit.method != "GET":
                self._hung_up_on[exchange.fingerprint] = _now()

    async def _altered(self, faults: Sequence[Fault], exchange: "_Exchange", send: Send) -> None:
        answer = KeptBack()
        await self._ask_the_app(exchange, answer)
        struck = self._struck_by(faults, exchange.hit) if answer.is_page else []
        if struck:
            html = bytes(answer.body).decode()
            for fault, draw in struck:
                if fault.name == "renamed-labels":
                    html = reworded(html, self._places.other_words)
                else:
                    html = altered(fault.name, html, value=fault.value, salt=draw)
            answer.body = bytearray(html.encode())
            answer.headers = [(k, v) for k, v in answer.headers if k.lower() != _CSP]
        await answer.release(send)

    def _struck_by(self, faults: Sequence[Fault], hit: Hit) -> list[tuple[Fault, float]]:
        struck = ((fault, self._plan.struck(fault.name, hit)) for fault in faults)
        return [
            (fault, draw)
            for fault, draw in struck
            if draw is not None
            if fault.name != "cookie-banner" or BANNER_COOKIE not in hit.cookies
        ]

    async def _ask_the_app(self, exchange: "_Exchange", send: Send) -> None:
        scope = {**exchange.scope, "deskhand.faults": AppFaults(self._plan, exchange.hit)}
        await self._app(scope, replaying(exchange.body, exchange.receive), send)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Exchange:
    """A request that has been read whole, on its way through the faults."""

    scope: Scope
    body: bytes
    receive: Receive
    hit: Hit

    @property
    def fingerprint(self) -> str:
        return sha256(f"{self.hit.method} {self.hit.path}\0".encode() + self.body).hexdigest()


def _now() -> float:
    return asyncio.get_running_loop().time()


def _own_path(wanted: str) -> bytes:
    """Give an address that stays on this portal."""
    safe = wanted.startswith("/") and not wanted.startswith(("//", "/\\"))
    return wanted.encode("ascii", "ignore") if safe else b"/"
