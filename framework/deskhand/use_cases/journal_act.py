"""The once-journal: intent before the act, what is known after it.

intended ─▶ confirmed   the portal's own receipt says that it happened
         ─▶ refused     the portal said no
         ─▶ not_done    nothing left this machine, or the proof says that it is not there
         ─▶ unknown     nobody can tell ─▶ confirmed · refused · not_done, by proof only
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from deskhand.domain.effect import Effect, EffectState, effect_id
from deskhand.domain.entry import RecordType
from deskhand.errors import FencedError
from deskhand.ports.store import Transaction
from deskhand.use_cases.fenced_attempt import FencedAttempt
from deskhand.use_cases.journal_step import sealed_result
from deskhand.use_cases.sealing import by_hand_context, open_json, receipt_context, seal_json


@dataclass(frozen=True, slots=True, kw_only=True)
class ActClocks:
    """The clocks of one act.

    Nothing leaves later than `act_within` after the intent; proof is asked `ask_after` that
    at the earliest; `patience` later a person is asked.
    """

    act_within: timedelta
    ask_after: timedelta
    patience: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class ActJournal:
    """What an attempt writes about acts that may happen at most once."""

    fenced: FencedAttempt

    def intend(self, step: str, *, act_no: int, clocks: ActClocks) -> Effect:
        """Write the intent of an act, committed. Only then may it be done."""
        fenced = self.fenced
        act = effect_id(fenced.item.id, step=step, iteration=0, act_no=act_no)
        state = EffectState.INTENDED
        now = fenced.now()
        act_by = now + clocks.act_within
        ask_at = act_by + clocks.ask_after
        with fenced.transaction() as tx:
            seq = tx.record(
                fenced.entry(
                    RecordType.SUBMIT_INTENT,
                    f"effect:{act}",
                    state=state.value,
                    step=step,
                    act_no=act_no,
                )
            )
            effect = Effect(
                id=act,
                item=fenced.item.id,
                step=step,
                iteration=0,
                act_no=act_no,
                attempt=fenced.attempt.id,
                state=state,
                audit_seq=seq,
                intended_at=now,
                act_by=act_by,
                ask_at=ask_at,
                patience_until=ask_at + clocks.patience,
            )
            tx.journal.add_effect(effect)
        return effect

    def may_leave(self, effect: Effect) -> bool:
        """Whether a request of this act may leave this machine now: still owned, and in time.

        Asked at the wire, after everything that may have stopped this process.
        """
        try:
            with self.fenced.transaction():
                pass
        except FencedError:
            return False
        return self.fenced.now() < effect.act_by

    def confirmed(self, effect: Effect, *, receipt: object, by_proof: bool) -> Effect:
        """Note that the act happened; the step's result is the receipt. Passes the commit point."""
        fenced = self.fenced
        context = receipt_context(effect.id)
        sealed = seal_json(receipt, seal=fenced.seal, context=context)
        result = sealed_result(fenced, effect.step, receipt)
        with fenced.transaction() as tx:
            moved = self._moved(
                tx,
                replace(effect, sealed_receipt=sealed),
                EffectState.CONFIRMED,
                RecordType.SUBMIT_CONFIRMED,
                by_proof=by_proof,
            )
            tx.journal.add_result(result)
        return moved

    def refused(self, effect: Effect, *, code: str) -> Effect:
        """Note that the portal refused the act."""
        with self.fenced.transaction() as tx:
            return self._moved(
                tx, effect, EffectState.REFUSED, RecordType.SUBMIT_REFUSED, code=code
            )

    def not_done(self, effect: Effect, *, why: str) -> Effect:
        """Note that the act did not happen; `why` is a constant."""
        with self.fenced.transaction() as tx:
            return self._moved(
                tx, effect, EffectState.NOT_DONE, RecordType.SUBMIT_NOT_DONE, why=why
            )

    def unknown(self, effect: Effect, *, why: str) -> Effect:
        """Note that nobody can tell whether the act happened; `why` is a constant."""
        with self.fenced.transaction() as tx:
            return self._moved(tx, effect, EffectState.UNKNOWN, RecordType.SUBMIT_UNKNOWN, why=why)

    def proof_asked(self, effect: Effect, *, answer: str) -> None:
        """Note that the portal was asked and gave no answer that settles the doubt."""
        with self.fenced.transaction() as tx:
            tx.record(
                self.fenced.entry(
                    RecordType.PROOF_ASKED,
                    f"effect:{effect.id}",
                    step=effect.step,
                    answer=answer,
                )
            )

    def number_by_hand(self, effect: Effect) -> str | None:
        """Return the portal's number that a person gave for this act; raises `SealBrokenError`."""
        if effect.sealed_by_hand is None:
            return None
        context = by_hand_context(effect.id)
        return str(open_json(effect.sealed_by_hand, seal=self.fenced.seal, context=context))

    def _moved(
        self, tx: Transaction, effect: Effect, to: EffectState, type: str, **facts: Any
    ) -> Effect:
        seq = tx.record(
            self.fenced.entry(
                type, f"effect:{effect.id}", state=to.value, step=effect.step, **facts
            )
        )
        moved = effect.moved_to(to, audit_seq=seq)
        tx.journal.save_effect(moved)
        return moved
