"""Signed requests meet their runbooks: who listens to what, and the server that hears it."""

from collections.abc import Sequence
from pathlib import Path

from deskhand.bootstrap.projects import project_runbooks
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.event_circles import event_circle
from deskhand.domain.runbook import EventTrigger, Runbook, WebhookTrigger
from deskhand.errors import SettingsError
from deskhand.intake.json_body import JsonBodyReader
from deskhand.ports.inbox import EVENTS_HOOK
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.runtime.store_inbox import Listener, Listeners, StoreInbox
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


def listeners_of(runbooks: Sequence[Runbook], *, library: RunbookLibrary) -> Listeners:
    """Return who listens to what.

    Raises `SettingsError` when a webhook leads to two runbooks, or an event back to its own.
    """
    if circle := event_circle(runbooks):
        raise SettingsError(
            f"these runbooks start each other for ever, by their events: {' > '.join(circle)}; "
            "let one of them emit another event, or listen to another one",
            file=_file_of(next(one for one in runbooks if one.name == circle[0])),
        )
    webhooks: dict[str, Listener] = {}
    events: dict[str, list[Listener]] = {}
    for runbook in runbooks:
        for trigger in runbook.triggers:
            if not isinstance(trigger, WebhookTrigger | EventTrigger):
                continue
            listener = Listener(runbook=runbook, binder=library.binder(runbook, trigger))
            if isinstance(trigger, EventTrigger):
                events.setdefault(trigger.event, []).append(listener)
                continue
            if trigger.name in webhooks or trigger.name == EVENTS_HOOK:
                raise SettingsError(
                    f"the webhook {trigger.name} of {runbook.name} is taken; give it another name",
                    file=_file_of(runbook),
                )
            webhooks[trigger.name] = listener
    return Listeners(webhooks=webhooks, events=events)


def _file_of(runbook: Runbook) -> Path:
    return Path(runbook.file or runbook.name)
