"""Test data: whole domain values with one word each, and the clock that tests turn by hand."""

import atexit
import hashlib
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from sqlalchemy import Engine

from deskhand.domain.account import AccountHealth
from deskhand.domain.attempt import Attempt, AttemptState, attempt_id
from deskhand.domain.effect import Effect, EffectState, effect_id
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.exception_case import CaseKind, CaseState, ExceptionCase
from deskhand.domain.identifiers import (
    AccountName,
    CaseId,
    FileId,
    ItemId,
    RunbookHash,
    WorkerId,
)
from deskhand.domain.intake_file import FileState, IntakeFile
from deskhand.domain.question import Answer, AnswerState, answer_id
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.ports.attempt_store import WorkerRow
from deskhand.ports.clock import Clock
from deskhand.ports.log_store import Event
from deskhand.ports.store import Transaction
from deskhand.stores.database import open_database, sqlite_file
from deskhand.stores.schema import upgrade
from deskhand.stores.store import SqlStore

NOW = datetime(2026, 5, 4, 9, 0, 0, 123456, tzinfo=UTC)
ACCOUNT = AccountName("payer_portal/lakeside")
RUNBOOK = RunbookHash("a" * 64)
WORKER = WorkerId("11111111-1111-4111-8111-111111111111")
OTHER_WORKER = WorkerId("22222222-2222-4222-8222-222222222222")
ANN = Actor(kind=ActorKind.HUMAN, id="ann")
BOT = Actor(kind=ActorKind.BOT, id=WORKER)


class HandClock:
    """A clock that stands still until a test turns it."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at

    def turn(self, by: timedelta) -> None:
        """Let time pass."""
        self.at += by


def sqlite_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'deskhand.db'}"


@contextmanager
def migrated(url: str) -> Iterator[Engine]:
    """Lend a database with this version's schema."""
    file = sqlite_file(url)
    if file is not None and not file.exists():
        shutil.copyfile(_migrated_file(), file)
    database = open_database(url)
    try:
        upgrade(database)
        yield database
    finally:
        database.dispose()


