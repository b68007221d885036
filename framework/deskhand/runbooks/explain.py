"""A runbook in words: every default, binding, type, retry, queue, commit point and proof."""

from collections.abc import Iterator, Mapping, Sequence

from deskhand.domain.fields import Field, ValueType
from deskhand.domain.runbook import (
    CatchUp,
    CronTrigger,
    EventTrigger,
    FileTrigger,
    ManualTrigger,
    Runbook,
    Trigger,
    WebhookTrigger,
)
from deskhand.domain.step import (
    Call,
    Check,
    FinishStep,
    LetStep,
    OnceStep,
    QuestionStep,
    Step,
    UseStep,
)
from deskhand.domain.trigger_names import trigger_name
from deskhand.runbooks.diagnostics import Findings
from deskhand.runbooks.durations import spoken, spoken_retry
from deskhand.runbooks.loader import load
from deskhand.runbooks.tree import Path
from deskhand.runbooks.types import ListOf, RecordOf, Scalar

DEFAULT = " (default)"
_WIDTH = 22
_CATCH_UP = {
    CatchUp.LATEST: "one firing stands for all that passed",
    CatchUp.ALL: "each is fired, the oldest first",
    CatchUp.NONE: "it is skipped",
}


def explained(runbook: Runbook) -> str:
    """Return a valid runbook in words, for a person who will answer for it."""
    return "\n".join(line.rstrip() for line in _Telling(runbook).lines()) + "\n"


class _Telling:
    """Tells one runbook; its own text says what is a default and what was written."""

    def __init__(self, runbook: Runbook) -> None:
        self._runbook = runbook
        self._tree = load(runbook.source, Findings(runbook.file))

    def lines(self) -> Iterator[str]:
        for section in (
            self._head(),
            self._item(),
            self._triggers(),
            self._steps(),
            self._ending(),
        ):
            yield from section
            yield ""

    def _default(self, *path: str | int) -> str:
        written = self._tree is not None and self._tree.has(path)
        return "" if written else DEFAULT

    def _head(self) -> Iterator[str]:
        runbook = self._runbook
        yield f"{runbook.name}: {runbook.title}"
        if runbook.why:
            yield f"why: {runbook.why}"
        if runbook.serves:
            yield f"serves: {runbook.serves}"
        yield (
            f"performed by: {', '.join(runbook.bots)}; one item at a time on each account of "
            f"{runbook.portal}"
        )
        yield f"version: {runbook.hash[:12]}"
        if runbook.params:
            yield "parameters"
            for name, value in runbook.params.items():
                yield _row(name, f"{value}{DEFAULT}")

    def _item(self) -> Iterator[str]:
        item = self._runbook.item
        kept = "kept as a keyed hash, a part is sensitive" if item.reference_sealed else "in clear"
        yield "An item"
        yield _row("reference", f"{', '.join(item.reference)} ({kept})")
        for name, expression in (
            ("due", item.due),
            ("deadline", item.deadline),
            ("amount", item.amount),
        ):
            yield _row(name, expression.source if expression else "none")
        yield "  fields"
        yield from _fields(item.fields, indent="    ")
        yield "  checks, at intake and at every fix"
        yield from _checks(item.checks, indent="    ") if item.checks else ("    none",)

    def _triggers(self) -> Iterator[str]:
        yield f"Started by{self._default('triggers')}"
        for number, trigger in enumerate(self._runbook.triggers):
            yield from self._trigger(number, trigger)

    def _trigger(self, number: int, trigger: Trigger) -> Iterator[str]:
        match trigger:
            case FileTrigger():
                yield f"  files {trigger.pattern}{_sheet(trigger)}"
                yield self._called(number, trigger)
            case ManualTrigger():
                yield "  hand: deskhand run with --input FILE"
            case CronTrigger():
                yield from self._cron(number, trigger)
            case WebhookTrigger():
                yield f"  signed requests to /hooks/CLIENT/{trigger.name}"
            case EventTrigger():
                yield f"  the event {trigger.event}; its data is the row"
        if not trigger.map:
            yield "    every field from the value of its own name"
            return
        for name in self._runbook.item.fields:
            mapped = trigger.map.get(name)
            source = mapped.source if mapped else f"row.{name} (same name)"
            yield f"    {name:<{_WIDTH - 2}} \u2190 {source}"

    def _cron(self, number: int, trigger: CronTrigger) -> Iterator[str]:
        path: Path = ("triggers", number)
        yield f"  the clock: {trigger.cron} in {trigger.timezone}"
        yield self._called(number, trigger)
        asked = f"asks {trigger.source.action} for each client"
        yield f"    {asked}; a row of its {trigger.rows} is one"
        yield from _arguments(trigger.source, indent="      ")
        closed = f"but for closed days of the calendar {trigger.calendar}"
        yield f"    every day that it names, {closed if trigger.calendar else 'holidays too'}"
        grace, late = self._default(*path, "grace"), self._default(*path, "catch_up")
        yield f"    late by at most {spoken(trigger.grace)}{grace}"
        yield f"    when it passed: {_CATCH_UP[trigger.catch_up]}{late}"

    def _called(self, number: int, trigger: CronTrigger | FileTrigger) -> str:
        default = self._default("triggers", number, "name")
        return f"    called {trigger_name(self._runbook, trigger)}{default}"

    def _steps(self) -> Iterator[str]:
        yield "Steps"
        for number, step in enumerate(self._runbook.steps):
            yield from self._step(number, step)

    def _step(self, number: int, step: Step) -> Iterator[str]:
        yield f"  {number + 1}. {_verb(step)}"
        if step.when is not None:
            yield f"     only when {step.when.source}"
        if isinstance(step, UseStep):
            yield from _arguments(step.call)
            retry = self._default("steps", number, "retry") and self._default("retry")
            yield f"     retried: {spoken_retry(step.retry)}{retry}"
            yield from self._acting(number, step)
        elif isinstance(step, OnceStep):
            yield from _arguments(step.call)
            yield "     commit point: once it is passed, nothing before it is performed again"
            yield from _proof(step)
            yield from self._acting(number, step)
        elif isinstance(step, QuestionStep):
            yield from self._asking(number, step)
        elif isinstance(step, LetStep):
            for name, value in step.values.items():
                yield f"     {name} = {value.source}"

    def _acting(self, number: int, step: UseStep | OnceStep) -> Iterator[str]:
        path: Path = ("steps", number)
        timeout = self._default(*path, "timeout") and self._default("timeouts", "step")
        yield f"     at most {spoken(step.timeout)}{timeout}"
        if step.evidence:
            evidence = self._default(*path, "evidence")
            yield f"     evidence: {', '.join(step.evidence)}{evidence}"
        yield from _checks(step.expect, indent="     expected: ")

    def _asking(self, number: int, step: QuestionStep) -> Iterator[str]:
        path: Path = ("steps", number)
        yield "     the attempt ends and gives the browser back; the answer starts the next one"
        title, show = self._default(*path, "title"), self._default(*path, "show")
        yield f"     asks: {step.title.source}{title}"
        for shown in step.show:
            sensitive = " (sensitive: masked)" if shown.sealed_parts else ""
            yield f"     shows {shown.name}{sensitive}{show}"
        for name, part in step.form.items():
            optional = ["optional"] if part.optional else []
            prefilled = step.prefilled.get(name)
            default = [f"at first {prefilled.source}"] if prefilled else []
            yield f"     {name:<{_WIDTH}} {', '.join([described(part.type), *optional, *default])}"
        if step.but_not:
            yield f"     not by who answered {', '.join(step.but_not)}"
        yield "     the answer holds for what was shown: when that changes, it is asked again"
        expires = f"after {spoken(step.expires)}, as a business case" if step.expires else "never"
        yield f"     expires {expires}{self._default(*path, 'expires')}"

    def _ending(self) -> Iterator[str]:
        runbook = self._runbook
        yield "In the end"
        for name, expression in runbook.outputs.items():
            sensitive = " (sensitive: sealed)" if expression.sensitive else ""
            yield _row(name, f"{expression.source}{sensitive}")
        if runbook.emit:
            yield _row("event", runbook.emit)
        for kind, queue in runbook.queues.items():
            default = "" if self._names_queue(queue) else DEFAULT
            yield _row(f"{kind} cases", f"queue {queue}{default}")
        retry = self._default("item_retry")
        timeout = self._default("timeouts", "item")
        yield _row("system causes", f"{spoken_retry(runbook.item_retry)}{retry}")
        yield _row("an attempt", f"at most {spoken(runbook.item_timeout)}{timeout}")
        yield _row("evidence", f"a masked picture at the end{DEFAULT}")

    def _names_queue(self, queue: str) -> bool:
        return self._tree is not None and self._tree.has(("cases", queue))


