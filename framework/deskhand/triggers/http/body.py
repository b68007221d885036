"""Reading a request's body: as much as is allowed, for as long as is allowed."""

import asyncio
from datetime import timedelta
from http import HTTPStatus

from starlette.requests import ClientDisconnect, Request

from deskhand.triggers.http.refusal import HttpRefusal

MAX_BODY_BYTES = 1_000_000
BODY_WITHIN = timedelta(seconds=15)
_CLOSED = {"connection": "close"}  # what still comes of the body is not waited for


async def read_body(request: Request, *, kinds: tuple[str, ...]) -> bytes:
    """Return the body; raises `HttpRefusal` at the first byte too many, or when it takes long."""
    _check_kind(request, kinds)
    if _declared(request) > MAX_BODY_BYTES:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN.total_seconds()):
            async for chunk in request.stream():
                body += chunk
                if len(body) > MAX_BODY_BYTES:
                    raise _too_large()
    except (TimeoutError, ClientDisconnect):
        raise HttpRefusal(
            HTTPStatus.REQUEST_TIMEOUT,
            f"the body did not arrive within {BODY_WITHIN.seconds} s",
            advice="send it again",
            headers=_CLOSED,
        ) from None
    return bytes(body)


def _check_kind(request: Request, kinds: tuple[str, ...]) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    packed = request.headers.get("content-encoding", "identity").strip().lower()
    if kind not in kinds or packed != "identity":
        raise HttpRefusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "the body must be JSON, as it is",
            advice=f"set content-type to {' or '.join(kinds)}, and do not compress",
            headers=_CLOSED,
        )


def _declared(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isdecimal() and length.isascii() else 0


def _too_large() -> HttpRefusal:
    return HttpRefusal(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        f"the body is larger than {MAX_BODY_BYTES:,} bytes",
        advice="send the rows in several requests, each with an id of its own",
        headers=_CLOSED,
    )
