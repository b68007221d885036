"""A `once` step: the act that may happen at most once, the proof of it, the read-back."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.effect import Effect, EffectState
from deskhand.domain.identifiers import AttemptId
from deskhand.domain.outcome import AwaitProof, NeedsPerson, Outcome, TryLater
from deskhand.domain.read_back import compare
from deskhand.domain.step import Call, OnceStep
from deskhand.ports.action import Absent, ActionAnswer, Doubtful, Failed, Returned, Session
from deskhand.ports.clock import Clock
from deskhand.runtime.act_guard import ActGuard
from deskhand.runtime.journal import AttemptJournal
from deskhand.use_cases.journal_act import ActClocks

READ_BACK_DIFFERS = "READ_BACK_DIFFERS"
OUTCOME_UNKNOWN = "OUTCOME_UNKNOWN"
NUMBER_NOT_FOUND = "NUMBER_NOT_FOUND"


@dataclass(frozen=True, slots=True, kw_only=True)
class OnceOverrides:
    """An environment's own clocks for acts; None leaves those of the runbook and its bots."""

    act_within: timedelta
    ask_after: timedelta | None = None
    every: timedelta | None = None
    patience: timedelta | None = None


@dataclass(slots=True, kw_only=True)
class OnceRun:
    """Performs the `once` steps of one attempt.

    `acts` are the item's acts so far, by step, oldest first; `verified` the steps whose
    read-back has held. Every method returns the outcome if the attempt ends with it, or None.
    """

    session: Session
    journal: AttemptJournal
    clock: Clock
    overrides: OnceOverrides
    scope: dict[str, object] = field(repr=False)
    acts: dict[str, list[Effect]]
    verified: frozenset[str]

    def confirmed(self, step: OnceStep) -> bool:
        """Whether the step's commit point has been passed."""
        last = self._last(step)
        return last is not None and last.state is EffectState.CONFIRMED

    def in_doubt(self, step: OnceStep) -> bool:
        """Whether nobody knows if the step's last act happened."""
        last = self._last(step)
        return last is not None and not last.settled

    def acted_in(self, step: OnceStep) -> AttemptId | None:
        """Return the attempt of the step's last act, unless that is known not to have happened."""
        last = self._last(step)
        if last is None or last.state in (EffectState.REFUSED, EffectState.NOT_DONE):
            return None
        return last.attempt

    async def act(self, step: OnceStep) -> Outcome | None:
        """Do the act: intent, one commit, and what is known after it."""
        clocks = ActClocks(
            act_within=self.overrides.act_within,
            ask_after=self.overrides.ask_after or step.timeout,
            patience=self.overrides.patience or step.proof.patience,
        )
        act_no = len(self.acts.get(step.name, [])) + 1
        guard = ActGuard(
            step.name, act_no=act_no, clocks=clocks, journal=self.journal, clock=self.clock
        )
        answer = await self.session.perform(
            step.call.action, arguments(step.call, self.scope), timeout=step.timeout, guard=guard
        )
        if guard.effect is None:
            return _nothing_intended(answer, step)
        return await self._settle(step, guard, guard.effect, answer)

    async def settle_doubt(self, step: OnceStep) -> Outcome | None:
        """Ask the portal about an act whose outcome nobody knows: only proof settles it."""
        effect = self.acts[step.name][-1]
        now = self.clock.now()
        if now < effect.ask_at:
            return AwaitProof(cause=_uncertain(step), ask_at=effect.ask_at)
        if effect.state is EffectState.INTENDED:
            effect = self._note(step, await self.journal.unknown(effect, why="attempt_ended"))
        answer = await self._ask(step.proof.call, step)
        by_hand = await self.journal.number_by_hand(effect)
        if by_hand is not None and isinstance(answer, Returned | Absent):
            return await self._settle_by_hand(step, effect, answer, by_hand)
        match answer:
            case Returned(value=value):
                await self._confirm(step, effect, value, by_proof=True)
                return None
            case Absent():
                self._note(step, await self.journal.not_done(effect, why="proof_says_not_there"))
                return None
            case Failed(cause=cause) if cause.kind is CauseKind.STOP:
                return NeedsPerson(cause=cause)
            case Failed() | Doubtful():
                return await self._still_unknown(step, effect, answer)

    async def verify(self, step: OnceStep) -> Outcome | None:
        """Read the record back and compare every field with what was to be submitted."""
        if step.verify is None or step.name in self.verified:
            return None
        answer = await self._ask(step.verify, step)
        if isinstance(answer, Failed):
            return ending(answer.cause, step.name)
        if not isinstance(answer, Returned) or answer.value is None:
            return TryLater(cause=_not_shown_yet(step))
        submitted = self.scope["item"]
        if not isinstance(submitted, Mapping):
            raise TypeError("a scope's item is a mapping")
        compared = compare(submitted, answer.value, fields=step.verified_fields)
        await self.journal.read_back(step.name, compared)
        return None if compared.holds else NeedsPerson(cause=_differs(step, compared.wrong))

    async def _settle(
        self, step: OnceStep, guard: ActGuard, effect: Effect, answer: ActionAnswer
    ) -> Outcome | None:
        match answer:
            case Returned(value=value) if guard.left and value is not None:
                await self._confirm(step, effect, value, by_proof=False)
                return None
            case Failed(cause=cause) if guard.unsent:
                self._note(step, await self.journal.not_done(effect, why="nothing_left"))
                return ending(cause, step.name)
            case Failed(cause=cause) if cause.kind is CauseKind.BUSINESS:
                self._note(step, await self.journal.refused(effect, code=cause.code))
                return ending(cause, step.name)
            case _:
                why = answer.cause.code if isinstance(answer, Failed) else "no_receipt"
                unknown = self._note(step, await self.journal.unknown(effect, why=why))
                return AwaitProof(cause=_uncertain(step), ask_at=unknown.ask_at)

    async def _confirm(
        self, step: OnceStep, effect: Effect, receipt: object, *, by_proof: bool
    ) -> None:
        confirmed = await self.journal.confirmed(effect, receipt=receipt, by_proof=by_proof)
        self._note(step, confirmed)
        self.scope[step.name] = receipt

    async def _settle_by_hand(
        self, step: OnceStep, effect: Effect, answer: Returned | Absent, number: str
    ) -> Outcome | None:
        """Hold a person's word against the portal's: the same number confirms the act.

        Another number is no sign that it did not happen: the doubt stays, and a person looks.
        """
        if isinstance(answer, Absent):
            self._note(step, await self.journal.not_done(effect, why="not_found_by_number"))
            return NeedsPerson(cause=_number_not_found(CauseKind.BUSINESS, step))
        if portal_number([answer.value]) == number:
            await self._confirm(step, effect, answer.value, by_proof=True)
            return None
        await self.journal.proof_asked(effect, answer="another_number")
        return NeedsPerson(cause=_number_not_found(CauseKind.UNCERTAIN, step))

    async def _still_unknown(
        self, step: OnceStep, effect: Effect, answer: Failed | Doubtful
    ) -> Outcome:
        # A constant: what the bot said of its doubt may quote the portal.
        why = answer.cause.code if isinstance(answer, Failed) else "unsure"
        await self.journal.proof_asked(effect, answer=why)
        now = self.clock.now()
        hopeless = isinstance(answer, Failed) and _lasting(answer.cause)
        if hopeless or now >= effect.patience_until:
            return NeedsPerson(cause=_uncertain(step))
        pause = self.overrides.every or step.proof.every
        return AwaitProof(cause=_uncertain(step), ask_at=now + pause)

    async def _ask(self, call: Call, step: OnceStep) -> ActionAnswer:
        return await self.session.perform(
            call.action, arguments(call, self.scope), timeout=step.timeout
        )

    def _last(self, step: OnceStep) -> Effect | None:
        acts = self.acts.get(step.name)
        return acts[-1] if acts else None

    def _note(self, step: OnceStep, effect: Effect) -> Effect:
        """Keep the last word on an act, in place of what was known of it before."""
        acts = self.acts.setdefault(step.name, [])
        if acts and acts[-1].id == effect.id:
            acts[-1] = effect
        else:
            acts.append(effect)
        return effect


