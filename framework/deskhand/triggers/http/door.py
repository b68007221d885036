"""The door: what every signed request goes through, in this order.

Size and kind of the body, the signature, the client's rate; only then is it looked at what the
body says. Whoever cannot sign learns nothing, and costs little.
"""

import math
from dataclasses import asdict, dataclass
from http import HTTPStatus

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from deskhand.errors import BrokenBodyError
from deskhand.ports.inbox import EVENTS_HOOK, HookRequest, Inbox, RefusalKind, Refused
from deskhand.ports.observer import Observer
from deskhand.ports.reader import BodyReader
from deskhand.triggers.http.body import read_body
from deskhand.triggers.http.posted_event import CLIENT, STRUCTURED, PostedEvent
from deskhand.triggers.http.rates import Rates
from deskhand.triggers.http.refusal import HttpRefusal
from deskhand.triggers.http.rows import rows_of
from deskhand.triggers.http.signatures import Signatures

_JSON = "application/json"
_STATUS = {
    RefusalKind.NOBODY_LISTENS: HTTPStatus.NOT_FOUND,
    RefusalKind.OTHER_CONTENT: HTTPStatus.CONFLICT,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """Takes requests in, or refuses them."""

    inbox: Inbox
    reader: BodyReader
    signatures: Signatures
    rates: Rates
    observer: Observer

    async def rows(self, request: Request) -> Response:
        """`POST /hooks/{client}/{name}`: rows for the runbook that has this webhook."""
        client, hook = request.path_params["client"], request.path_params["name"]
        body = await read_body(request, kinds=(_JSON,))
        message = self._admitted(request, body, client=client, hook=hook)
        rows = rows_of(self.reader.read(body))
        return await self._taken(
            HookRequest(client=client, hook=hook, id=message, content=body, rows=rows)
        )

    async def event(self, request: Request) -> Response:
        """`POST /events`: an event for every runbook that listens to its type."""
        body = await read_body(request, kinds=(_JSON, STRUCTURED))
        broken: BrokenBodyError | None = None
        event = PostedEvent(attributes={}, data=None)
        try:
            event = PostedEvent.of(request.headers, body, reader=self.reader)
        except BrokenBodyError as error:
            broken = error  # told only to somebody who has signed it
        client = request.headers.get(CLIENT) or event.client
        message = self._admitted(request, body, client=client, hook=EVENTS_HOOK)
        if broken is not None:
            raise broken
        row = event.row(of=client)
        return await self._taken(
            HookRequest(
                client=client,
                hook=EVENTS_HOOK,
                id=message,
                # In headers an event's attributes are not signed: they belong to what it says.
                content=repr(sorted(event.attributes.items())).encode() + body,
                rows=[row],
                event=event.type,
            )
        )

    def _admitted(self, request: Request, body: bytes, *, client: str, hook: str) -> str:
        message = self.signatures.check(request.headers, body, client=client, hook=hook)
        wait = self.rates.wait_for(client)
        if wait:
            seconds = math.ceil(wait.total_seconds())
            raise HttpRefusal(
                HTTPStatus.TOO_MANY_REQUESTS,
                "too many requests of this client in a minute",
                advice=f"send it again in {seconds} s; up to a thousand rows fit in a request",
                headers={"retry-after": str(seconds)},
            )
        return message

    async def _taken(self, request: HookRequest) -> Response:
        answer = await self.inbox.take(request)
        if isinstance(answer, Refused):
            raise HttpRefusal(_STATUS[answer.kind], answer.problem, advice=answer.advice)
        return JSONResponse(asdict(answer), status_code=HTTPStatus.ACCEPTED)
