"""The store: what is true about items, attempts, effects, cases, accounts, and their records.

Every write happens inside `Store.transaction()`. Within it `record` comes first: the database
refuses a change of state that no record tells of.
"""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from typing import Protocol

from deskhand.domain.entry import Entry
from deskhand.ports.account_store import Accounts
from deskhand.ports.attempt_store import Attempts, EvidenceIndex, Journal, Workers
from deskhand.ports.case_clocks import CaseClocks
from deskhand.ports.case_store import Answers, Cases
from deskhand.ports.dispatches import Dispatches
from deskhand.ports.drop_store import Drops
from deskhand.ports.figures import Figures
from deskhand.ports.hook_log import HookLog
from deskhand.ports.item_store import Files, Items, Runbooks
from deskhand.ports.log_parts import LogParts
from deskhand.ports.log_store import AuditLog, Outbox
from deskhand.ports.notices import Notices
from deskhand.ports.notifications import Notifications
from deskhand.ports.quality import Rechecks, RunbookHolds
from deskhand.ports.trigger_store import Triggers


class Transaction(Protocol):
    """One transaction: everything in it happens, or nothing."""

    @property
    def runbooks(self) -> Runbooks: ...
    @property
    def items(self) -> Items: ...
    @property
    def attempts(self) -> Attempts: ...
    @property
    def journal(self) -> Journal: ...
    @property
    def cases(self) -> Cases: ...
    @property
    def answers(self) -> Answers: ...
    @property
    def case_clocks(self) -> CaseClocks: ...
    @property
    def accounts(self) -> Accounts: ...
    @property
    def workers(self) -> Workers: ...
    @property
    def files(self) -> Files: ...
    @property
    def audit_log(self) -> AuditLog: ...
    @property
    def log_parts(self) -> LogParts: ...
    @property
    def evidence(self) -> EvidenceIndex: ...
    @property
    def outbox(self) -> Outbox: ...
    @property
    def triggers(self) -> Triggers: ...
    @property
    def dispatches(self) -> Dispatches: ...
    @property
    def hooks(self) -> HookLog: ...
    @property
    def drops(self) -> Drops: ...
    @property
    def notices(self) -> Notices: ...
    @property
    def notifications(self) -> Notifications: ...
    @property
    def rechecks(self) -> Rechecks: ...
    @property
    def runbook_holds(self) -> RunbookHolds: ...
    @property
    def figures(self) -> Figures: ...

    def record(self, entry: Entry) -> int:
        """Append a record to its stream; return its number in the stream."""
        ...

    def record_first(self, entries: Iterable[Entry]) -> None:
        """Append the first records of new streams, all at once."""
        ...

    def part(self) -> AbstractContextManager[None]:
        """Open a part of this transaction: an error that leaves it undoes the part alone.

        Raises `StoreConflictError` for what the store refuses; the transaction goes on.
        """
        ...

    @property
    def connection(self) -> object:
        """The database's own connection, opaque: for `Engine.enqueue` only."""
        ...


class Store(Protocol):
    """Owns every transaction."""

    def transaction(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that writes; it commits at the end, or rolls back on any error.

        Raises `StoreUnavailableError` when the database cannot be reached or written.
        """
        ...

    def reading(self) -> AbstractContextManager[Transaction]:
        """Open a transaction that only reads; it waits for no writer."""
        ...

    def close(self) -> None:
        """Let go of the database."""
        ...
