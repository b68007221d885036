"""The steps of a runbook, compiled one after the other."""

from dataclasses import replace
from datetime import timedelta

from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.step import FinishStep, LetStep, OnceStep, Step, UseStep
from deskhand.runbooks.acts import ActCompiler
from deskhand.runbooks.binding import Binder
from deskhand.runbooks.catalogue import TypeCatalogue
from deskhand.runbooks.expectations import Expectations, Outcome
from deskhand.runbooks.expressions import Checked, Compiled
from deskhand.runbooks.flow import Flow
from deskhand.runbooks.model import (
    ActingModel,
    AskingModel,
    FinishModel,
    LetModel,
    OnceModel,
    RunbookModel,
    StepModel,
    UseModel,
)
from deskhand.runbooks.patience import policy, step_timeout
from deskhand.runbooks.questions import QuestionCompiler
from deskhand.runbooks.roster import Action, Roster
from deskhand.runbooks.shapes import UNKNOWN
from deskhand.runbooks.source import Source
from deskhand.runbooks.step_names import step_names
from deskhand.runbooks.terms import Names
from deskhand.runbooks.tree import Path


class StepCompiler:
    """Compiles the steps; `flow` holds what is known behind the last one."""

    def __init__(
        self,
        source: Source,
        roster: Roster,
        types: TypeCatalogue,
        model: RunbookModel,
        names: Names,
    ) -> None:
        self._source = source
        self._roster = roster
        self._model = model
        self._retry = policy(source, ("retry",), model.retry, RetryPolicy())
        self._acts = ActCompiler(source, roster)
        self._questions = QuestionCompiler(source, types)
        self._names = step_names(source, model.steps)
        self.flow = Flow(names=replace(names, later=self._results()))
        self._expectations = Expectations(source, self.flow)

    def steps(self) -> tuple[Step, ...]:
        """Return the compiled steps; where one is faulty, the others."""
        compiled = [
            self._step(("steps", number), name, step)
            for number, (name, step) in enumerate(zip(self._names, self._model.steps, strict=True))
        ]
        return tuple(step for step in compiled if step is not None)

    def _results(self) -> frozenset[str]:
        """Return everything that the steps will name."""
        steps = list(zip(self._names, self._model.steps, strict=True))
        results = {name for name, step in steps if isinstance(step, ActingModel | AskingModel)}
        lets = {name for _, step in steps if isinstance(step, LetModel) for name in step.let}
        return frozenset(results | lets)

    def _step(self, path: Path, name: str, step: StepModel) -> Step | None:
        self._reached(path)
        when = None
        if step.when is not None:
            when = self._source.condition((*path, "when"), step.when, self.flow.names)
        if isinstance(step, UseModel):
            return self._use(path, name, step, when)
        if isinstance(step, OnceModel):
            return self._once(path, name, step, when)
        if isinstance(step, LetModel):
            return self._let(path, name, step, when)
        if isinstance(step, AskingModel):
            return self._ask(path, name, step, when)
        return self._finish(path, name, step, when) if isinstance(step, FinishModel) else None

    def _reached(self, path: Path) -> None:
        if self.flow.ended_at is not None:
            self._source.at_key(
                path,
                "this step is never reached",
                f"line {self.flow.ended_at} finishes every item; give that `finish` a `when`",
            )
            self.flow.ended_at = None

    def _use(self, path: Path, name: str, step: UseModel, when: Checked | None) -> UseStep | None:
        action = self._roster.action(step.use, (*path, "use"))
        if action is None:
            self._expectations.behind(path, step, Outcome(name=name, shape=UNKNOWN), when)
            return None
        if action.writes:
            self._source.at_value(
                (*path, "use"),
                f"`{action.path}` is a write action: write actions need `once`",
                f"write `once: {step.use}`; it is then performed at most once an item",
            )
        binder = Binder(self._source, path, "use", step.with_, self.flow.inside(when))
        call = binder.call(action)
        binder.finish()
        return UseStep(
            name=name,
            line=self._source.line(path),
            call=call,
            timeout=self._timeout(path, step),
            retry=policy(self._source, (*path, "retry"), step.retry, self._retry),
            when=_compiled(when),
            expect=self._expectations.behind(path, step, _outcome(name, action), when),
            evidence=tuple(step.evidence or ()),
            sealed_parts=(action.given.shape or UNKNOWN).sealed_parts(),
        )

    def _once(self, path: Path, name: str, step: OnceModel, when: Checked | None) -> Step | None:
        act = self._acts.act(path, name, step, self.flow.inside(when))
        shape = act.action.given.shape if act else UNKNOWN
        expect = self._expectations.behind(path, step, Outcome(name=name, shape=shape), when)
        if act is None or act.proof is None:
            return None
        return OnceStep(
            name=name,
            line=self._source.line(path),
            call=act.call,
            timeout=self._timeout(path, step),
            proof=act.proof,
            when=_compiled(when),
            expect=expect,
            evidence=tuple(("receipt",) if step.evidence is None else step.evidence),
            verify=act.verify,
            verified_fields=act.verified_fields,
        )

    def _let(self, path: Path, name: str, step: LetModel, when: Checked | None) -> LetStep:
        values: dict[str, Compiled] = {}
        names = self.flow.inside(when)
        for each, text in step.let.items():
            checked = self._source.expression((*path, "let", each), text, names)
            shape = checked.compiled.shape if checked.compiled else UNKNOWN
            if checked.compiled:
                values[each] = checked.compiled
            self.flow.has_result(each, shape, why_absent="", when=when)
            self.flow.means(each, checked.term.implied)
            there = frozenset() if shape.absent else frozenset({(each,)})
            if when is not None:
                self.flow.holds(there, when)
            names = self.flow.inside(when).knowing(names.known | there)
        return LetStep(name=name, line=self._source.line(path), values=values, when=_compiled(when))

    def _ask(self, path: Path, name: str, step: AskingModel, when: Checked | None) -> Step:
        asked = self._questions.question(path, name, step, self.flow.inside(when), when)
        self.flow.has_result(name, asked.shape, why_absent="", when=when)
        if when is not None:
            self.flow.holds({(name,)}, when)
        return asked.step

    def _finish(self, path: Path, name: str, step: FinishModel, when: Checked | None) -> FinishStep:
        line = self._source.line(path)
        self.flow.ends(when, done=step.finish == "done", line=line)
        return FinishStep(name=name, line=line, ending=step.finish, when=_compiled(when))

    def _timeout(self, path: Path, step: ActingModel) -> timedelta:
        timeouts = self._model.timeouts
        return step_timeout(
            self._source, path, step.timeout, default=timeouts.step, item=timeouts.item
        )


def _outcome(name: str, action: Action) -> Outcome:
    misses = " or ".join(action.given.misses)
    why = f"`{action.path}` may answer {misses}" if misses else ""
    return Outcome(name=name, shape=action.given.shape, why_absent=why)


def _compiled(checked: Checked | None) -> Compiled | None:
    return checked.compiled if checked else None
