"""The inbox: signed requests become items, several of them a commit."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from deskhand.domain.account import Account, account_name
from deskhand.domain.identifiers import AccountName
from deskhand.domain.runbook import Runbook
from deskhand.domain.verification import VerificationRhythm
from deskhand.errors import StoreConflictError
from deskhand.ports.inbox import Health, HookRequest, RefusalKind, Refused, Taken
from deskhand.ports.runbook_library import RowBinder
from deskhand.ports.store import Store
from deskhand.runtime.group_commit import GroupCommit
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.accept_rows import RowDelivery
from deskhand.use_cases.receive_rows import Reception, receive_rows, sender_of
from deskhand.use_cases.watch_health import health_now

LOOK_EVERY = timedelta(seconds=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """A runbook that rows can start, and how a row becomes its item."""

    runbook: Runbook
    binder: RowBinder


@dataclass(frozen=True, slots=True, kw_only=True)
class Listeners:
    """Who listens to what: a webhook leads to one runbook, an event to any number."""

    webhooks: Mapping[str, Listener]
    events: Mapping[str, Sequence[Listener]]

    def to(self, request: HookRequest) -> Sequence[Listener]:
        """Return the runbooks that a request is for."""
        if request.event is not None:
            return self.events.get(request.event, ())
        found = self.webhooks.get(request.hook)
        return () if found is None else (found,)


@dataclass(slots=True, kw_only=True)
class StoreInbox:
    """Takes requests into the store (`deskhand.ports.inbox.Inbox`)."""

    store: Store
    thread: StoreThread
    reception: Reception
    listeners: Listeners
    accounts: Mapping[AccountName, Account]
    rhythm: VerificationRhythm = field(default_factory=VerificationRhythm)
    _commits: GroupCommit = field(init=False)
    _looked_at: datetime | None = None
    _found: Health = field(default_factory=Health)

    def __post_init__(self) -> None:
        self._commits = GroupCommit(self.store, thread=self.thread)

    async def take(self, request: HookRequest) -> Taken | Refused:
        listeners = self.listeners.to(request)
        if not listeners:
            return _nobody(request)
        for listener in listeners:
            account = account_name(listener.runbook.portal, request.client)
            if account not in self.accounts:
                return _no_account(account)
        deliveries = [self._delivery(listener, request) for listener in listeners]
        act = partial(
            receive_rows, request=request, deliveries=deliveries, reception=self.reception
        )
        touches = f"{request.client}/{request.hook}"
        try:
            return await self._commits.write(act, touches=touches)
        except StoreConflictError:
            # Another host took the same request, or the same reference, at the same moment. It
            # has committed by now: this time it is seen.
            return await self._commits.write(act, touches=touches)

    async def health(self) -> Health:
        now = self.reception.clock.now()
        if self._looked_at is None or now - self._looked_at >= LOOK_EVERY:
            # Noted first: whoever asks often makes no more writes than one every while.
            self._looked_at = now
            self._found = await self.thread.run(
                health_now, store=self.store, clock=self.reception.clock, rhythm=self.rhythm
            )
        return self._found

    def _delivery(self, listener: Listener, request: HookRequest) -> RowDelivery:
        return RowDelivery(
            runbook=listener.runbook,
            client=request.client,
            binder=listener.binder,
            folder=None,
            by=sender_of(request),
            book=self.reception.book,
        )


def _nobody(request: HookRequest) -> Refused:
    trigger = f"event: {request.event}" if request.event else f"webhook: {request.hook}"
    return Refused(
        kind=RefusalKind.NOBODY_LISTENS,
        problem="no runbook here is started by this",
        advice=f"ask for a runbook with the trigger `{trigger}`, or check the name",
    )


def _no_account(account: AccountName) -> Refused:
    return Refused(
        kind=RefusalKind.NOBODY_LISTENS,
        problem=f"there is no account {account}",
        advice="ask for it to be added to accounts.yaml, then send again",
    )
