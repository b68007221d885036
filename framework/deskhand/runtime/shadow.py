# ruff: noqa: ARG002 - a journal that keeps nothing has no use for what it is given
"""A shadow performance: everything but the act, and nothing kept."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, timedelta, tzinfo
from typing import Any, Final, NoReturn

from deskhand.domain.account import account_name
from deskhand.domain.effect import Effect
from deskhand.domain.evidence import Capture
from deskhand.domain.identifiers import AttemptId, ItemId
from deskhand.domain.outcome import Asks, Outcome, Shadowed, outcome_name
from deskhand.domain.question import Fact, Question
from deskhand.domain.read_back import ReadBack
from deskhand.domain.redaction import redact
from deskhand.domain.runbook import Runbook
from deskhand.domain.step import Expression, LetStep, OnceStep, Scope, UseStep
from deskhand.errors import BotError
from deskhand.ports.action import Assignment, Stage
from deskhand.ports.attempt_store import StepResult
from deskhand.ports.clock import Clock
from deskhand.runtime.attempt_run import AttemptRun
from deskhand.runtime.once_run import OnceOverrides, OnceRun
from deskhand.runtime.scope import new_scope, sensitive_texts
from deskhand.use_cases.journal_act import ActClocks

_WHOLE: Final = frozenset({""})


class ShadowJournal:
    """Keeps nothing, and refuses every act: a shadow never gets as far."""

    async def result(self, step: str, *, action: str, value: object) -> None:
        """Keep nothing."""

    async def skipped(self, step: str) -> None:
        """Keep nothing."""

    async def read_back(self, step: str, compared: ReadBack) -> None:
        """Keep nothing."""

    async def captured(self, captures: list[Capture]) -> None:
        """Keep nothing."""

    async def answer_to(self, question: Question) -> Any | None:
        return None

    async def intend(self, step: str, *, act_no: int, clocks: ActClocks) -> Effect:
        self._refuse()

    async def may_leave(self, effect: Effect) -> bool:
        return False

    async def confirmed(self, effect: Effect, *, receipt: object, by_proof: bool) -> Effect:
        self._refuse()

    async def refused(self, effect: Effect, *, code: str) -> Effect:
        self._refuse()

    async def not_done(self, effect: Effect, *, why: str) -> Effect:
        self._refuse()

    async def unknown(self, effect: Effect, *, why: str) -> Effect:
        self._refuse()

    async def proof_asked(self, effect: Effect, *, answer: str) -> None:
        """Keep nothing."""

    async def number_by_hand(self, effect: Effect) -> str | None:
        return None

    async def opened(self, result: StepResult) -> Any:
        return None

    def _refuse(self) -> NoReturn:
        raise BotError("a shadow performance submits nothing")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShadowShown:
    """What one row would have come to. Sensitive values are masked in `seen`."""

    reference: str
    outcome: str
    step: str
    cause: str
    seen: dict[str, str] = field(repr=False)

    def facts(self) -> dict[str, object]:
        """Return it as JSON types."""
        return {
            "reference": self.reference,
            "outcome": self.outcome,
            "step": self.step,
            "cause": self.cause,
            "seen": self.seen,
        }

    def text(self) -> str:
        """Return it as a person reads it."""
        ending = f"{self.outcome} {self.cause}"
        if self.step:
            does = "ask a person" if self.outcome == "asks" else "submit"
            ending = f"would {does} at {self.step}"
        lines = [f"{self.reference}: {ending}"]
        lines += [f"    {name}: {value}" for name, value in self.seen.items()]
        return "\n".join(lines)


async def perform_in_shadow(
    items: Sequence[tuple[str, dict[str, object]]],
    *,
    runbook: Runbook,
    client: str,
    stage: Stage,
    clock: Clock,
    zone: tzinfo = UTC,
) -> list[ShadowShown]:
    """Perform items (reference, typed fields), each up to its first act; nothing is submitted.

    `zone` is that of the client's days.
    """
    await stage.start()
    try:
        return [
            await _perform_one(
                (number, reference, new_scope(runbook, values, now=clock.now(), zone=zone)),
                values=values,
                runbook=runbook,
                client=client,
                stage=stage,
                clock=clock,
            )
            for number, (reference, values) in enumerate(items, start=1)
        ]
    finally:
        await stage.stop()


async def _perform_one(
    item: tuple[int, str, dict[str, object]],
    *,
    values: dict[str, object],
    runbook: Runbook,
    client: str,
    stage: Stage,
    clock: Clock,
) -> ShadowShown:
    number, reference, scope = item
    sensitive = sensitive_texts(runbook, values)
    assignment = Assignment(
        item=ItemId(f"shadow-{number}"),
        attempt=AttemptId(f"shadow-{number}:1"),
        account=account_name(runbook.portal, client),
        client=client,
        bots=runbook.bots,
        sensitive=sensitive,
    )
    async with stage.session(assignment) as session:
        journal = ShadowJournal()
        once = OnceRun(
            session=session,
            journal=journal,
            clock=clock,
            overrides=OnceOverrides(act_within=timedelta()),
            scope=scope,
            acts={},
            verified=frozenset(),
        )
        run = AttemptRun(
            runbook=runbook, session=session, journal=journal, once=once, scope=scope, shadow=True
        )
        outcome = await run.outcome()
    seen = {
        fact.name: redact(_words(fact.masked()), sensitive)
        for fact in _facts(runbook, scope, outcome, values=values)
    }
    return _shown(reference, outcome, seen)


def _facts(runbook: Runbook, scope: Scope, outcome: Outcome, *, values: Scope) -> Iterator[Fact]:
    """Yield what was seen: the item, every result and name, and where the performance stopped.

    What is sensitive, the types tell: a portal shows values that are none of the item's.
    """
    for name, field_ in runbook.item.fields.items():
        yield _fact(f"item.{name}", values.get(name), sensitive=bool(field_.type.sensitivity))
    for step in runbook.steps:
        if isinstance(step, UseStep) and scope.get(step.name) is not None:
            yield Fact(name=step.name, value=scope[step.name], sealed_parts=step.sealed_parts)
        elif isinstance(step, LetStep):
            yield from _computed(step.values, scope, called="{}")
    yield from _stop(runbook, outcome)


def _stop(runbook: Runbook, outcome: Outcome) -> Iterator[Fact]:
    """Yield what would have been submitted, or asked."""
    if isinstance(outcome, Asks):
        yield _fact(outcome.question.step, outcome.question.title, sensitive=False)
    if isinstance(outcome, Shadowed):
        (act,) = (step for step in runbook.steps if step.name == outcome.step)
        if isinstance(act, OnceStep):
            called = f"{act.name}({{}})"
            yield from _computed(act.call.arguments, outcome.arguments, called=called)


def _computed(
    expressions: Mapping[str, Expression], values: Scope, *, called: str
) -> Iterator[Fact]:
    for name, expression in expressions.items():
        if name in values:
            yield _fact(called.format(name), values[name], sensitive=expression.sensitive)


def _fact(name: str, value: object, *, sensitive: bool) -> Fact:
    return Fact(name=name, value=value, sealed_parts=_WHOLE if sensitive else frozenset())


def _words(value: object) -> str:
    """Return a value as a person reads it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {_words(inner)}" for name, inner in value.items())
    if isinstance(value, list | tuple):
        return "; ".join(_words(inner) for inner in value) or "none"
    return "none" if value is None else str(value)


def _stopped_at(outcome: Outcome) -> str:
    if isinstance(outcome, Asks):
        return outcome.question.step
    return outcome.step if isinstance(outcome, Shadowed) else ""


def _shown(reference: str, outcome: Outcome, seen: dict[str, str]) -> ShadowShown:
    cause = getattr(outcome, "cause", None)
    return ShadowShown(
        reference=reference,
        outcome=outcome_name(outcome),
        step=_stopped_at(outcome),
        cause=f"{cause.code} {cause.message}".strip() if cause is not None else "",
        seen=seen,
    )
