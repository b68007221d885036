"""Signed requests meet their runbooks: the server that hears them."""

from collections.abc import Sequence

from deskhand.bootstrap.listeners import listeners_of
from deskhand.bootstrap.projects import project_runbooks
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.runbook import Runbook
from deskhand.intake.json_body import JsonBodyReader
from deskhand.runtime.store_inbox import StoreInbox
from deskhand.runtime.store_thread import StoreThread
from deskhand.triggers.http.address import Address
from deskhand.triggers.http.app import web_app
from deskhand.triggers.http.door import Door
from deskhand.triggers.http.rates import Rates
from deskhand.triggers.http.server import HttpServer
from deskhand.triggers.http.signatures import Signatures
from deskhand.use_cases.receive_rows import Reception


def http_loop(
    place: Workplace, *, thread: StoreThread, runbooks: Sequence[Runbook] | None = None
) -> HttpServer:
    """Return the server of signed requests, for the project's runbooks as they are now.

    `thread` is its own: whoever waits for an answer waits for no other work. Raises
    `RunbookInvalidError`, `SettingsError`.
    """
    inbox = StoreInbox(
        store=place.store,
        thread=thread,
        reception=reception(place),
        listeners=listeners_of(
            project_runbooks(place) if runbooks is None else runbooks, library=place.library
        ),
        accounts=place.accounts,
        rhythm=place.project.audit.rhythm,
    )
    http = place.project.http
    door = Door(
        inbox=inbox,
        reader=JsonBodyReader(),
        signatures=Signatures(place.vault, clock=place.clock, observer=place.observer),
        rates=Rates(a_minute=http.requests_a_minute, clock=place.clock),
        observer=place.observer,
    )
    address = Address(host=http.host, port=http.port, certificate=http.certificate, key=http.key)
    return HttpServer(web_app(door), address)


def reception(place: Workplace) -> Reception:
    """Return what taking rows in from elsewhere needs."""
    return Reception(seal=place.seal, clock=place.clock, library=place.library, book=place.book)
