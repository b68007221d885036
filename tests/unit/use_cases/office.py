"""A whole back office without a portal: a real store, real runbooks, an engine in memory."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

from deskhand.domain.account import Account
from deskhand.domain.effect import Effect
from deskhand.domain.entry import Actor
from deskhand.domain.identifiers import AccountName, AttemptId, ItemId, WorkerId
from deskhand.domain.intake_file import FileRow
from deskhand.domain.outcome import Outcome
from deskhand.domain.quality import QualityBook
from deskhand.domain.queue import QueueBook
from deskhand.domain.runbook import ManualTrigger, Runbook
from deskhand.domain.work_item import WorkItem
from deskhand.ports.engine import Perform
from deskhand.ports.reader import Row
from deskhand.runbooks.library import Library
from deskhand.stores.store import SqlStore
from deskhand.use_cases.accept_items import BatchAcceptance, Candidate, ItemMaker
from deskhand.use_cases.begin_attempt import begin_attempt
from deskhand.use_cases.desk import Desk, Word
from deskhand.use_cases.feed_engine import feed_engine
from deskhand.use_cases.fenced_attempt import FencedAttempt
from deskhand.use_cases.journal_act import ActClocks, ActJournal
from deskhand.use_cases.register_worker import register_worker
from deskhand.use_cases.settle_attempt import Settled, SettlementRules, settle_attempt
from deskhand.vaults.seal import AesSeal
from tests.making import ACCOUNT, ANN, WORKER, HandClock, a_worker
from tests.unit.runbooks.bots import BOTS

SOURCE = """\
deskhand: 1
runbook: claims.tiny
portal: payer_portal
item:
  reference: [claim_number]
  fields: {claim_number: string, member_id: member_id, note: string?}
item_retry: {tries: 3}
steps:
  - use: find_claim
  - once: submit_claim
