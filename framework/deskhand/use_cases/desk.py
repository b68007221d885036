"""A person's desk: what carrying out decisions needs, and what every decision does."""

from dataclasses import dataclass, replace
from datetime import datetime

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.runbook import Runbook
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.errors import DecisionRefusedError
from deskhand.ports.clock import Clock
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.ports.store import Store, Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.take_case import refuse_others


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What carrying out decisions needs."""

    store: Store
    seal: Seal
    clock: Clock
    library: RunbookLibrary


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A person's word on a case: which one, whose word, and why."""

    case: str
    by: Actor
    reason: str = ""


def open_case(tx: Transaction, word: Word) -> tuple[ExceptionCase, WorkItem]:
    """Return the case and its item, locked; raises `DecisionRefusedError` if it is not theirs."""
    case = tx.cases.get(tx.cases.named(word.case).id)
    refuse_others(case, by=word.by)
    if case.item is None and not case.account:
        raise DecisionRefusedError(
            f"case {case.id} is about events that were given up; list them with: "
            "deskhand events list --state given_up"
        )
    if case.item is None:
        raise DecisionRefusedError(
            f"case {case.id} is about an account; release it with: "
            f"deskhand accounts release {case.account}"
        )
    return case, tx.items.get(case.item)


def need_reason(word: Word) -> None:
    """Raise `DecisionRefusedError` when no reason is given."""
    if not word.reason.strip():
        raise DecisionRefusedError("closing a case needs a reason: --reason TEXT")


def runbook_of(tx: Transaction, item: WorkItem, desk: Desk) -> Runbook:
    """Return the runbook that the item started with, compiled."""
    stored = tx.runbooks.get(item.runbook_hash)
    return desk.library.compile(stored.source, file=stored.name)


def go_on(tx: Transaction, item: WorkItem, word: Word, *, desk: Desk) -> WorkItem:
    """Let the item wait for the bots again; its tries start anew."""
    now = desk.clock.now()
    moved = _moved(tx, item, ItemState.WAITING, word, now=now)
    tx.items.save(going := replace(moved, tries=0, not_before=None, reason=None))
    return going


def rest(
    tx: Transaction,
    item: WorkItem,
    state: ItemState,
    word: Word,
    *,
    now: datetime,
    number: str | None = None,
) -> WorkItem:
    """Let the item rest in its last state."""
    moved = _moved(tx, item, state, word, now=now)
    tx.items.save(resting := replace(moved, portal_number=number, reason=word.reason))
    return resting


def _moved(
    tx: Transaction, item: WorkItem, state: ItemState, word: Word, *, now: datetime
) -> WorkItem:
    seq = tx.record(
        Entry(
            stream=item.stream,
            type=RecordType.ITEM_MOVED,
            subject="item",
            state=state.value,
            actor=word.by,
            at=now,
            data={"from": item.state.value},
        )
    )
    return item.moved_to(state, audit_seq=seq, at=now)
