"""Triggers: what starts items, and how a row becomes the item's fields."""

import re
from collections.abc import Mapping, Sequence
from typing import Final

from deskhand.domain.fields import Field
from deskhand.domain.runbook import (
    EventTrigger,
    FileTrigger,
    ManualTrigger,
    Trigger,
    WebhookTrigger,
)
from deskhand.runbooks.cron_triggers import CronCompiler
from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.roster import Roster
from deskhand.runbooks.row_maps import MapCompiler
from deskhand.runbooks.source import Source
from deskhand.runbooks.terms import Names
from deskhand.runbooks.tree import Path
from deskhand.runbooks.trigger_models import (
    CronModel,
    EventModel,
    FileModel,
    ManualModel,
    WebhookModel,
)

SUFFIXES: Final = ("csv", "json", "jsonl", "xlsx", "837", "x12", "isir", "dat")
_LATER: Final = ("xls", "xlsm", "pdf", "xml", "txt")
LONGEST_SHEET: Final = 31
"""What spreadsheet programs allow."""

_SUFFIX = re.compile(r"\*\.(?:\{([^{}]*)\}|([^{}*/]+))$")

AnyModel = FileModel | ManualModel | CronModel | WebhookModel | EventModel


class TriggerCompiler:
    """Compiles triggers for an item with these fields; `roster` knows who lists what is to do."""

    def __init__(
        self, source: Source, fields: Mapping[str, Field], names: Names, roster: Roster
    ) -> None:
        self._source = source
        self._maps = MapCompiler(source, fields, names)
        self._crons = CronCompiler(source, fields, names, roster)

    def triggers(self, models: Sequence[AnyModel], *, runbook: str) -> tuple[Trigger, ...]:
        """Return the compiled triggers; items can always be given by hand."""
        compiled = [
            self._trigger(("triggers", number), model) for number, model in enumerate(models)
        ]
        self._once_a_pattern(models)
        made = [trigger for trigger in compiled if trigger is not None]
        if not models:
            made.append(FileTrigger(pattern=f"inbox/{{client}}/{runbook}/*.{{csv,json,jsonl}}"))
        if not any(isinstance(trigger, ManualTrigger) for trigger in made):
            made.append(ManualTrigger())
        return tuple(made)

    def _trigger(self, path: Path, model: AnyModel) -> Trigger | None:
        match model:
            case FileModel():
                self._pattern((*path, "file"), model.file)
                self._sheet((*path, "sheet"), model)
                mapped = self._maps.map(path, model.map)
                return FileTrigger(
                    pattern=model.file, map=mapped, name=model.name, sheet=model.sheet
                )
            case ManualModel():
                return ManualTrigger(map=self._maps.map(path, model.map))
            case CronModel():
                return self._crons.trigger(path, model)
            case WebhookModel():
                return WebhookTrigger(name=model.webhook, map=self._maps.map(path, model.map))
            case EventModel():
                return EventTrigger(event=model.event, map=self._maps.map(path, model.map))

    def _once_a_pattern(self, models: Sequence[AnyModel]) -> None:
        seen: set[str] = set()
        for number, model in enumerate(models):
            if isinstance(model, FileModel):
                if model.file in seen:
                    self._source.at_value(
                        ("triggers", number, "file"),
                        "another trigger has this pattern: a file is taken in by one of them",
                        "another folder; it may be dropped into both",
                    )
                seen.add(model.file)

    def _sheet(self, path: Path, model: FileModel) -> None:
        if model.sheet is None:
            return
        name = model.sheet
        if not name.strip() or len(name) > LONGEST_SHEET or not name.isprintable():
            self._source.at_value(
                path, f"the name of a sheet has 1 to {LONGEST_SHEET} characters that can be shown"
            )
        suffix = _SUFFIX.search(model.file)
        if suffix is not None and "xlsx" not in (suffix[1] or suffix[2]).split(","):
            self._source.at_value(
                path, "only workbooks have sheets, and none fits the pattern", "for example *.xlsx"
            )

    def _pattern(self, path: Path, pattern: str) -> None:
        folders = pattern.split("/")[:-1]
        if pattern.startswith("/") or "\\" in pattern or {"..", "."} & set(folders):
            self._source.at_value(path, "a file pattern stays inside the project's folder")
            return
        if any("{" in folder and folder != "{client}" for folder in folders):
            self._source.at_value(path, "the only place-holder of a folder is {client}")
        if folders.count("{client}") > 1:
            self._source.at_value(path, "{client} stands once")
        suffix = _SUFFIX.search(pattern)
        if suffix is None:
            self._source.at_value(
                path, "a file pattern ends with its kinds of file", "for example *.{csv,json}"
            )
            return
        for word in (suffix[1] or suffix[2]).split(","):
            if word in _LATER:
                self._source.at_value(path, f"reading .{word} files is not built yet")
            elif word not in SUFFIXES:
                advice = did_you_mean(word, SUFFIXES) or choices(SUFFIXES)
                self._source.at_value(path, f"deskhand cannot read .{word} files", advice)
