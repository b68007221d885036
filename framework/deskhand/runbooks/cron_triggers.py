"""The trigger `cron`: its time table, and the action whose result lists what is to be done."""

from collections.abc import Mapping
from dataclasses import replace

from deskhand.domain.fields import Field
from deskhand.domain.runbook import CatchUp, CronTrigger
from deskhand.domain.step import Call
from deskhand.ports.action import ActionEffect
from deskhand.runbooks.binding import Binder
from deskhand.runbooks.cron_texts import cron_mistake, zone_mistake
from deskhand.runbooks.diagnostics import did_you_mean
from deskhand.runbooks.roster import Action, Roster
from deskhand.runbooks.row_maps import MapCompiler, unfit, unsealed
from deskhand.runbooks.shapes import Kind, Shape
from deskhand.runbooks.source import Source
from deskhand.runbooks.terms import Names
from deskhand.runbooks.tree import Path
from deskhand.runbooks.trigger_models import CronModel
from deskhand.runbooks.types import shape_of


class CronCompiler:
    """Compiles time tables; what the source's rows are is known, so a map's mistakes are found."""

    def __init__(
        self, source: Source, fields: Mapping[str, Field], names: Names, roster: Roster
    ) -> None:
        self._source = source
        self._fields = fields
        self._names = names
        self._roster = roster

    def trigger(self, path: Path, model: CronModel) -> CronTrigger | None:
        """Return the compiled trigger; None where its source is faulty."""
        for key, wrong in (
            ("cron", cron_mistake(model.cron)),
            ("timezone", zone_mistake(model.timezone)),
        ):
            if wrong:
                self._source.at_value((*path, key), *wrong)
        action = self._action(path, model.source)
        rows = self._rows(path, action) if action else None
        if action is None or rows is None:
            return None
        call = self._call(path, model, action)
        name, row = rows
        maps = MapCompiler(self._source, self._fields, self._names).with_row(row)
        mapped = maps.map(path, model.map)
        self._same_names(path, model, row, action)
        return CronTrigger(
            cron=model.cron,
            timezone=model.timezone,
            source=call,
            rows=name,
            map=mapped,
            calendar=model.calendar,
            grace=model.grace,
            catch_up=CatchUp(model.catch_up),
            name=model.name,
        )

    def _action(self, path: Path, name: str) -> Action | None:
        place = (*path, "source")
        bot, dot, _ = name.rpartition(".")
        if dot:
            # A source may be any bot's, not only one of those that perform the steps.
            self._roster.engage(bot, place)
        action = self._roster.action(name, place)
        if action is not None and action.signature.effect is not ActionEffect.READ:
            self._source.at_value(place, f"`{action.path}` is no read action: a source only reads")
            return None
        return action

    def _rows(self, path: Path, action: Action) -> tuple[str, Shape] | None:
        """Return the field of the result that holds the rows, and what one row is."""
        fields = (action.given.shape.fields if action.given.shape else None) or {}
        lists = [
            (name, shape.element)
            for name, shape in fields.items()
            if shape.kind is Kind.LIST and shape.element and shape.element.kind is Kind.RECORD
        ]
        if len(lists) == 1:
            return lists[0]
        many = f"two lists: {lists[0][0]} and {lists[1][0]}" if lists else "no list of records"
        self._source.at_value(
            (*path, "source"),
            f"`{action.path}` returns {many}",
            "a source returns a Result with one list of records, each a row",
        )
        return None

    def _call(self, path: Path, model: CronModel, action: Action) -> Call:
        shapes = {name: shape for name, shape in self._names.shapes.items() if name != "row"}
        binder = Binder(
            self._source, path, "source", model.with_, replace(self._names, shapes=shapes)
        )
        call = binder.call(action)
        binder.finish()
        return call

    def _same_names(self, path: Path, model: CronModel, row: Shape, action: Action) -> None:
        """Check the fields that bind to the row's value of their own name."""
        parts = row.fields or {}
        for name, field in self._fields.items():
            if name in model.map or shape_of(field.type).kind is Kind.UNKNOWN:
                continue
            if name in parts:
                wrong = unfit(parts[name], shape_of(field.type)) or unsealed(parts[name], field)
                if wrong:
                    message, advice = wrong
                    self._source.at_value((*path, "source"), f"`row.{name}`: {message}", advice)
            elif not field.optional and field.default is None:
                close = did_you_mean(name, parts)
                self._source.at_value(
                    (*path, "source"),
                    f"the rows of `{action.path}` have no `{name}`, which the item needs",
                    f"map it: map: {{{name}: row.…}}" + (f"; {close}" if close else ""),
                )
