"""The store: what is true about items, attempts, effects, cases, accounts, and their records.

Every write happens inside `Store.transaction()`. Within it `record` comes first: the database
refuses a change of state that no record tells of.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deskhand.domain.account import AccountHealth
from deskhand.domain.attempt import Attempt
from deskhand.domain.effect import Effect
from deskhand.domain.entry import Entry
from deskhand.domain.evidence import Evidence
from deskhand.domain.exception_case import CaseKind, CaseState, ExceptionCase
from deskhand.domain.identifiers import (
    AccountName,
    AttemptId,
    CaseId,
    EffectId,
    FileId,
    ItemId,
    RunbookHash,
    WorkerId,
)
from deskhand.domain.intake_file import FileRow, IntakeFile
from deskhand.domain.question import Answer
from deskhand.domain.read_back import ReadBack
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.ports.case_clocks import CaseClocks
from deskhand.ports.dispatches import Dispatches
from deskhand.ports.drop_store import Drops
from deskhand.ports.figures import Figures
from deskhand.ports.hook_log import HookLog
from deskhand.ports.log_parts import LoggedRecord, LogParts, StateClaim
from deskhand.ports.notices import Notices
from deskhand.ports.notifications import Notifications
from deskhand.ports.quality import Rechecks, RunbookHolds
from deskhand.ports.trigger_store import Triggers


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredRunbook:
    """A runbook's text by the hash of it, with its running number."""

    hash: RunbookHash
    name: str
    number: int
    source: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What a step gave, sealed."""

    attempt: AttemptId
    item: ItemId
    step: str
    iteration: int
    sealed_value: bytes
    recorded_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """A process that performs items, and when it was last seen."""

    id: WorkerId
    host: str
    process: int
    started_at: datetime
    seen_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownReference:
    """The item that already has a reference, and the digest of its content."""

    item: ItemId
    fields_digest: str
    occurrences: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which items to list; None means any."""

    runbook: str | None = None
    client: str | None = None
    state: ItemState | None = None
    reference: str | None = None
    file: FileId | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFilter:
    """Which cases to list; None means any."""

    state: CaseState | None = None
    kind: CaseKind | None = None
    queue: str | None = None
    code: str | None = None
    client: str | None = None
    runbook: str | None = None
    taken_by: str | None = None
    cause_group: str | None = None
    incident: CaseId | None = None
    unclosed: bool = False
    overdue_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact for others, kept in the outbox until it is delivered.

    `item` is None when it is about none, as an account's case.
    """

    event: str
    item: ItemId | None
    subject: str
    body: str
    emitted_at: datetime


class Runbooks(Protocol):
    """Runbooks by content."""

    def add(self, hash: RunbookHash, *, name: str, source: str, by: str, at: datetime) -> int:
        """Keep a runbook's text, once; return its running number."""
        ...

    def known(self, hash: RunbookHash) -> bool:
        """Whether this version is kept."""
        ...

    def get(self, hash: RunbookHash) -> StoredRunbook:
        """Return a runbook; raises `NotFoundError`."""
        ...

    def numbered(self, name: str, number: int) -> StoredRunbook:
        """Return a version of a runbook by its running number; raises `NotFoundError`."""
        ...


class Items(Protocol):
    """Work items."""

    def known(
        self, runbook: str, client: str, references: Sequence[str]
    ) -> Mapping[str, KnownReference]:
        """Return which of the references are taken."""
        ...

    def add(self, items: Sequence[WorkItem]) -> None:
        """Insert new items; their first records must stand in the log."""
        ...

    def get(self, id: ItemId) -> WorkItem:
        """Return an item, locked until the transaction ends; raises `NotFoundError`."""
        ...

    def named(self, name: str) -> WorkItem:
        """Return the item with this id, or this reference if only one has it.

        Raises `NotFoundError`, whose advice lists the candidates where there are several.
        """
        ...

    def find(
        self, wanted: ItemFilter, *, limit: int, after: ItemId | None = None
    ) -> list[WorkItem]:
        """Return items in the order of their ids, behind `after`."""
        ...

    def save(self, item: WorkItem) -> None:
        """Write an item's next version; raises `StaleVersionError` if it moved on meanwhile."""
        ...

    def by_ids(self, ids: Sequence[ItemId]) -> dict[ItemId, WorkItem]:
        """Return the items with these ids."""
        ...

    def next_waiting(self, account: AccountName, *, now: datetime, limit: int) -> list[WorkItem]:
        """Return the account's most urgent items that may be performed now, locked.

        None of a runbook's version that is held.
        """
        ...

    def ready_by_account(self) -> Mapping[AccountName, int]:
        """Count each account's waiting items whose file has been taken in as a whole.

        Without those of a runbook's version that is held.
        """
        ...

    def counts(self, wanted: ItemFilter) -> Mapping[ItemState, int]:
        """Count items by state."""
        ...


