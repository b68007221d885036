"""A back office whose events go out: items, an outbox, a loop, and a clock to turn."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from deskhand.bootstrap.listeners import listeners_of
from deskhand.domain.dispatch import Dispatch, DispatchState
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.receiver import Receiver
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.runbook import EventTrigger, Runbook
from deskhand.errors import StoreUnavailableError
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.dispatches import DispatchFilter
from deskhand.ports.log_store import Event
from deskhand.runtime.outbox_loop import OutboxLoop
from deskhand.runtime.store_thread import StoreThread
from deskhand.senders.web import WebSender
from deskhand.use_cases.deliver_events import Addressees, Patience
from deskhand.use_cases.receive_rows import Reception
from deskhand.vaults.environment import EnvironmentVault, variable_name
from tests.making import OTHER_WORKER, WORKER
from tests.unit.triggers.hook_desk import HeardObserver
from tests.unit.use_cases.office import SOURCE, Office

SECRET = "whsec_" + "e" * 43 + "="
FOLLOW_UP = SOURCE.replace("runbook: claims.tiny", "runbook: claims.follow_up")
IMPATIENT = timedelta(milliseconds=300)
"""How long an answer is waited for where none comes."""


@dataclass(slots=True)
class OutboxOffice:
    """Emits events for items of one client, and lets a loop deliver them."""

    office: Office
    thread: StoreThread
    receivers: list[Receiver] = field(default_factory=list)
    patience: Patience = field(
        default_factory=lambda: Patience(
            retry=RetryPolicy(tries=1000, first=timedelta(seconds=5), max=timedelta(minutes=30)),
            give_up_after=timedelta(days=1000),
        )
    )
    secrets: dict[str, str] = field(default_factory=lambda: {"receivers/emr/secret": SECRET})
    listening: Sequence[Runbook] = ()
    observer: HeardObserver = field(default_factory=HeardObserver)
    answer_within: timedelta = timedelta(seconds=10)

    def tell(self, url: str, *, name: str = "emr", events: tuple[str, ...] = ("*",)) -> None:
        """Add a receiver."""
        secret = "receivers/emr/secret"
        self.receivers.append(Receiver(name=name, url=url, events=events, secret=secret))

    def follow_up(self, source: str = FOLLOW_UP) -> None:
        """Let a second runbook listen to `claims.submitted`."""
        compiled = self.office.library.compile(source, file="claims.follow_up")
        trigger = EventTrigger(event="claims.submitted")
        self.listening = [replace(compiled, triggers=(trigger,))]

    def emit(self, claim: str, event: str = "claims.submitted", body: str = "{}") -> None:
        """Emit an event of an item that was accepted."""
        item = self.office.item(claim)
        with self.office.store.transaction() as tx:
            tx.outbox.add(
                Event(
                    event=event,
                    item=item.id,
                    subject=item.id,
                    body=body,
                    emitted_at=self.office.clock.at,
                )
            )

    def loop(self, *, other: bool = False) -> OutboxLoop:
        """Return one host's loop."""
        office = self.office
        listeners = listeners_of(self.listening, library=office.library).events
        vault = EnvironmentVault({variable_name(name): s for name, s in self.secrets.items()})
        return OutboxLoop(
            store=office.store,
            thread=self.thread,
            sender=WebSender(vault, clock=office.clock, within=self.answer_within),
            addressees=Addressees(
                log="test/1",
                receivers={one.name: one for one in self.receivers},
                runbooks={
                    event: [one.runbook.name for one in heard] for event, heard in listeners.items()
                },
            ),
            inside={
                f"{one.runbook.name}/{event}": one
                for event, heard in listeners.items()
                for one in heard
            },
            accounts=office.accounts,
            reception=Reception(seal=office.seal, clock=office.clock, library=office.library),
            patience=self.patience,
            observer=self.observer,
            holder=WorkerId(OTHER_WORKER if other else WORKER),
        )

    def dispatches(self, state: DispatchState | None = None) -> list[Dispatch]:
        with self.office.store.reading() as tx:
            found = tx.dispatches.find(DispatchFilter(state=state), limit=1000)
        return [one.dispatch for one in found]

    def states(self) -> list[str]:
        return [one.state.value for one in self.dispatches()]

    def cases(self) -> list[ExceptionCase]:
        with self.office.store.reading() as tx:
            return tx.cases.find(CaseFilter(unclosed=True), limit=100)


async def die_at(place: str, outbox: OutboxOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a host deliver until it comes to this place."""

    def dies(*_: object, **__: object) -> None:
        raise StoreUnavailableError("here", "the process dies")

    with monkeypatch.context() as patched:
        patched.setattr(place, dies)
        with pytest.raises(StoreUnavailableError):
            await outbox.loop().tick()