@cache
def _migrated_file() -> Path:
    """Return an SQLite file with this version's schema: copied, it need not be made anew."""
    folder = Path(tempfile.mkdtemp(prefix="deskhand-schema-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = open_database(sqlite_url(folder))
    upgrade(database)
    database.dispose()
    (file,) = folder.iterdir()  # no journal beside it: everything is in the file
    return file


def sql_store(database: Engine, *, clock: Clock | None = None) -> SqlStore:
    source = {"host": "test", "app": "deskhand", "version": "0"}
    return SqlStore(database, clock=clock or HandClock(), log="test/1", source=source)


def an_item(id: str = "i1", **changes: object) -> WorkItem:
    item = WorkItem(
        id=ItemId(id),
        runbook="claims-submit",
        runbook_hash=RUNBOOK,
        client="lakeside",
        reference=f"C-{id}",
        account=ACCOUNT,
        state=ItemState.WAITING,
        version=1,
        audit_seq=1,
        sealed_fields=b"sealed fields of " + id.encode(),
        fields_digest=hashlib.sha256(id.encode()).hexdigest(),
        accepted_at=NOW,
        changed_at=NOW,
    )
    return replace(item, **changes)  # type: ignore[arg-type]


def an_attempt(item: str = "i1", number: int = 1, **changes: object) -> Attempt:
    attempt = Attempt(
        id=attempt_id(ItemId(item), number),
        item=ItemId(item),
        number=number,
        account=ACCOUNT,
        state=AttemptState.ENQUEUED,
        enqueued_at=NOW,
    )
    return replace(attempt, **changes)  # type: ignore[arg-type]


def a_running_attempt(item: str = "i1", number: int = 1, *, owner: WorkerId = WORKER) -> Attempt:
    return an_attempt(item, number, state=AttemptState.RUNNING, owner=owner, started_at=NOW)


def an_effect(item: str = "i1", act_no: int = 1, **changes: object) -> Effect:
    effect = Effect(
        id=effect_id(ItemId(item), step="submit_claim", iteration=0, act_no=act_no),
        item=ItemId(item),
        step="submit_claim",
        iteration=0,
        act_no=act_no,
        attempt=attempt_id(ItemId(item), 1),
        state=EffectState.INTENDED,
        audit_seq=2,
        intended_at=NOW,
        act_by=NOW + timedelta(seconds=10),
        ask_at=NOW + timedelta(seconds=40),
        patience_until=NOW + timedelta(minutes=30),
    )
    return replace(effect, **changes)  # type: ignore[arg-type]


def a_case(id: str = "i1-1", *, item: str | None = "i1", **changes: object) -> ExceptionCase:
    case = ExceptionCase(
        id=CaseId(id),
        item=None if item is None else ItemId(item),
        account=ACCOUNT,
        runbook="claims-submit",
        client="lakeside",
        reference=f"C-{item}",
        queue="claims",
        kind=CaseKind.BUSINESS,
        code="MEMBER_NOT_FOUND",
        step="find_member",
        state=CaseState.OPEN,
        stream=f"account:{ACCOUNT}" if item is None else f"item:{item}",
        audit_seq=2,
        version=1,
        sealed_detail=b"sealed detail",
        opened_at=NOW,
    )
    return replace(case, **changes)  # type: ignore[arg-type]


def an_answer(item: str = "i1", **changes: object) -> Answer:
    answer = Answer(
        id=answer_id(ItemId(item), step="approval", number=1),
        item=ItemId(item),
        step="approval",
        case=CaseId(f"{item}-1"),
        state=AnswerState.GIVEN,
        audit_seq=0,
        by="ann",
        meaning="approved",
        digest="0" * 64,
        after_attempt=1,
        sealed_values=b"sealed values",
        given_at=NOW,
    )
    return replace(answer, **changes)  # type: ignore[arg-type]


def a_file(id: str = "f1", **changes: object) -> IntakeFile:
    file = IntakeFile(
        id=FileId(id),
        runbook="claims-submit",
        runbook_hash=RUNBOOK,
        client="lakeside",
        name="claims.csv",
        path="in/lakeside/claims.csv",
        sha256=hashlib.sha256(id.encode()).hexdigest(),
        state=FileState.TAKEN,
        taken_rows=0,
        rejected_rows=0,
        received_at=NOW,
    )
    return replace(file, **changes)  # type: ignore[arg-type]


def a_worker(id: WorkerId = WORKER, *, seen_at: datetime = NOW) -> WorkerRow:
    return WorkerRow(id=id, host="test", process=1, started_at=NOW, seen_at=seen_at)


def health(**changes: object) -> AccountHealth:
    return replace(AccountHealth(name=ACCOUNT), **changes)  # type: ignore[arg-type]


def an_event(item: str = "i1", event: str = "claims.submitted") -> Event:
    return Event(
        event=event,
        item=ItemId(item),
        subject=item,
        body='{"client": "lakeside", "outputs": {}}',
        emitted_at=NOW,
    )


def an_entry(stream: str, subject: str, state: str = "", *, type: str = "") -> Entry:
    """Return a record to be, of whatever type fits a state or a plain fact."""
    kind = type or (RecordType.ITEM_MOVED if state else RecordType.ACTION)
    return Entry(stream=stream, type=kind, subject=subject, state=state, actor=BOT, at=NOW)


def add_runbook(tx: Transaction) -> None:
    tx.runbooks.add(RUNBOOK, name="claims-submit", source="runbook: …", by="ann", at=NOW)


def add_items(tx: Transaction, *items: WorkItem) -> None:
    """Accept items: the runbook, their first records, the items."""
    add_runbook(tx)
    tx.record_first(
        an_entry(item.stream, "item", item.state.value, type=RecordType.ITEM_CREATED)
        for item in items
    )
    tx.items.add(items)


def move_item(tx: Transaction, item: WorkItem, state: ItemState) -> WorkItem:
    """Record an item's move, then save it."""
    seq = tx.record(an_entry(item.stream, "item", state.value))
    moved = item.moved_to(state, audit_seq=seq, at=NOW)
    tx.items.save(moved)
    return moved


def add_attempt(tx: Transaction, attempt: Attempt) -> Attempt:
    """Note an attempt of an item that is there; its record, too, when it is not just enqueued."""
    if attempt.state is not AttemptState.ENQUEUED:
        subject = f"attempt:{attempt.number}"
        tx.record(an_entry(f"item:{attempt.item}", subject, attempt.state.value))
    tx.attempts.add(attempt)
    return attempt


def add_effect(tx: Transaction, effect: Effect) -> Effect:
    """Record an act and insert it."""
    seq = tx.record(an_entry(f"item:{effect.item}", f"effect:{effect.id}", effect.state.value))
    told = replace(effect, audit_seq=seq)
    tx.journal.add_effect(told)
    return told


def add_case(tx: Transaction, case: ExceptionCase) -> ExceptionCase:
    """Record a case and insert it."""
    seq = tx.record(an_entry(case.stream, f"case:{case.id}", case.state.value))
    told = case.at_record(seq)
    tx.cases.add(told)
    return told


def add_answer(tx: Transaction, answer: Answer) -> Answer:
    """Record an answer, then keep it."""
    seq = tx.record(an_entry(f"item:{answer.item}", f"answer:{answer.id}", answer.state.value))
    kept = replace(answer, audit_seq=seq)
    tx.answers.add(kept)
    return kept


def hold(tx: Transaction, known: AccountHealth) -> AccountHealth:
    """Record that an account is held, and save it."""
    seq = tx.record(an_entry(known.stream, "account", "held", type=RecordType.ACCOUNT_HELD))
    held = replace(known, held=True, held_for="CAPTCHA", held_at=NOW, audit_seq=seq)
    tx.accounts.save_health(held)
    return held
