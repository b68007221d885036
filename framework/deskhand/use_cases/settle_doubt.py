"""Settle a doubt by a person's word: it is not there, ask again, or it was done by hand."""

from dataclasses import replace
from datetime import datetime, timedelta

from deskhand.domain.effect import Effect, EffectState, effect_id
from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.runbook import Runbook
from deskhand.domain.step import OnceStep
from deskhand.domain.work_item import WorkItem
from deskhand.errors import DecisionRefusedError
from deskhand.ports.store import Transaction
from deskhand.use_cases.desk import Desk, Word, need_reason
from deskhand.use_cases.sealing import by_hand_context, seal_json


def unsettled(tx: Transaction, item: WorkItem) -> Effect | None:
    """Return the item's act whose outcome nobody knows, if there is one."""
    doubts = [act for act in tx.journal.effects_of(item.id) if not act.settled]
    return doubts[-1] if doubts else None


def refuse_done(tx: Transaction, item: WorkItem) -> None:
    """Raise `DecisionRefusedError` when an act of the item has been confirmed by the portal."""
    acts = tx.journal.effects_of(item.id)
    if any(act.state is EffectState.CONFIRMED for act in acts):
        raise DecisionRefusedError(
            "the portal has it already; correct it there, then close the case as done, "
            "or retry to have it read back"
        )


def settle_doubt(
    tx: Transaction, item: WorkItem, word: Word, *, desk: Desk, not_there: bool
) -> None:
    """Ask for proof again, or take the person's word that the act did not happen."""
    doubt = unsettled(tx, item)
    if doubt is None:
        if not_there:
            raise DecisionRefusedError("nothing is in doubt here; retry without --not-there")
        return
    now = desk.clock.now()
    if not not_there:
        # Ask again, for as long as the bot was patient the first time.
        patience = doubt.patience_until - doubt.ask_at
        tx.journal.save_effect(_told_again(tx, doubt, item, word, now=now, patience=patience))
        return
    need_reason(word)
    seq = tx.record(
        _act_entry(
            RecordType.SUBMIT_NOT_DONE, doubt, item, word, now, EffectState.NOT_DONE, why="person"
        )
    )
    tx.journal.save_effect(doubt.moved_to(EffectState.NOT_DONE, audit_seq=seq))


def _told_again(
    tx: Transaction,
    doubt: Effect,
    item: WorkItem,
    word: Word,
    *,
    now: datetime,
    patience: timedelta,
) -> Effect:
    seq = tx.record(
        _act_entry(
            RecordType.SUBMIT_UNKNOWN, doubt, item, word, now, EffectState.UNKNOWN, why="ask"
        )
    )
    # A number that somebody gave before is no more held against what the portal says.
    asked = replace(doubt, ask_at=now, patience_until=now + patience, sealed_by_hand=None)
    if asked.state is EffectState.INTENDED:
        return asked.moved_to(EffectState.UNKNOWN, audit_seq=seq)
    return replace(asked, audit_seq=seq)


def _act_entry(
    type: str,
    act: Effect,
    item: WorkItem,
    word: Word,
    now: datetime,
    state: EffectState,
    **facts: object,
) -> Entry:
    return Entry(
        stream=item.stream,
        type=type,
        subject=f"effect:{act.id}",
        state=state.value,
        actor=word.by,
        at=now,
        data={"step": act.step, "reason": word.reason, **facts},
    )


def unproven_step(
    tx: Transaction, item: WorkItem, runbook: Runbook, *, case_step: str
) -> OnceStep | None:
    """Return the `once` step whose number a person can give, None when none is left to prove.

    The case's own step where that is one; else the only one behind the last confirmed act:
    attempts never go back before it. None, too, where the case is about an act that the portal
    has confirmed already. Raises `DecisionRefusedError` when several are left: a claim on the
    wrong one would act twice.
    """
    acts = tx.journal.effects_of(item.id)
    confirmed = {act.step for act in acts if act.state is EffectState.CONFIRMED}
    if case_step in confirmed:
        return None
    left: list[OnceStep] = []
    for step in runbook.steps:
        if isinstance(step, OnceStep):
            left = [] if step.name in confirmed else [*left, step]
    chosen = [step for step in left if step.name == case_step] or left
    if len(chosen) > 1:
        names = ", ".join(step.name for step in chosen)
        raise DecisionRefusedError(
            f"it cannot be told which of these was done: {names}; retry it, and the bot looks "
            "what is there, or reject it with a reason that says what you did"
        )
    return chosen[0] if chosen else None


def claim_by_hand(
    tx: Transaction, item: WorkItem, step: OnceStep, number: str, word: Word, *, desk: Desk
) -> None:
    """Write the act that the person says to have done as one that is still to be proven."""
    now = desk.clock.now()
    doubt = unsettled(tx, item)
    attempts = tx.attempts.of_item(item.id)
    if not attempts:
        raise DecisionRefusedError("the bots have not begun this item; fix it, or reject it")
    acts = [act for act in tx.journal.effects_of(item.id) if act.step == step.name]
    act = doubt or Effect(
        id=effect_id(item.id, step=step.name, iteration=0, act_no=len(acts) + 1),
        item=item.id,
        step=step.name,
        iteration=0,
        act_no=len(acts) + 1,
        attempt=attempts[-1].id,
        state=EffectState.UNKNOWN,
        audit_seq=0,
        intended_at=now,
        act_by=now,
        ask_at=now,
        patience_until=now,
    )
    seq = tx.record(
        _act_entry(
            RecordType.SUBMIT_UNKNOWN, act, item, word, now, EffectState.UNKNOWN, why="by_hand"
        )
    )
    claimed = replace(
        act,
        state=EffectState.UNKNOWN,
        audit_seq=seq,
        ask_at=now,
        patience_until=now + step.proof.patience,
        sealed_by_hand=seal_json(number, seal=desk.seal, context=by_hand_context(act.id)),
    )
    if doubt is None:
        tx.journal.add_effect(claimed)
    else:
        tx.journal.save_effect(claimed)
