"""Settle an attempt: its outcome becomes the item's next state, in one transaction."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from deskhand.domain.attempt import AttemptState
from deskhand.domain.entry import RecordType
from deskhand.domain.next_move import Circumstances, NextMove, doubted, next_move
from deskhand.domain.outcome import Asks, Done, Duplicate, Outcome, outcome_name
from deskhand.domain.quality import NOTHING_CHECKED, QualityBook, checkable_fields
from deskhand.domain.queue import DEFAULTS, QueueBook
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.runbook import Runbook
from deskhand.domain.tagged import to_tagged
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.ports.log_store import Event
from deskhand.ports.store import Transaction
from deskhand.use_cases.ask_person import ask_person
from deskhand.use_cases.begin_attempt import bot_actor
from deskhand.use_cases.choose_recheck import NO_SAMPLING, Sampling, choose_recheck
from deskhand.use_cases.fenced_attempt import FencedAttempt
from deskhand.use_cases.hold_account import note_outcome
from deskhand.use_cases.open_case import ANSWER_WANTED, APPROVAL_WANTED, CaseOpener
from deskhand.use_cases.sealing import outputs_context, seal_json


@dataclass(frozen=True, slots=True, kw_only=True)
class SettlementRules:
    """What settling needs of a runbook.

    `queues` maps a kind of case to its queue, `book` says what holds in it; `told_outputs` are
    the outputs that are not sensitive, so that the event `emit` may tell them; `sampling` says
    what a person checks again.
    """

    runbook: str
    queues: Mapping[str, str]
    retry: RetryPolicy
    emit: str | None = None
    told_outputs: frozenset[str] = frozenset()
    book: QueueBook = DEFAULTS
    sampling: Sampling = NO_SAMPLING

    @classmethod
    def of(
        cls,
        runbook: Runbook,
        *,
        retry: RetryPolicy,
        book: QueueBook,
        quality: QualityBook = NOTHING_CHECKED,
    ) -> "SettlementRules":
        """Return a runbook's rules, with the environment's own retry policy."""
        told = (name for name, value in runbook.outputs.items() if not value.sensitive)
        return cls(
            runbook=runbook.name,
            queues=runbook.queues,
            retry=retry,
            emit=runbook.emit,
            told_outputs=frozenset(told),
            book=book,
            sampling=Sampling(book=quality, checkable=checkable_fields(runbook)),
        )

    @classmethod
    def without_runbook(cls, name: str, *, book: QueueBook) -> "SettlementRules":
        """Return the rules for an item whose runbook cannot be compiled any more."""
        queues = {"business": f"{name}-review", "system": "ops", "uncertain": "ops"}
        return cls(runbook=name, queues=queues, retry=RetryPolicy(), book=book)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How an attempt ended, and where its item is now."""

    outcome: Outcome
    state: ItemState


def settle_attempt(
    outcome: Outcome, *, fenced: FencedAttempt, rules: SettlementRules, chance: float
) -> Settled:
    """End the attempt, free its slot, move its item, open a case, emit events.

    Raises `FencedError` when the attempt is not this worker's any more: somebody else has
    settled it.
    """
    now = fenced.now()
    opener = CaseOpener(seal=fenced.seal, actor=bot_actor(fenced.owner), at=now, book=rules.book)
    with fenced.transaction() as tx:
        item = tx.items.get(fenced.item.id)
        unsettled = [act for act in tx.journal.effects_of(item.id) if not act.settled]
        outcome = doubted(
            outcome, unsettled[-1] if unsettled else None, now=now, again=rules.retry.first
        )
        health = note_outcome(
            tx, item.account, outcome, opener=opener, queue=rules.queues["system"]
        )
        move = next_move(
            outcome,
            Circumstances(
                now=now, tries=item.tries, retry=rules.retry, held=health.held, chance=chance
            ),
        )
        _end_attempt(tx, fenced, outcome, move)
        moved = _move_item(tx, fenced, item, outcome, move)
        if move.cause is not None:
            queue = rules.queues[move.cause.kind.value]
            opener.about_item(tx, moved, move.cause, queue=queue, attempt=fenced.attempt.number)
        if isinstance(outcome, Asks):
            number = fenced.attempt.number
            ask_person(tx, moved, outcome.question, opener=opener, attempt=number)
        choose_recheck(
            tx,
            moved,
            outcome,
            sampling=rules.sampling,
            opener=opener,
            attempt=fenced.attempt.number,
        )
        if isinstance(outcome, Done) and rules.emit is not None:
            _emit(tx, fenced, rules, outcome)
    return Settled(outcome=outcome, state=moved.state)


def _end_attempt(tx: Transaction, fenced: FencedAttempt, outcome: Outcome, move: NextMove) -> None:
    cause = getattr(outcome, "cause", None)
    ended = replace(
        fenced.attempt.moved_to(AttemptState.ENDED),
        ended_at=fenced.now(),
        outcome=outcome_name(outcome),
        cause_group=cause.group if cause is not None else None,
    )
    tx.record(
        fenced.entry(
            RecordType.ATTEMPT_ENDED,
            f"attempt:{ended.number}",
            state=ended.state.value,
            outcome=ended.outcome,
            code=cause.code if cause is not None else None,
            step=cause.step if cause is not None else None,
            spent=move.spent,
        )
    )
    tx.attempts.save(ended)
    tx.accounts.free_slot(ended.id)


def _move_item(
    tx: Transaction, fenced: FencedAttempt, item: WorkItem, outcome: Outcome, move: NextMove
) -> WorkItem:
    facts: dict[str, Any] = {"from": item.state.value, "outcome": outcome_name(outcome)}
    if isinstance(outcome, Done | Duplicate):
        facts["portal_number"] = outcome.portal_number
    seq = tx.record(
        fenced.entry(
            RecordType.ITEM_MOVED,
            "item",
            state=move.state.value,
            **facts,
        )
    )
    moved = replace(
        item.moved_to(move.state, audit_seq=seq, at=fenced.now()),
        not_before=move.not_before,
        tries=item.tries + move.spent,
        reason=_reason(outcome, move),
    )
    if isinstance(outcome, Done | Duplicate):
        moved = _with_outputs(moved, outcome, fenced)
    tx.items.save(moved)
    return moved


def _reason(outcome: Outcome, move: NextMove) -> str | None:
    if isinstance(outcome, Asks):
        return APPROVAL_WANTED if outcome.question.approval else ANSWER_WANTED
    return move.cause.code if move.cause is not None else None


def _with_outputs(item: WorkItem, outcome: Done | Duplicate, fenced: FencedAttempt) -> WorkItem:
    sealed = seal_json(
        to_tagged(outcome.outputs), seal=fenced.seal, context=outputs_context(item.id)
    )
    return replace(item, sealed_outputs=sealed, portal_number=outcome.portal_number)


def _emit(tx: Transaction, fenced: FencedAttempt, rules: SettlementRules, outcome: Done) -> None:
    """Keep the runbook's event in the outbox; sensitive outputs stay inside."""
    told = {
        name: str(value) for name, value in outcome.outputs.items() if name in rules.told_outputs
    }
    body = {
        "runbook": rules.runbook,
        "client": fenced.item.client,
        "reference": fenced.item.reference,
        "item": fenced.item.id,
        "outputs": told,
    }
    event = str(rules.emit)
    tx.record(fenced.entry(RecordType.EVENT_EMITTED, f"event:{event}", event=event))
    tx.outbox.add(
        Event(
            event=event,
            item=fenced.item.id,
            subject=fenced.item.id,
            body=json.dumps(body, sort_keys=True),
            emitted_at=fenced.now(),
        )
    )
