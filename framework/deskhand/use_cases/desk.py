"""A person's desk: what carrying out decisions needs, and what every decision does."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from deskhand.domain.cause import SystemCode
from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseKind, Decision, ExceptionCase
from deskhand.domain.person_name import same_person
from deskhand.domain.queue import QueueBook
from deskhand.domain.redaction import redact, sensitive_forms
from deskhand.domain.runbook import Runbook
from deskhand.domain.sealed import Sealed
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.errors import BotError, DecisionRefusedError, RunbookInvalidError, SealBrokenError
from deskhand.ports.clock import Clock
from deskhand.ports.runbook_library import RunbookLibrary
from deskhand.ports.store import Store, Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.hold_version import QUALITY_CRITICAL
from deskhand.use_cases.meant_case import meant_case, refuse_others, refuse_unfit
from deskhand.use_cases.sealing import fields_context, open_json


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What carrying out decisions needs; `book` says who may."""

    store: Store
    seal: Seal
    clock: Clock
    library: RunbookLibrary
    book: QueueBook


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """A person's word on a case: which one, whose word, and why."""

    case: str
    by: Actor
    reason: str = ""


def open_case(
    tx: Transaction, word: Word, decision: Decision, *, desk: Desk
) -> tuple[ExceptionCase, WorkItem]:
    """Return the case and its item, locked.

    Raises `DecisionRefusedError` if it is not theirs, if this decision is not theirs to take, or
    if its reason tells what is sensitive.
    """
    case = meant_case(tx, word.case)
    refuse_others(case, by=word.by)
    refuse_unfit(case, by=word.by, book=desk.book, decision=decision)
    if case.item is None:
        raise DecisionRefusedError(about_no_item(case))
    if case.kind is CaseKind.QUALITY:
        raise DecisionRefusedError(
            f"case {case.id} is a re-check of what is done; see: deskhand quality show {case.id}"
        )
    item = tx.items.get(case.item)
    refuse_telling(tx, item, word, desk=desk)
    return case, item


def refuse_unseen(case: ExceptionCase, word: Word) -> None:
    """Raise `DecisionRefusedError` when a question may have been asked since the person looked.

    An item's name may lead there. A case's id leads to what it showed, and so does a case that
    the person holds.
    """
    held = case.taken_by is not None and same_person(case.taken_by, word.by.name)
    if word.case != case.id and not held:
        raise DecisionRefusedError(
            f"{case.reference} may ask something else by now than what you have seen; "
            f"look at it, then name it: {case.id}"
        )


def refuse_telling(tx: Transaction, item: WorkItem, word: Word, *, desk: Desk) -> None:
    """Raise `DecisionRefusedError` when a reason holds a sensitive value of the item.

    Reasons are kept in clear, and clients are told them. Single words are let pass: a patient's
    first name may be a word like any other.
    """
    if not word.reason.strip():
        return
    told = [
        name
        for name, value in _sensitive_values(tx, item, desk)
        if any(_tells(word.reason, leaf) for leaf in _leaves(value))
    ]
    if told:
        raise DecisionRefusedError(
            f"the reason holds a sensitive value of the item ({', '.join(told)}); reasons are "
            "kept in clear, and clients are told them: say it without"
        )


def _sensitive_values(tx: Transaction, item: WorkItem, desk: Desk) -> Iterator[tuple[str, object]]:
    """Yield the item's sensitive fields; all of them where no runbook says which these are."""
    try:
        plain = open_json(item.sealed_fields, seal=desk.seal, context=fields_context(item.id))
        runbook = runbook_of(tx, item, desk)
    except SealBrokenError:
        return  # nobody can open it any more, and it must still be decided
    except (RunbookInvalidError, BotError):
        yield from plain.items()
        return
    typed = desk.library.typed_fields(runbook, plain)
    for name, part in runbook.item.fields.items():
        if part.type.sensitivity is not None:
            yield name, typed.get(name)


def _leaves(value: object) -> Iterator[object]:
    if isinstance(value, Sealed):
        yield from _leaves(value.reveal())
    elif isinstance(value, Mapping):
        for inner in value.values():
            yield from _leaves(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _leaves(inner)
    else:
        yield value


def _tells(reason: str, value: object) -> bool:
    forms = [form for form in sensitive_forms(value) if not form.isalpha()]
    return redact(reason, forms) != reason


def about_no_item(case: ExceptionCase) -> str:
    """Say what such a case is about, and how it is closed."""
    if case.account:
        return (
            f"case {case.id} is about an account; release it with: "
            f"deskhand accounts release {case.account}"
        )
    if case.code == SystemCode.EVENT_UNDELIVERED:
        return (
            f"case {case.id} is about events that were given up; list them with: "
            "deskhand events list --state given_up"
        )
    if case.code == QUALITY_CRITICAL:
        name, _, number = case.reference.rpartition(" version ")
        return (
            f"case {case.id} is about a runbook's version; release it with: "
            f"deskhand quality release {name} {number} --reason TEXT"
        )
    return (
        f"case {case.id} is about a {case.reference}; when you have seen to it: "
        f"deskhand exceptions close {case.id} --reason TEXT"
    )


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
    moved = move_by_hand(tx, item, ItemState.WAITING, word, now=now)
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
    moved = move_by_hand(tx, item, state, word, now=now)
    tx.items.save(resting := replace(moved, portal_number=number, reason=word.reason))
    return resting


def move_by_hand(
    tx: Transaction, item: WorkItem, state: ItemState, word: Word, *, now: datetime
) -> WorkItem:
    """Return the item in its next state, behind the record of who moved it; it is not saved."""
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
