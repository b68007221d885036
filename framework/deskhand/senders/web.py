"""Events to web addresses: CloudEvents in JSON, signed as Standard Webhooks says."""

import asyncio
import binascii
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta

import httpx
from cloudevents.core.bindings.http import to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook

from deskhand.domain.receiver import Receiver
from deskhand.errors import VaultError
from deskhand.ports.clock import Clock
from deskhand.ports.sender import Arrived, Message, NotTaken, Sending
from deskhand.ports.vault import Vault

WITHIN = timedelta(seconds=10)
# A receiver may write anything: a day, or more seconds than there are.
_SECONDS = re.compile(r"[0-9]{1,9}")
_UNSIGNABLE = "its secret in the vault is missing or no secret: whsec_ and base64"
# Another process of this machine is never behind the company's proxy.
_NO_PROXY: dict[str, httpx.AsyncBaseTransport | None] = {
    "all://127.0.0.1": None,
    "all://localhost": None,
    "all://[::1]": None,
}


class WebSender:
    """Sends to receivers over HTTP (`deskhand.ports.sender.Sender`)."""

    def __init__(self, vault: Vault, *, clock: Clock, within: timedelta = WITHIN) -> None:
        self._vault = vault
        self._clock = clock
        self._within = within
        self._trusted = httpx.create_ssl_context()

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Sending]:
        # Where a redirect leads is not where this was to go: none is followed.
        async with httpx.AsyncClient(
            verify=self._trusted,
            timeout=self._within.total_seconds(),
            follow_redirects=False,
            mounts=_NO_PROXY,
        ) as client:
            yield _WebSending(client, vault=self._vault, clock=self._clock, within=self._within)


class _WebSending:
    def __init__(
        self, client: httpx.AsyncClient, *, vault: Vault, clock: Clock, within: timedelta
    ) -> None:
        self._client = client
        self._vault = vault
        self._clock = clock
        self._within = within

    async def send(self, message: Message, *, to: Receiver) -> Arrived | NotTaken:
        try:
            secret = Webhook(self._vault.secret(to.secret).reveal())
        except (VaultError, EmptyWebhookSecretError, binascii.Error, ValueError):
            return NotTaken(problem=_UNSIGNABLE)
        body, headers = self._written(message, secret)
        try:
            async with asyncio.timeout(self._within.total_seconds()):
                return await self._posted(to.url, body, headers)
        except (TimeoutError, httpx.TimeoutException):
            problem = f"no answer within {self._within.total_seconds():g} s"
            return NotTaken(problem=problem, answered=False)
        except Exception as error:  # noqa: BLE001 - whatever the libraries make of an address
            # Its words may hold the address, which may hold a key.
            return NotTaken(problem=f"not reached ({type(error).__name__})", answered=False)

    async def _posted(self, url: str, body: bytes, headers: dict[str, str]) -> Arrived | NotTaken:
        # What it answers in words is not read: it may be anything, of any size.
        async with self._client.stream("POST", url, content=body, headers=headers) as answer:
            if answer.is_success:
                return Arrived()
            wish = answer.headers.get("retry-after", "")
            return NotTaken(
                problem=f"answered {answer.status_code}",
                retry_after=timedelta(seconds=int(wish)) if _SECONDS.fullmatch(wish) else None,
            )

    def _written(self, message: Message, secret: Webhook) -> tuple[bytes, dict[str, str]]:
        event = CloudEvent(
            {
                "specversion": "1.0",
                "id": message.id,
                "source": message.source,
                "type": message.type,
                "subject": message.subject,
                "time": message.time,
                "datacontenttype": "application/json",
                # A client's name, where there is one: an attribute must not be empty.
                **({"deskhandclient": message.client} if message.client else {}),
            },
            dict(message.data),
        )
        written = to_structured(event, JSONFormat())
        now = self._clock.now()
        signed = {
            "webhook-id": message.id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": secret.sign(message.id, now, written.body.decode()),
        }
        return written.body, {**written.headers, **signed}