class Attempts(Protocol):
    """Attempts, and the fence before them."""

    def add(self, attempt: Attempt) -> None:
        """Insert a new attempt."""
        ...

    def get(self, id: AttemptId) -> Attempt:
        """Return an attempt, locked; raises `NotFoundError`."""
        ...

    def fence(self, id: AttemptId, *, owner: WorkerId) -> None:
        """Hold the attempt for this transaction; raises `FencedError` if another owns it."""
        ...

    def save(self, attempt: Attempt) -> None:
        """Write an attempt."""
        ...

    def of_item(self, item: ItemId) -> list[Attempt]:
        """Return an item's attempts in order."""
        ...

    def open_of(self, owner: WorkerId | None) -> list[Attempt]:
        """Return the running attempts of a worker; for None the enqueued ones of nobody."""
        ...

    def enqueued_count(self) -> int:
        """Count the attempts that no worker has begun."""
        ...

    def abandoned(self) -> list[Attempt]:
        """Return the running attempts whose owner is no living worker."""
        ...


class Journal(Protocol):
    """Step results, effects and read-backs."""

    def add_result(self, result: StepResult) -> None:
        """Keep what a step gave."""
        ...

    def results_of(self, item: ItemId) -> list[StepResult]:
        """Return an item's step results: those of its first attempt first, whatever their time."""
        ...

    def add_effect(self, effect: Effect) -> None:
        """Insert an intent; its record must stand in the log."""
        ...

    def save_effect(self, effect: Effect) -> None:
        """Write what is now known of an act."""
        ...

    def effect(self, id: EffectId) -> Effect:
        """Return an act; raises `NotFoundError`."""
        ...

    def effects_of(self, item: ItemId) -> list[Effect]:
        """Return an item's acts: of each step by their number, whatever their time."""
        ...

    def add_read_back(
        self, read_back: ReadBack, *, item: WorkItem, attempt: AttemptId, step: str, at: datetime
    ) -> None:
        """Keep how many fields were compared, each by its name, and which differ."""
        ...

    def verified_steps(self, item: ItemId) -> frozenset[str]:
        """Return the steps whose last read-back found every field as submitted."""
        ...

    def read_back_totals(self, wanted: ItemFilter) -> tuple[int, int]:
        """Return (checked, wrong) over the last read-back of each act: as the portal stands."""
        ...


class Cases(Protocol):
    """Exception cases."""

    def add(self, case: ExceptionCase) -> None:
        """Open a case; its record must stand in the log."""
        ...

    def get(self, id: CaseId) -> ExceptionCase:
        """Return a case, locked; raises `NotFoundError`."""
        ...

    def named(self, name: str) -> ExceptionCase:
        """Return the case with this id, or the open one of the item with this id or reference."""
        ...

    def save(self, case: ExceptionCase) -> None:
        """Write a case's next version; raises `StaleVersionError` if it moved on meanwhile."""
        ...

    def of_item(self, item: ItemId) -> list[ExceptionCase]:
        """Return an item's cases, oldest first."""
        ...

    def open_of_account(self, account: AccountName) -> ExceptionCase | None:
        """Return the open case about the account itself, if there is one, locked."""
        ...

    def find(self, wanted: CaseFilter, *, limit: int) -> list[ExceptionCase]:
        """Return cases, the first ones due first, then the oldest."""
        ...

    def expired(self, *, now: datetime, limit: int) -> list[ExceptionCase]:
        """Return questions that nobody has answered in time, locked."""
        ...


class Answers(Protocol):
    """What people answered to the questions of runbooks."""

    def add(self, answer: Answer) -> None:
        """Keep a new answer; its record must stand in the log."""
        ...

    def save(self, answer: Answer) -> None:
        """Write whether an answer still holds."""
        ...

    def of_item(self, item: ItemId) -> list[Answer]:
        """Return every answer about an item, oldest first."""
        ...


