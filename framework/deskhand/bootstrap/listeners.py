"""Webhooks and events meet their runbooks: who listens to what."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from deskhand.domain.event_circles import event_circle
from deskhand.domain.runbook import EventTrigger, Runbook, WebhookTrigger
from deskhand.errors import SettingsError
from deskhand.ports.inbox import EVENTS_HOOK
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.runtime.store_inbox import Listener, Listeners


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
            if other := _taken_by(trigger.name, webhooks):
                raise SettingsError(
                    f"the webhook {trigger.name} of {runbook.name} leads to {other} already; "
                    "give it another name",
                    file=_file_of(runbook),
                )
            webhooks[trigger.name] = listener
    return Listeners(webhooks=webhooks, events=events)


def _taken_by(name: str, webhooks: Mapping[str, Listener]) -> str | None:
    if name == EVENTS_HOOK:
        return "whoever listens to events"
    return webhooks[name].runbook.name if name in webhooks else None


def _file_of(runbook: Runbook) -> Path:
    return Path(runbook.file or runbook.name)
