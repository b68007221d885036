"""A portal of a few lines, and a client that asks it through the faults."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

import httpx

from deskhand.testing import AppFaults, FaultInjector, FaultPlan, Hit, Places

PAGE = (
    '<html><body><form method="post"><label for="name">Name</label><input id="name" name="name">'
    "<button>Send</button></form></body></html>"
)


@dataclass
class TinyPortal:
    """Shows a form, commits what is posted to /submit, and remembers what it saw."""

    commits: list[str] = field(default_factory=list)
    cookies: list[str] = field(default_factory=list)
    faults: list[AppFaults] = field(default_factory=list)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        self.cookies.append(headers.get(b"cookie", b"").decode())
        self.faults.append(scope["deskhand.faults"])
        body = (await receive())["body"].decode()
        if scope["path"] == "/submit" and scope["method"] == "POST":
            self.commits.append(body)
        kind = "application/json" if scope["path"] == "/lookup" else "text/html; charset=utf-8"
        answer = b"[]" if scope["path"] == "/lookup" else PAGE.encode()
        given = [
            (b"content-type", kind.encode()),
            (b"content-length", str(len(answer)).encode()),
            (b"content-security-policy", b"default-src 'self'"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": given})
        await send({"type": "http.response.body", "body": answer})


def subject_of(hit: Hit) -> str:
    return hit.query.get("claim", "") or hit.form.get("claim", "")


PLACES = Places(
    form="GET /form*",
    post="POST *",
    commit="POST /submit",
    login="POST /login",
    upload="POST /upload",
    subject=subject_of,
    other_words={"Name": "Full name"},
)


class Asker:
    """Sends requests to a portal through a plan, one after the other."""

    def __init__(self, plan: FaultPlan, portal: TinyPortal) -> None:
        self.plan = plan
        self.portal = portal
        self._app = FaultInjector(portal, plan, places=PLACES)

    def get(self, path: str = "/form", **options: Any) -> httpx.Response:
        return asyncio.run(self._ask("GET", path, options))

    def post(self, path: str = "/submit", **options: Any) -> httpx.Response:
        return asyncio.run(self._ask("POST", path, options))

    async def _ask(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response:
        cookies = options.pop("cookies", {})
        transport = httpx.ASGITransport(app=self._app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://portal", cookies=cookies
        ) as client:
            return await client.request(method, path, **options)
