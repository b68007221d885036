"""One attempt, from the last commit point to its outcome."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.domain.identifiers import AttemptId
from deskhand.domain.outcome import Asks, Done, Duplicate, NeedsPerson, Outcome, Shadowed, TryLater
from deskhand.domain.question import Fact, Question
from deskhand.domain.runbook import Runbook
from deskhand.domain.step import (
    Check,
    Expression,
    FinishStep,
    LetStep,
    OnceStep,
    QuestionStep,
    Scope,
    Step,
    UseStep,
)
from deskhand.errors import ExpressionError
from deskhand.ports.action import Absent, Doubtful, Failed, Returned, Session
from deskhand.runtime.journal import AttemptJournal
from deskhand.runtime.once_run import OnceRun, arguments, ending, portal_number
from deskhand.runtime.scope import set_moment


@dataclass(slots=True, kw_only=True)
class AttemptRun:
    """Performs one item's steps. Values stay in `scope`; what is kept goes to the journal.

    `scope` holds the item, the parameters, and the results kept before the last commit point.
    `begun_at` tells when the item's attempts began: what leads to an act is of the day on which it
    was made, also when it is asked about on another; `zone` is that of the client's days. `shadow`
    stops before the first act and shows what it would submit.
    """

    runbook: Runbook
    session: Session
    journal: AttemptJournal
    once: OnceRun
    scope: dict[str, object] = field(repr=False)
    begun_at: Mapping[AttemptId, datetime] = field(default_factory=dict)
    zone: tzinfo = UTC
    shadow: bool = False

    async def outcome(self) -> Outcome:
        """Settle what the last attempt left open, then perform what is left."""
        try:
            doubt = await self._settle_doubts()
            return doubt or await self._perform_remaining() or self._done()
        except ExpressionError as error:
            return NeedsPerson(cause=_faulty(error))

    async def _settle_doubts(self) -> Outcome | None:
        for place, step in enumerate(self.runbook.steps):
            if isinstance(step, OnceStep) and self.once.in_doubt(step):
                with self._moment_of(step):
                    self._recall(self.runbook.steps[:place])
                    outcome = await self.once.settle_doubt(step)
                if outcome is not None:
                    return outcome
        return None

    async def _perform_remaining(self) -> Outcome | None:
        """Perform the steps behind the last commit point, it included: it may be unverified."""
        start = 0
        for place, step in enumerate(self.runbook.steps):
            if isinstance(step, OnceStep) and self.once.confirmed(step):
                start = place
        self._recall(self.runbook.steps[: start + 1])
        for step in self.runbook.steps[start:]:
            outcome = await self._perform(step)
            if outcome is not None:
                return outcome
        return None

    async def _perform(self, step: Step) -> Outcome | None:
        """Perform one step; return the outcome if the attempt ends with it."""
        passed = isinstance(step, OnceStep) and self.once.confirmed(step)
        if not passed and not self._holds(step.when):
            await self._skip(step)
            return None
        match step:
            case UseStep():
                return await self._use(step)
            case OnceStep():
                return await self._once(step)
            case LetStep():
                self._let(step)
                return None
            case QuestionStep():
                return await self._ask(step)
            case FinishStep():
                return self._finish(step)

    def _recall(self, steps: Sequence[Step]) -> None:
        """Give names their values again: those that they had when the act behind them was made."""
        names: list[LetStep] = []
        for step in steps:
            if isinstance(step, LetStep):
                names.append(step)
            elif isinstance(step, OnceStep) and self.once.confirmed(step):
                with self._moment_of(step):
                    self._let_again(names)
                names = []
        self._let_again(names)

    def _let_again(self, steps: Sequence[LetStep]) -> None:
        for step in steps:
            # What was done by hand has no results before it: a name without value stays absent.
            with suppress(ExpressionError):
                if self._holds(step.when):
                    self._let(step)

    @contextmanager
    def _moment_of(self, step: OnceStep) -> Iterator[None]:
        """See the time as the attempt did that made the step's act: it is asked about as made."""
        now = self.scope.get("now_utc")
        then = self.begun_at.get(self.once.acts[step.name][-1].attempt)
        if then is not None:
            set_moment(self.scope, then, zone=self.zone)
        try:
            yield
        finally:
            if isinstance(now, datetime):
                set_moment(self.scope, now, zone=self.zone)

    def _let(self, step: LetStep) -> None:
        for name, expression in step.values.items():
            self.scope[name] = expression.value(self.scope)

    async def _skip(self, step: Step) -> None:
        if isinstance(step, UseStep | OnceStep | QuestionStep):
            self.scope[step.name] = None
            await self.journal.skipped(step.name)

    async def _use(self, step: UseStep) -> Outcome | None:
        answer = await self.session.perform(
            step.call.action,
            arguments(step.call, self.scope),
            timeout=step.timeout,
            retry=step.retry,
        )
        match answer:
            case Returned(value=value):
                self.scope[step.name] = value
            case Absent():
                self.scope[step.name] = None
            case Doubtful(reason=reason):
                return TryLater(cause=_unsure(reason, step.name))
            case Failed(cause=cause):
                return ending(cause, step.name)
        await self.journal.result(step.name, action=step.call.action, value=self.scope[step.name])
        await self._capture(step.evidence, step.name)
        return self._unexpected(step.expect, step.name)

    async def _once(self, step: OnceStep) -> Outcome | None:
        if not self.once.confirmed(step):
            if self.shadow:
                return Shadowed(step=step.name, arguments=arguments(step.call, self.scope))
            outcome = await self.once.act(step)
            if outcome is not None:
                return outcome
            await self._capture(step.evidence, step.name)
        with self._moment_of(step):
            return await self.once.verify(step) or self._unexpected(step.expect, step.name)

    async def _ask(self, step: QuestionStep) -> Outcome | None:
        """Go on with the answer that holds for what is shown now; without one, ask."""
        question = _question(step, self.scope)
        answer = await self.journal.answer_to(question)
        if answer is None:
            return Asks(question=question)
        self.scope[step.name] = answer
        return None

    def _finish(self, step: FinishStep) -> Outcome:
        if step.ending == "duplicate":
            return Duplicate(portal_number=portal_number(self.scope.values()))
        return self._done()

    def _done(self) -> Done:
        outputs = {
            name: expression.value(self.scope) for name, expression in self.runbook.outputs.items()
        }
        receipts = [self.scope.get(step.name) for step in self._once_steps()]
        return Done(outputs=outputs, portal_number=portal_number([outputs, *receipts]))

    def _holds(self, condition: Expression | None) -> bool:
        return condition is None or bool(condition.value(self.scope))

    def _unexpected(self, checks: Sequence[Check], step: str) -> Outcome | None:
        for check in checks:
            if not check.that.value(self.scope):
                message = "" if check.say is None else str(check.say.value(self.scope))
                cause = Cause(kind=CauseKind.BUSINESS, code=check.code, message=message, step=step)
                return NeedsPerson(cause=cause)
        return None

    async def _capture(self, wanted: Sequence[str], step: str) -> None:
        captures: list[Capture] = []
        for kind in wanted:
            capture = await self.session.capture(EvidenceKind(kind), step=step)
            if capture is not None:
                captures.append(capture)
        await self.journal.captured(captures)

    def _once_steps(self) -> list[OnceStep]:
        return [step for step in self.runbook.steps if isinstance(step, OnceStep)]


def _question(step: QuestionStep, scope: Scope) -> Question:
    facts = (
        Fact(name=shown.name, value=shown.value.value(scope), sealed_parts=shown.sealed_parts)
        for shown in step.show
    )
    return Question(
        step=step.name,
        queue=step.queue,
        approval=step.approval,
        title=str(step.title.value(scope)),
        facts=tuple(facts),
        prefilled={name: value.value(scope) for name, value in step.prefilled.items()},
        but_not=step.but_not,
        expires=step.expires,
    )


def _unsure(reason: str, step: str) -> Cause:
    """What the portal cannot tell now is not taken for a no: it may be able to later."""
    return Cause(kind=CauseKind.SYSTEM, code=SystemCode.PORTAL_UNSURE, message=reason, step=step)


def _faulty(error: ExpressionError) -> Cause:
    return Cause(kind=CauseKind.SYSTEM, code=SystemCode.RUNBOOK_FAULTY, message=str(error))
