"""How each fault acts on a request: before the app sees it, or after it has answered."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from statistics import NormalDist

from deskhand.testing import pages
from deskhand.testing.timing import Hit
from deskhand.testing.wire import (
    Headers,
    KeptBack,
    Receive,
    Send,
    disconnect,
    hang_up,
    write_page,
)

_SPREAD_OF_DELAYS = 0.6
_LONGEST_DELAY = 10.0
_PIECES_OF_A_SLOW_BODY = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A struck request: `forward` takes it on to the app, `send` answers the client."""

    hit: Hit
    value: float
    draw: float
    receive: Receive
    send: Send
    forward: Callable[[Send], Awaitable[None]]


Behaviour = Callable[[Call], Awaitable[None]]


async def _slow(call: Call) -> None:
    normal = NormalDist().inv_cdf(min(max(call.draw, 0.001), 0.999))
    delay = call.value * math.exp(_SPREAD_OF_DELAYS * normal)
    await asyncio.sleep(min(delay, _LONGEST_DELAY))
    await call.forward(call.send)


async def _hang(call: Call) -> None:
    await disconnect(call.receive, within=call.value)
    await hang_up(call.send)


async def _slow_body(call: Call) -> None:
    answer = KeptBack()
    await call.forward(answer)
    body, headers = bytes(answer.body), answer.headers
    await call.send({"type": "http.response.start", "status": answer.status, "headers": headers})
    size = max(1, math.ceil(len(body) / _PIECES_OF_A_SLOW_BODY))
    for start in range(0, len(body), size):
        piece = body[start : start + size]
        await call.send({"type": "http.response.body", "body": piece, "more_body": True})
        await asyncio.sleep(call.value / _PIECES_OF_A_SLOW_BODY)
    await call.send({"type": "http.response.body", "body": b""})


async def _drop_after_commit(call: Call) -> None:
    await call.forward(KeptBack())
    await hang_up(call.send)


async def _timeout_after_commit(call: Call) -> None:
    await call.forward(KeptBack())
    await write_page(call.send, pages.GATEWAY_TIMEOUT, status=504)


def _instead(html: str, *, status: int = 200, retry_after: bool = False) -> Behaviour:
    """Answer with this page, and let the app see nothing."""

    async def answer(call: Call) -> None:
        headers: Headers = []
        if retry_after:
            headers.append((b"retry-after", str(math.ceil(call.value)).encode()))
        await write_page(call.send, html, status=status, headers=headers)

    return answer


BEHAVIOURS: Mapping[str, Behaviour] = {
    "slow": _slow,
    "hang": _hang,
    "slow-body": _slow_body,
    "captcha": _instead(pages.CAPTCHA),
    "account-locked": _instead(pages.ACCOUNT_LOCKED),
    "password-expired": _instead(pages.PASSWORD_EXPIRED),
    "rate-limit": _instead(pages.TOO_MANY_REQUESTS, status=429, retry_after=True),
    "maintenance": _instead(pages.MAINTENANCE),
    "unavailable": _instead(pages.UNAVAILABLE, status=503, retry_after=True),
    "bad-gateway": _instead(pages.BAD_GATEWAY, status=502),
    "csrf": _instead(pages.TOKEN_REFUSED, status=403),
    "upload-unavailable": _instead(pages.SERVER_ERROR, status=500),
    "error-before-commit": _instead(pages.SERVER_ERROR, status=500),
    "drop-after-commit": _drop_after_commit,
    "timeout-after-commit": _timeout_after_commit,
}
