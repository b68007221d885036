"""The whole way of a signed request, without a network: application, inbox, store."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
from fastapi import FastAPI
from standardwebhooks.webhooks import Webhook

from deskhand.bootstrap.listeners import listeners_of
from deskhand.domain.runbook import EventTrigger, Runbook, WebhookTrigger
from deskhand.domain.work_item import WorkItem
from deskhand.intake.json_body import JsonBodyReader
from deskhand.ports.item_store import ItemFilter
from deskhand.runtime.store_inbox import StoreInbox
from deskhand.runtime.store_thread import StoreThread
from deskhand.triggers.http.app import web_app
from deskhand.triggers.http.door import Door
from deskhand.triggers.http.rates import Rates
from deskhand.triggers.http.signatures import Signatures
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.receive_rows import Reception
from deskhand.vaults.environment import EnvironmentVault, variable_name
from tests.making import ANN, HandClock, migrated, sql_store, sqlite_url
from tests.unit.use_cases.office import MEMBER, SOURCE, Office

SECRET = "whsec_" + "b" * 43 + "="
NEXT_SECRET = "whsec_" + "c" * 43 + "="
EVENTS_SECRET = "whsec_" + "d" * 43 + "="
ROW = {"claim_number": "C-1", "member_id": MEMBER}
STRUCTURED = {"content-type": "application/cloudevents+json"}


@dataclass(slots=True)
class HeardObserver:
    """Keeps what it hears."""

    heard: list[tuple[str, dict[str, object]]] = field(default_factory=list)

    def tell(self, event: str, **fields: object) -> None:
        self.heard.append((event, fields))


@dataclass(slots=True)
class HookDesk:
    """A clinic's hooks, and the practice's runbook behind them."""

    office: Office
    thread: StoreThread
    a_minute: int = 1000
    files: bool = False
    observer: HeardObserver = field(default_factory=HeardObserver)
    secrets: dict[str, str] = field(
        default_factory=lambda: {
            "hooks/lakeside/claims/secret": SECRET,
            "hooks/lakeside/events/secret": EVENTS_SECRET,
            "hooks/hillside/claims/secret": SECRET,
        }
    )
    rates: Rates = field(init=False)

    def __post_init__(self) -> None:
        self.rates = Rates(a_minute=self.a_minute, clock=self.office.clock)

    @property
    def runbook(self) -> Runbook:
        triggers = (WebhookTrigger(name="claims"), EventTrigger(event="claims.found"))
        source = SOURCE.replace("note: string?", "letter: file?") if self.files else SOURCE
        compiled = self.office.library.compile(source, file="claims.tiny")
        return replace(compiled, triggers=triggers)

    def inbox(self) -> StoreInbox:
        office = self.office
        return StoreInbox(
            store=office.store,
            thread=self.thread,
            reception=Reception(seal=office.seal, clock=office.clock, library=office.library),
            listeners=listeners_of([self.runbook], library=office.library),
            accounts=office.accounts,
        )

    def app(self) -> FastAPI:
        vault = EnvironmentVault({variable_name(name): s for name, s in self.secrets.items()})
        signatures = Signatures(vault, clock=self.office.clock, observer=self.observer)
        door = Door(
            inbox=self.inbox(),
            reader=JsonBodyReader(),
            signatures=signatures,
            rates=self.rates,
            observer=self.observer,
        )
        return web_app(door)

    def ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Send one request, as it is."""

        async def asked() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app(), raise_app_exceptions=False)
            async with httpx.AsyncClient(transport=transport, base_url="http://desk") as client:
                return await client.request(method, path, **more)

        return asyncio.run(asked())

    def post(
        self,
        value: object = ROW,
        *,
        path: str = "/hooks/lakeside/claims",
        id: str = "msg-1",
        secret: str = SECRET,
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Send signed JSON; bytes are sent as they are."""
        body = value if isinstance(value, bytes) else json.dumps(value).encode()
        signed = signed_headers(body, id=id, secret=secret, at=self.office.clock.at)
        sent = {"content-type": "application/json", **signed, **(headers or {})}
        return self.ask("POST", path, content=body, headers=sent)

    def post_event(
        self, *, headers: dict[str, str] | None = None, **changes: Any
    ) -> httpx.Response:
        """Send a signed event, structured."""
        event = an_event() | changes
        return self.post(
            event, path="/events", secret=EVENTS_SECRET, headers=STRUCTURED | (headers or {})
        )

    def items(self) -> list[WorkItem]:
        with self.office.store.reading() as tx:
            return tx.items.find(ItemFilter(), limit=2000)


@contextmanager
def open_desk(folder: Path) -> Iterator[HookDesk]:
    """Lend a desk over an SQLite store; every record and every state is checked afterwards."""
    clock = HandClock()
    with migrated(sqlite_url(folder)) as database:
        store = sql_store(database, clock=clock)
        thread = StoreThread()
        yield HookDesk(office=Office(store=store, clock=clock), thread=thread)
        thread.close()
        assert verify_log(by=ANN, store=store, clock=clock).findings == []


def signed_headers(body: bytes, *, id: str, secret: str, at: datetime) -> dict[str, str]:
    text = body.decode("utf-8", errors="replace")
    return {
        "webhook-id": id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(secret).sign(id, at, text),
    }


def an_event() -> dict[str, object]:
    return {
        "specversion": "1.0",
        "id": "e-1",
        "source": "/emr",
        "type": "claims.found",
        "deskhandclient": "lakeside",
        "time": "2026-05-04T09:00:00Z",
        "data": ROW,
    }
