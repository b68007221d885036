"""YAML text → a checked, compiled runbook; or all that is wrong with it, at once."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from pydantic import ValidationError

from deskhand.domain.identifiers import RunbookHash
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.runbook import Runbook
from deskhand.domain.step import Expression
from deskhand.domain.trigger_names import twins
from deskhand.errors import RunbookInvalidError
from deskhand.ports.action import BotCatalogue
from deskhand.runbooks.catalogue import STANDARD_TYPES, TypeCatalogue
from deskhand.runbooks.diagnostics import (
    WARNING,
    Diagnostic,
    Findings,
    choices,
    did_you_mean,
    rendered,
)
from deskhand.runbooks.items import ItemCompiler
from deskhand.runbooks.loader import decoded, load
from deskhand.runbooks.model import ApproveModel, AskModel, RunbookModel, validated
from deskhand.runbooks.model_errors import tell
from deskhand.runbooks.patience import policy, warn_of_timeout
from deskhand.runbooks.repairs import repaired
from deskhand.runbooks.roster import Roster
from deskhand.runbooks.shapes import RAW
from deskhand.runbooks.source import Source
from deskhand.runbooks.steps import StepCompiler
from deskhand.runbooks.terms import Names
from deskhand.runbooks.tree import Path, Tree
from deskhand.runbooks.trigger_maps import TriggerCompiler
from deskhand.runbooks.trigger_models import CronModel, EventModel

ITEM_RETRY: Final = RetryPolicy(tries=5, first=timedelta(minutes=1), max=timedelta(minutes=30))


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What came of checking a text: the runbook is None when a mistake keeps it from running."""

    runbook: Runbook | None
    diagnostics: tuple[Diagnostic, ...]
    text: str


def compile_runbook(
    text: str | bytes, *, file: str, bots: BotCatalogue, types: TypeCatalogue = STANDARD_TYPES
) -> Runbook:
    """Compile a runbook; raises `RunbookInvalidError` with all its mistakes."""
    checked = examine(text, file=file, bots=bots, types=types)
    if checked.runbook is None:
        shown = rendered(checked.diagnostics, checked.text)
        raise RunbookInvalidError(checked.diagnostics, rendered=shown)
    return checked.runbook


def check(
    text: str | bytes, *, file: str, bots: BotCatalogue, types: TypeCatalogue = STANDARD_TYPES
) -> list[Diagnostic]:
    """Return all mistakes of a runbook, in the order of the file."""
    return list(examine(text, file=file, bots=bots, types=types).diagnostics)


def examine(
    text: str | bytes,
    *,
    file: str,
    bots: BotCatalogue,
    types: TypeCatalogue = STANDARD_TYPES,
    queues: Collection[str] = (),
    events: Collection[str] | None = None,
) -> Checked:
    """Check a runbook, and compile it where nothing is wrong.

    `queues` are the ones that the project describes; where there are some, `cases` names these.
    `events` are those that the project's runbooks emit; None where nobody knows them: then it is
    no runbook of a project, and its triggers start nothing.
    """
    findings = Findings(file)
    source = decoded(text, findings) if isinstance(text, bytes) else text
    tree = load(source, findings) if source is not None else None
    model = _model(tree, findings) if tree else None
    runbook = None
    if tree and model and source is not None:
        compiler = _Compiler(Source(tree, findings), model, bots, types)
        runbook = compiler.runbook(source, file=file)
        compiler.check_queues(queues)
        if events is not None:
            compiler.warn_of_events(events)
            if not findings.failed:
                compiler.check_names(runbook)
    return Checked(
        runbook=None if findings.failed else runbook,
        diagnostics=tuple(findings.sorted()),
        text=source or "",
    )


def _model(tree: Tree, findings: Findings) -> RunbookModel | None:
    plain = tree.plain()
    try:
        return validated(plain)
    except ValidationError as error:
        tell(error, tree, findings)
        return repaired(plain, error)