cases: {claims: [business], engineers: [system, uncertain]}
"""
CLOCKS = ActClocks(
    act_within=timedelta(seconds=10),
    ask_after=timedelta(seconds=30),
    patience=timedelta(minutes=10),
)
MEMBER = "W123456789"


@dataclass(slots=True)
class MemoryEngine:
    """An engine that hands out nothing by itself; a test says who has what."""

    enqueued: list[AttemptId] = field(default_factory=list)
    cancelled: list[AttemptId] = field(default_factory=list)
    priorities: list[int] = field(default_factory=list)
    holders: dict[AttemptId, WorkerId | None] = field(default_factory=dict)

    def enqueue(self, connection: object, attempt: AttemptId, *, priority: int) -> None:
        assert connection is not None
        self.enqueued.append(attempt)
        self.priorities.append(priority)

    async def start(self, perform: Perform, *, worker: WorkerId, lanes: int) -> None:
        raise NotImplementedError

    def handed_out(self, attempts: Sequence[AttemptId]) -> Mapping[AttemptId, WorkerId | None]:
        return {one: self.holders[one] for one in attempts if one in self.holders}

    def cancel(self, attempt: AttemptId) -> None:
        self.cancelled.append(attempt)

    def prune(self, *, keep: int) -> None:
        raise NotImplementedError

    async def stop(self) -> None:
        raise NotImplementedError


@dataclass(slots=True)
class Office:
    """Items, attempts and people's decisions over one store."""

    store: SqlStore
    clock: HandClock
    engine: MemoryEngine = field(default_factory=MemoryEngine)
    seal: AesSeal = field(default_factory=lambda: AesSeal([bytes(32)]))
    library: Library = field(default_factory=lambda: Library(BOTS))
    accounts: dict[AccountName, Account] = field(default_factory=dict)
    workers: set[WorkerId] = field(default_factory=set)
    source: str = SOURCE
    book: QueueBook = field(default_factory=QueueBook)
    quality: QualityBook = field(default_factory=QualityBook)

    def __post_init__(self) -> None:
        self.open_account("lakeside")

    @property
    def runbook(self) -> Runbook:
        return self.library.compile(self.source, file="claims.tiny")

    @property
    def desk(self) -> Desk:
        return Desk(
            store=self.store,
            seal=self.seal,
            clock=self.clock,
            library=self.library,
            book=self.book,
        )

    def open_account(self, client: str, *, at_once: int = 1) -> AccountName:
        """Add an account, or change how much it may do at once."""
        name = AccountName(f"payer_portal/{client}")
        self.accounts[name] = Account(
            name=name,
            portal="payer_portal",
            client=client,
            url="https://payer.example",
            login=name,
            at_once=at_once,
        )
        return name

    def accept(self, *claims: str, client: str = "lakeside", note: str = "") -> list[FileRow]:
        """Take rows in as one batch; return their fates."""
        runbook = self.runbook
        maker = ItemMaker(
            runbook=runbook,
            client=client,
            file=None,
            folder=Path(),
            seal=self.seal,
            library=self.library,
            book=self.book,
        )
        binder = self.library.binder(runbook, ManualTrigger())
        now = self.clock.now()
        candidates: list[Candidate] = []
        for number, claim in enumerate(claims, start=1):
            values = {"claim_number": claim, "member_id": MEMBER, "note": note or None}
            made = maker.candidate(Row(number=number, line=number, values=values), binder, now=now)
            assert isinstance(made, Candidate), made
            candidates.append(made)
        with self.store.transaction() as tx:
            tx.runbooks.add(
                runbook.hash, name=runbook.name, source=runbook.source, by="ann", at=now
            )
            return BatchAcceptance(tx, maker=maker, by=ANN, now=now).take(candidates)

    def item(self, claim: str) -> WorkItem:
        with self.store.reading() as tx:
            return tx.items.named(claim)

    def feed(self, *, at_most: int = 10, holder: WorkerId = WORKER) -> list[AttemptId]:
        return feed_engine(
            store=self.store,
            engine=self.engine,
            clock=self.clock,
            accounts=self.accounts,
            at_most=at_most,
            holder=holder,
        )

    def register(self, worker: WorkerId = WORKER) -> None:
        """Let a worker be known, once."""
        if worker not in self.workers:
            self.workers.add(worker)
            row = a_worker(worker, seen_at=self.clock.at)
            register_worker(row, store=self.store, clock=self.clock)

    def begin(self, attempt: AttemptId, *, worker: WorkerId = WORKER) -> FencedAttempt:
        self.register(worker)
        begun = begin_attempt(attempt, store=self.store, clock=self.clock, worker=worker)
        assert begun is not None
        return FencedAttempt(
            item=begun.item,
            attempt=begun.attempt,
            owner=worker,
            store=self.store,
            seal=self.seal,
            clock=self.clock,
        )

    def begin_next(self, *, worker: WorkerId = WORKER) -> FencedAttempt:
        """Feed, and begin the one attempt that this gave."""
        (attempt,) = self.feed()
        return self.begin(attempt, worker=worker)

    def intend(self, fenced: FencedAttempt, *, act_no: int = 1) -> Effect:
        """Write the intent of the submission."""
        return ActJournal(fenced=fenced).intend("submit_claim", act_no=act_no, clocks=CLOCKS)

    def settle(self, fenced: FencedAttempt, outcome: Outcome, *, chance: float = 0.0) -> Settled:
        rules = SettlementRules.of(
            self.runbook, retry=self.runbook.item_retry, book=self.book, quality=self.quality
        )
        return settle_attempt(outcome, fenced=fenced, rules=rules, chance=chance)

    def perform(self, outcome: Outcome) -> Settled:
        """Feed, begin and settle the next attempt."""
        return self.settle(self.begin_next(), outcome)

    def types_of(self, item: ItemId) -> list[str]:
        """Return what the item's records tell of, in order."""
        with self.store.reading() as tx:
            return [row.type for row in tx.audit_log.of_stream(f"item:{item}")]

    def slots_in_use(self, account: AccountName = ACCOUNT) -> int:
        at_once = self.accounts[account].at_once
        with self.store.transaction() as tx:
            return at_once - len(
                tx.accounts.free_slots(account, at_once=at_once, now=self.clock.at)
            )


def word(case: str, *, reason: str = "looked", by: Actor = ANN) -> Word:
    return Word(case=case, by=by, reason=reason)