def _sheet(trigger: FileTrigger) -> str:
    return "" if trigger.sheet is None else f", of a workbook the sheet {trigger.sheet!r}"


def _row(name: str, text: str) -> str:
    return f"  {name:<{_WIDTH}} {text}"


def _verb(step: Step) -> str:
    if isinstance(step, UseStep):
        return f"use {step.call.action}, result {step.name}"
    if isinstance(step, OnceStep):
        return f"once {step.call.action}, result {step.name}"
    if isinstance(step, QuestionStep):
        verb = "approve" if step.approval else "ask"
        return f"{verb}, in the queue {step.queue}, answer {step.name}"
    if isinstance(step, FinishStep):
        return f"finish as {step.ending}"
    return "let"


def _arguments(call: Call, *, indent: str = "     ") -> Iterator[str]:
    for name, argument in call.arguments.items():
        sensitive = ", sealed" if argument.sensitive else ""
        yield f"{indent}{name} \u2190 {argument.source}{sensitive}"


def _proof(step: OnceStep) -> Iterator[str]:
    proof = step.proof
    yield (
        f"     a doubt is settled by {proof.call.action}, asked every {spoken(proof.every)} "
        f"for {spoken(proof.patience)}, then by a person"
    )
    yield from _arguments(proof.call, indent="       ")
    if step.verify is not None:
        fields = ", ".join(step.verified_fields)
        yield f"     read back with {step.verify.action}: compares {fields}"
        yield from _arguments(step.verify, indent="       ")


def _checks(checks: Sequence[Check], *, indent: str) -> Iterator[str]:
    for check in checks:
        yield f"{indent}{check.that.source}, else {check.code}"


def _fields(fields: Mapping[str, Field], *, indent: str) -> Iterator[str]:
    for name, part in fields.items():
        extras = [described(part.type)]
        if part.optional:
            extras.append("optional")
        if part.default is not None:
            extras.append(f"default {part.default}")
        yield f"{indent}{name:<{_WIDTH - 2}} {', '.join(extras)}"
        inner = part.type.element if isinstance(part.type, ListOf) else part.type
        if isinstance(inner, RecordOf):
            yield from _fields(inner.fields, indent=f"{indent}  ")


def described(value_type: ValueType) -> str:
    """Return a type in words, with its limits and its sensitivity."""
    words = [value_type.name]
    if isinstance(value_type, ListOf):
        words.append(f"{value_type.least} to {value_type.most} entries")
    if isinstance(value_type, Scalar):
        words += value_type.limits
    if value_type.sensitivity and not isinstance(value_type, RecordOf):
        words.append(f"sensitive ({value_type.sensitivity})")
    return ", ".join(words)
