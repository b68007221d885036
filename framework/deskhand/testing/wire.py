"""The little of ASGI that faults need: requests read whole, answers kept back, written, cut off."""

import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qsl

Message = MutableMapping[str, Any]
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


async def body_of(receive: Receive) -> bytes:
    """Read a request's body to its end."""
    body = bytearray()
    while True:
        message = await receive()
        body += message.get("body", b"")
        if message["type"] == "http.disconnect" or not message.get("more_body"):
            return bytes(body)


def replaying(body: bytes, receive: Receive) -> Receive:
    """Give the body that was read to the app, as if nobody had read it."""
    pending: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def replay() -> Message:
        return pending.pop() if pending else await receive()

    return replay


async def disconnect(receive: Receive, *, within: float) -> None:
    """Wait until the client goes away, at most so many seconds."""
    with suppress(TimeoutError):
        async with asyncio.timeout(within):
            while (await receive())["type"] != "http.disconnect":
                pass


def header(scope: Scope, name: bytes) -> str:
    """Give a request header, empty if it is absent."""
    return next((value.decode("latin-1") for key, value in scope["headers"] if key == name), "")


def cookies_of(scope: Scope) -> dict[str, str]:
    """Give the request's cookies; a malformed header counts as none."""
    cookies: SimpleCookie = SimpleCookie()
    with suppress(CookieError):
        cookies.load(header(scope, b"cookie"))
    return {name: morsel.value for name, morsel in cookies.items()}


def with_cookie(scope: Scope, name: str, value: str) -> Scope:
    """Give the same request with another value of one of its cookies."""
    cookies = cookies_of(scope) | {name: value}
    text = "; ".join(f"{key}={held}" for key, held in cookies.items())
    headers = [(key, held) for key, held in scope["headers"] if key != b"cookie"]
    return {**scope, "headers": [*headers, (b"cookie", text.encode("latin-1"))]}


def form_of(scope: Scope, body: bytes) -> dict[str, str]:
    """Give the fields of an urlencoded form; uploads have none here."""
    if not header(scope, b"content-type").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(parse_qsl(body.decode("utf-8", "replace")))


def query_of(scope: Scope) -> dict[str, str]:
    """Give the parameters of the address."""
    return dict(parse_qsl(scope.get("query_string", b"").decode("latin-1")))


@dataclass(slots=True)
class KeptBack:
    """An answer that the app has given and nobody has sent yet; use it as the app's `send`."""

    status: int = 0
    headers: Headers = field(default_factory=list)
    body: bytearray = field(default_factory=bytearray)

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = list(message.get("headers", []))
        elif message["type"] == "http.response.body":
            self.body += message.get("body", b"")

    @property
    def is_page(self) -> bool:
        """Whether it is a page that a script can be put into."""
        given = dict(self.headers)
        is_html = given.get(b"content-type", b"").startswith(b"text/html")
        return self.status == 200 and is_html and b"content-encoding" not in given

    async def release(self, send: Send) -> None:
        """Send it as it is."""
        await write(send, self.status, bytes(self.body), self.headers)


async def write(send: Send, status: int, body: bytes, headers: Headers) -> None:
    """Send an answer, with the length that it has."""
    given = [(key, value) for key, value in headers if key.lower() != b"content-length"]
    given.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": given})
    await send({"type": "http.response.body", "body": body})


async def write_page(
    send: Send, html: str, *, status: int = 200, headers: Headers | None = None
) -> None:
    """Send a page that no cache keeps."""
    kind = [(b"content-type", b"text/html; charset=utf-8"), (b"cache-control", b"no-store")]
    await write(send, status, html.encode(), [*kind, *(headers or [])])


async def hang_up(send: Send) -> None:
    """Close the connection without an answer.

    ASGI has no word for it. A header that no server can write makes the server give up on
    the answer before its first byte, and close.
    """
    # Each server has an exception of its own for this; which one does not matter here.
    with suppress(Exception):
        await send({"type": "http.response.start", "status": 200, "headers": [(b"\r\n", b"\r\n")]})
