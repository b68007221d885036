"""A session that answers from a script, a journal in memory, and small runbooks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from deskhand.domain.effect import Effect, EffectState, effect_id
from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.domain.identifiers import AttemptId, ItemId, RunbookHash
from deskhand.domain.question import Question
from deskhand.domain.read_back import ReadBack
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.runbook import ItemShape, Runbook
from deskhand.domain.step import (
    Call,
    Check,
    FinishStep,
    OnceStep,
    Proof,
    Scope,
    Step,
    UseStep,
)
from deskhand.ports.action import ActionAnswer, CommitGuard
from deskhand.ports.attempt_store import StepResult
from deskhand.runtime.attempt_run import AttemptRun
from deskhand.runtime.once_run import OnceOverrides, OnceRun
from deskhand.runtime.scope import times
from deskhand.use_cases.journal_act import ActClocks

NOW = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)
ITEM = ItemId("item-1")

Answer = ActionAnswer | Callable[[CommitGuard | None], Any]


@dataclass(frozen=True)
class Computed:
    """An expression whose value a function gives."""

    compute: Callable[[Scope], object]
    source: str = "computed"
    sensitive: bool = False

    def value(self, scope: Scope) -> object:
        return self.compute(scope)


class SteppedClock:
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = NOW) -> None:
        self.at = at

    def now(self) -> datetime:
        return self.at


@dataclass
class ScriptedSession:
    """Answers each action with the next line of its script; remembers what was asked."""

    script: dict[str, list[Answer]]
    asked: list[str] = field(default_factory=list)

    async def perform(
        self,
        action: str,
        arguments: Mapping[str, object],
        *,
        timeout: timedelta,
        retry: RetryPolicy | None = None,
        guard: CommitGuard | None = None,
    ) -> ActionAnswer:
        self.asked.append(action)
        answer = self.script[action].pop(0)
        if callable(answer):
            answer = await answer(guard)
        return answer

    async def capture(self, kind: EvidenceKind, *, step: str) -> Capture | None:
        return None


@dataclass
class MemoryJournal:
    """Keeps what an attempt writes, in order, and the acts as they stand."""

    clock: SteppedClock
    written: list[str] = field(default_factory=list)
    compared: list[ReadBack] = field(default_factory=list)
    by_hand: str | None = None
    answers: dict[str, object] = field(default_factory=dict)
    questions: list[Question] = field(default_factory=list)
    ours: bool = True

    async def result(self, step: str, *, action: str, value: object) -> None:
        self.written.append(f"result {step}")

    async def skipped(self, step: str) -> None:
        self.written.append(f"skipped {step}")

    async def read_back(self, step: str, compared: ReadBack) -> None:
        self.written.append(f"read_back {step}")
        self.compared.append(compared)

    async def captured(self, captures: list[Capture]) -> None:
        pass

    async def answer_to(self, question: Question) -> object:
        self.questions.append(question)
        return self.answers.get(question.step)

    async def intend(self, step: str, *, act_no: int, clocks: ActClocks) -> Effect:
        self.written.append(f"intend {step} {act_no}")
        return an_act(step, act_no=act_no, at=self.clock.now(), clocks=clocks)

    async def may_leave(self, effect: Effect) -> bool:
        return self.ours and self.clock.now() < effect.act_by

    async def confirmed(self, effect: Effect, *, receipt: object, by_proof: bool) -> Effect:
        return self._moved(effect, EffectState.CONFIRMED, "by proof" if by_proof else "")

    async def refused(self, effect: Effect, *, code: str) -> Effect:
        return self._moved(effect, EffectState.REFUSED, code)

    async def not_done(self, effect: Effect, *, why: str) -> Effect:
        return self._moved(effect, EffectState.NOT_DONE, why)

    async def unknown(self, effect: Effect, *, why: str) -> Effect:
        return self._moved(effect, EffectState.UNKNOWN, why)

    async def proof_asked(self, effect: Effect, *, answer: str) -> None:
        self.written.append(f"proof_asked {answer}")

    async def number_by_hand(self, effect: Effect) -> str | None:
        return self.by_hand

    async def opened(self, result: StepResult) -> Any:
        return None

    def _moved(self, effect: Effect, state: EffectState, why: str) -> Effect:
        self.written.append(f"{state.value} {why}".strip())
        return effect.moved_to(state, audit_seq=effect.audit_seq + 1)


def an_act(
    step: str = "submit",
    *,
    act_no: int = 1,
    at: datetime = NOW,
    clocks: ActClocks | None = None,
    state: EffectState = EffectState.INTENDED,
) -> Effect:
    clocks = clocks or ActClocks(
        act_within=timedelta(seconds=10),
        ask_after=timedelta(seconds=60),
        patience=timedelta(minutes=45),
    )
    ask_at = at + clocks.act_within + clocks.ask_after
    return Effect(
        id=effect_id(ITEM, step=step, iteration=0, act_no=act_no),
        item=ITEM,
        step=step,
        iteration=0,
        act_no=act_no,
        attempt=AttemptId(f"{ITEM}:1"),
        state=state,
        audit_seq=1,
        intended_at=at,
        act_by=at + clocks.act_within,
        ask_at=ask_at,
        patience_until=ask_at + clocks.patience,
    )


def a_use(name: str, *, expect: tuple[Check, ...] = (), **more: Any) -> UseStep:
    return UseStep(
        name=name,
        line=1,
        call=Call(action=f"portal.{name}"),
        timeout=timedelta(seconds=60),
        retry=RetryPolicy(),
        expect=expect,
        **more,
    )


def a_once(**more: Any) -> OnceStep:
    return OnceStep(
        name="submit",
        line=1,
        call=Call(action="portal.submit"),
        timeout=timedelta(seconds=60),
        proof=Proof(
            call=Call(action="portal.find"),
            every=timedelta(minutes=5),
            patience=timedelta(minutes=45),
        ),
        **more,
    )


def a_finish(ending: str, *, when: Callable[[Scope], object]) -> FinishStep:
    return FinishStep(name="finish", line=1, ending=ending, when=Computed(when))


def a_runbook(*steps: Step, outputs: dict[str, Computed] | None = None) -> Runbook:
    return Runbook(
        name="test.work",
        title="Test",
        why="",
        serves="",
        portal="portal",
        bots=("portal",),
        params={},
        item=ItemShape(reference=("number",), fields={}),
        triggers=(),
        steps=steps,
        outputs=outputs or {},
        queues={"business": "test.work-review", "system": "ops", "uncertain": "ops"},
        item_retry=RetryPolicy(),
        item_timeout=timedelta(minutes=15),
        source="",
        hash=RunbookHash("0" * 64),
    )


@dataclass
class Performance:
    """One attempt over a script: `run()` gives its outcome."""

    runbook: Runbook
    script: dict[str, list[Answer]]
    acts: list[Effect] = field(default_factory=list)
    verified: frozenset[str] = frozenset()
    shadow: bool = False
    began: dict[AttemptId, datetime] = field(default_factory=dict)
    clock: SteppedClock = field(default_factory=SteppedClock)
    item: dict[str, object] = field(default_factory=lambda: {"number": "A-1", "total": "10.00"})

    def __post_init__(self) -> None:
        self.session = ScriptedSession(self.script)
        self.journal = MemoryJournal(self.clock)
        self.scope: dict[str, object] = {
            "item": self.item,
            "params": {},
            **times(self.clock.now(), zone=UTC),
            **dict.fromkeys(step.name for step in self.runbook.steps),
        }
        self.once = OnceRun(
            session=self.session,
            journal=self.journal,
            clock=self.clock,
            overrides=OnceOverrides(act_within=timedelta(seconds=10)),
            scope=self.scope,
            acts={"submit": list(self.acts)} if self.acts else {},
            verified=self.verified,
        )

    async def run(self) -> Any:
        return await AttemptRun(
            runbook=self.runbook,
            session=self.session,
            journal=self.journal,
            once=self.once,
            scope=self.scope,
            began=self.began,
            shadow=self.shadow,
        ).outcome()


def acted(answer: ActionAnswer, *, left: bool = True) -> Callable[[CommitGuard | None], Any]:
    """A write action that commits; its request leaves, or is held at the wire."""

    async def act(guard: CommitGuard | None) -> ActionAnswer:
        assert guard is not None
        await guard.intend()
        if left and await guard.may_leave():
            guard.sent()
        else:
            guard.held_back()
        return answer

    return act


def in_doubt(*, since: timedelta, state: EffectState = EffectState.UNKNOWN) -> Effect:
    """An act of an earlier attempt whose outcome nobody knows."""
    return replace(an_act(at=NOW - since), state=state)
