"""Events meet their receivers: others, by receivers.yaml, and our own runbooks."""

from collections.abc import Sequence

from deskhand.bootstrap.hooks import reception
from deskhand.bootstrap.listeners import listeners_of
from deskhand.bootstrap.projects import project_runbooks
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.runbook import Runbook
from deskhand.runtime.outbox_loop import OutboxLoop
from deskhand.runtime.store_thread import StoreThread
from deskhand.senders.web import WebSender
from deskhand.settings.receivers import load_receivers
from deskhand.use_cases.deliver_events import Addressees, Patience


def outbox_loop(
    place: Workplace,
    *,
    thread: StoreThread,
    holder: WorkerId,
    runbooks: Sequence[Runbook] | None = None,
) -> OutboxLoop:
    """Return the loop that delivers events; raises `RunbookInvalidError`, `SettingsError`."""
    compiled = project_runbooks(place) if runbooks is None else runbooks
    listening = listeners_of(compiled, library=place.library).events
    settings = place.project.events
    return OutboxLoop(
        store=place.store,
        thread=thread,
        sender=WebSender(place.vault, clock=place.clock),
        addressees=Addressees(
            log=place.project.log,
            receivers=load_receivers(place.project.receivers),
            runbooks={
                event: [one.runbook.name for one in listeners]
                for event, listeners in listening.items()
            },
        ),
        inside={
            f"{one.runbook.name}/{event}": one
            for event, listeners in listening.items()
            for one in listeners
        },
        accounts=place.accounts,
        reception=reception(place),
        patience=Patience(
            retry=RetryPolicy(
                tries=settings.tries, first=settings.retry_first, max=settings.retry_max
            ),
            give_up_after=settings.give_up_after,
        ),
        observer=place.observer,
        holder=holder,
    )