def arguments(call: Call, scope: Mapping[str, object]) -> dict[str, object]:
    """Compute an action's arguments; raises `ExpressionError`."""
    return {name: expression.value(scope) for name, expression in call.arguments.items()}


def portal_number(values: Iterable[object]) -> str | None:
    """Return the portal's own number among results: the first field named `confirmation`.

    What a portal says is hostile: only what can be printed of it is kept.
    """
    for value in values:
        if isinstance(value, Mapping) and isinstance(value.get("confirmation"), str):
            return "".join(filter(str.isprintable, str(value["confirmation"])))
    return None


def ending(cause: Cause, step: str) -> Outcome:
    """Return how an attempt ends that met a cause in a step."""
    placed = cause if cause.step else replace(cause, step=step)
    return TryLater(cause=placed) if placed.retried else NeedsPerson(cause=placed)


def _lasting(cause: Cause) -> bool:
    """Whether asking again would meet the same: a changed layout, a faulty bot."""
    return cause.kind is CauseKind.SYSTEM and not cause.retried


def _nothing_intended(answer: ActionAnswer, step: OnceStep) -> Outcome:
    """What ended before its intent was written is provably unsent."""
    if isinstance(answer, Failed):
        return ending(answer.cause, step.name)
    return NeedsPerson(
        cause=Cause(
            kind=CauseKind.SYSTEM,
            code=SystemCode.BOT_FAULTY,
            message=f"{step.call.action} returned without commit(): nothing was submitted",
            step=step.name,
        )
    )


def _uncertain(step: OnceStep) -> Cause:
    return Cause(
        kind=CauseKind.UNCERTAIN,
        code=OUTCOME_UNKNOWN,
        message="it may already be with the portal: look there before anything else",
        step=step.name,
        hint="there: close it as done with its number; not there: retry --not-there",
    )


def _number_not_found(kind: CauseKind, step: OnceStep) -> Cause:
    there = kind is CauseKind.UNCERTAIN
    return Cause(
        kind=kind,
        code=NUMBER_NOT_FOUND,
        message=(
            "the portal shows this item, but under another number than the one given"
            if there
            else "the portal does not show this item under the number given"
        ),
        step=step.name,
        hint="retry: the bot takes the portal's own number" if there else "",
    )


def _not_shown_yet(step: OnceStep) -> Cause:
    return Cause(
        kind=CauseKind.SYSTEM,
        code=SystemCode.TRANSIENT,
        message="the portal does not show the record yet",
        step=step.name,
    )


def _differs(step: OnceStep, wrong: Sequence[str]) -> Cause:
    return Cause(
        kind=CauseKind.BUSINESS,
        code=READ_BACK_DIFFERS,
        message=f"the portal holds other values in: {', '.join(wrong)}",
        step=step.name,
        hint="correct it on the portal, then close the case as done",
    )