class _Compiler:
    """Compiles one runbook's model."""

    def __init__(
        self, source: Source, model: RunbookModel, bots: BotCatalogue, types: TypeCatalogue
    ) -> None:
        self._source = source
        self._model = model
        self._roster = Roster(source, bots)
        self._types = types
        self._sources = Roster(source, bots)
        self._items = ItemCompiler(source, types)

    def runbook(self, text: str, *, file: str) -> Runbook:
        model = self._model
        bots = self._bots()
        declared = self._items.declared(model)
        names = declared.names.plus(row=RAW)
        rows = Names(shapes={name: s for name, s in names.shapes.items() if name != "item"})
        triggers = TriggerCompiler(self._source, declared.item.fields, rows, self._sources)
        steps = StepCompiler(self._source, self._roster, self._types, model, declared.names)
        self._texts()
        timeouts = model.timeouts
        if "step" in timeouts.model_fields_set:
            warn_of_timeout(self._source, ("timeouts", "step"), timeouts.step, item=timeouts.item)
        return Runbook(
            name=model.runbook,
            title=model.title or model.runbook,
            why=model.why,
            serves=model.serves,
            portal=bots[0] if bots else "",
            bots=bots,
            params=declared.params,
            item=declared.item,
            triggers=triggers.triggers(model.triggers, runbook=model.runbook),
            steps=steps.steps(),
            outputs=self._outputs(steps.flow.outputs()),
            queues=self._queues(),
            item_retry=policy(self._source, ("item_retry",), model.item_retry, ITEM_RETRY),
            item_timeout=timeouts.item,
            source=text,
            hash=RunbookHash(hashlib.sha256(text.encode()).hexdigest()),
            emit=model.emit,
            file=file,
        )

    def warn_of_events(self, emitted: Collection[str]) -> None:
        """Warn of triggers that wait for an event which no runbook of the project emits."""
        known = {*emitted, *filter(None, [self._model.emit])}
        for number, trigger in enumerate(self._model.triggers):
            if isinstance(trigger, EventModel) and trigger.event not in known:
                self._source.at_value(
                    ("triggers", number, "event"),
                    f"no runbook here emits `{trigger.event}`",
                    did_you_mean(trigger.event, known) or "right, if others post it from outside",
                    WARNING,
                )

    def check_names(self, runbook: Runbook) -> None:
        """Note the triggers that are called as another one is.

        Not when a runbook is compiled: one that was stored when names told places is performed
        to its end.
        """
        for number, name in twins(runbook):
            model = self._model.triggers[number]
            given = bool(getattr(model, "name", ""))
            key = "name" if given else "cron" if isinstance(model, CronModel) else "file"
            self._source.at_value(
                ("triggers", number, key),
                f"two triggers are called `{name}`: a pause could not tell which of them is meant",
                "give it another name" if given else "give one of them a name: name: evening",
            )

    def _bots(self) -> tuple[str, ...]:
        """Engage the bots, the portal's own first."""
        model = self._model
        if model.portal is not None:
            self._engage(model.portal, ("portal",))
        for number, bot in enumerate(model.bots):
            self._engage(bot, ("bots", number))
        names = [model.portal, *model.bots] if model.portal else model.bots
        told = any(key.lower() in ("portal", "bots") for key in self._source.tree.root.entries)
        if not names and not told:
            self._source.at_key(
                ("runbook",), "neither `portal` nor `bots` says who performs this runbook"
            )
        return tuple(dict.fromkeys(names))

    def _engage(self, bot: str, path: Path) -> None:
        # Twice: a source may bring a bot of its own, whose verbs the steps do not know.
        self._roster.engage(bot, path)
        self._sources.engage(bot, path)

    def _texts(self) -> None:
        """Texts that are the same for every item cannot hold values of one."""
        model = self._model
        for key, text in (("title", model.title), ("why", model.why), ("serves", model.serves)):
            if "${" in text:
                self._source.at_value(
                    (key,), f"`{key}` is the same for all items: it cannot hold ${{…}}"
                )

    def _outputs(self, names: Names) -> Mapping[str, Expression]:
        outputs: dict[str, Expression] = {}
        for name, text in self._model.outputs.items():
            compiled = self._source.expression(("outputs", name), text, names).compiled
            if compiled is not None:
                outputs[name] = compiled
        return outputs

    def check_queues(self, described: Collection[str]) -> None:
        """Note the queues in which cases would open and which the project does not describe."""
        if not described:
            return
        for queue in self._model.cases:
            if queue not in described:
                self._source.at_key(("cases", queue), *_no_queue(queue, described))
        for place, queue in self._asking():
            # In one of which nobody said anything, anybody could approve, and one would do.
            if queue not in described:
                self._source.at_value(place, *_no_queue(queue, described))
        for kind, queue in self._queues().items():
            if queue not in described and queue not in self._model.cases:
                self._source.at_key(
                    ("runbook",),
                    f"`{kind}` cases open in `{queue}`, where anybody may decide them",
                    f"describe `{queue}` in queues.yaml, or name another queue in `cases`",
                    severity=WARNING,
                )

    def _asking(self) -> Iterator[tuple[Path, str]]:
        """Yield the queues that questions open in, and where they are named."""
        for number, step in enumerate(self._model.steps):
            if isinstance(step, ApproveModel):
                yield ("steps", number, "approve"), step.approve
            elif isinstance(step, AskModel):
                yield ("steps", number, "ask"), step.ask

    def _queues(self) -> dict[str, str]:
        queues = {"business": f"{self._model.runbook}-review", "system": "ops", "uncertain": "ops"}
        given: dict[str, str] = {}
        for queue, kinds in self._model.cases.items():
            for kind in kinds:
                if kind in given:
                    self._source.at_key(
                        ("cases", queue), f"`{kind}` cases open in `{given[kind]}` already"
                    )
                given.setdefault(kind, queue)
        return {**queues, **given}


def _no_queue(queue: str, described: Collection[str]) -> tuple[str, str]:
    return (
        f"queues.yaml has no queue `{queue}`",
        did_you_mean(queue, described) or choices(described),
    )