class Accounts(Protocol):
    """What is known of accounts, their slots and their saved logins."""

    def health(self, name: AccountName) -> AccountHealth:
        """Return what is known of an account, locked; a new one is well."""
        ...

    def save_health(self, health: AccountHealth) -> None:
        """Write what is known of an account."""
        ...

    def all_health(self) -> list[AccountHealth]:
        """Return every account that has a history."""
        ...

    def free_slots(self, name: AccountName, *, at_once: int, now: datetime) -> list[int]:
        """Return the numbers of the slots that nobody holds, and that no visit waits for."""
        ...

    def take_slot(self, name: AccountName, slot: int, *, attempt: AttemptId) -> None:
        """Give a slot to an attempt."""
        ...

    def free_slot(self, attempt: AttemptId) -> None:
        """Free the slot that an attempt holds."""
        ...

    def visit(
        self, name: AccountName, *, visitor: str, at_once: int, now: datetime, until: datetime
    ) -> bool:
        """Ask for a session of an account for something that is no attempt; whether one is free.

        From the first asking on no attempt gets it, and visitors come in the order of theirs.
        Who does not ask again before `until` waits no more.
        """
        ...

    def end_visit(self, visitor: str) -> None:
        """Give back what `visit` was asked for, whether it was free or not."""
        ...

    def login(self, name: AccountName) -> bytes | None:
        """Return the sealed saved login."""
        ...

    def save_login(self, name: AccountName, sealed: bytes | None, *, at: datetime) -> None:
        """Keep a sealed login, or forget it."""
        ...

    def lock_login(self, name: AccountName, *, holder: str, now: datetime, until: datetime) -> bool:
        """Take the account's login lock if it is free or has run out."""
        ...

    def unlock_login(self, name: AccountName, *, holder: str) -> None:
        """Give the login lock back."""
        ...

    def unlock_logins_of(self, worker: WorkerId) -> None:
        """Free every login lock whose holder begins with the worker's id and a slash."""
        ...


class Workers(Protocol):
    """Workers and their signs of life, and the feeder's lease."""

    def add(self, worker: WorkerRow) -> None:
        """Note a new worker."""
        ...

    def seen(self, id: WorkerId, *, at: datetime) -> bool:
        """Note a sign of life; False when the worker has been given up meanwhile."""
        ...

    def alive(self, id: WorkerId) -> bool:
        """Whether a worker is known and has not ended."""
        ...

    def living(self, *, since: datetime) -> int:
        """Count the workers that were seen since then and have not ended."""
        ...

    def silent(self, *, since: datetime) -> list[WorkerRow]:
        """Return the workers that were not seen since then and have not ended."""
        ...

    def end(self, id: WorkerId, *, at: datetime) -> bool:
        """Note the end of a worker, once; False when somebody else did."""
        ...

    def free(self, name: str, *, holder: str) -> None:
        """Give a named lease back."""
        ...

    def free_all(self, *, holder: str) -> None:
        """Give back every lease of a worker that is gone for certain."""
        ...

    def lease(self, name: str, *, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew a named lease if it is free, run out, or already the holder's."""
        ...


class Files(Protocol):
    """Files on their way in."""

    def by_content(self, runbook: str, client: str, sha256: str) -> IntakeFile | None:
        """Return the file with this content, whatever its name."""
        ...

    def add(self, file: IntakeFile) -> None:
        """Note a new file."""
        ...

    def save(self, file: IntakeFile) -> None:
        """Write how far a file has come."""
        ...

    def get(self, id: FileId) -> IntakeFile:
        """Return a file; raises `NotFoundError`."""
        ...

    def everything(self) -> list[IntakeFile]:
        """Return every file, oldest first."""
        ...

    def begun(self) -> list[IntakeFile]:
        """Return the files that are being taken in, or were left in the middle, oldest first."""
        ...

    def add_rows(self, rows: Sequence[FileRow]) -> None:
        """Keep the fates of rows."""
        ...

    def rows(self, file: FileId) -> Iterator[FileRow]:
        """Yield a file's rows in order."""
        ...


class AuditLog(Protocol):
    """Reading the log; writing is `Transaction.record`."""

    def of_stream(self, stream: str) -> list[LoggedRecord]:
        """Return a stream's records in order."""
        ...

    def all(self) -> Iterator[LoggedRecord]:
        """Yield every record in the order of writing."""
        ...

    def by_stream(self) -> Iterator[LoggedRecord]:
        """Yield every record, ordered by stream and sequence."""
        ...

    def claims(self) -> Iterator[StateClaim]:
        """Yield what the store claims of everything that has a state."""
        ...

    def count(self) -> int:
        """Count the records."""
        ...


class EvidenceIndex(Protocol):
    """Which evidence there is."""

    def add(self, evidence: Evidence) -> None:
        """Note a piece of evidence."""
        ...

    def of_item(self, item: ItemId) -> list[Evidence]:
        """Return an item's evidence, oldest first."""
        ...


class Outbox(Protocol):
    """Events on their way out."""

    def add(self, event: Event) -> None:
        """Keep an event, once a subject."""
        ...

    def of_item(self, item: ItemId) -> list[Event]:
        """Return an item's events."""
        ...


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
