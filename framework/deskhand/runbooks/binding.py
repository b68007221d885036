"""Arguments bind by name: from `with`, then from the item's fields."""

from collections.abc import Mapping
from dataclasses import replace

from deskhand.domain.step import Call, Expression
from deskhand.runbooks.annotations import Wanted
from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.expressions import Compiled, check_expression
from deskhand.runbooks.fitting import misfit, taking
from deskhand.runbooks.roster import Action
from deskhand.runbooks.shapes import UNKNOWN, Kind, Shape
from deskhand.runbooks.source import Source
from deskhand.runbooks.terms import Names
from deskhand.runbooks.tree import Path


class Binder:
    """Binds the arguments of one step's calls; the step is at `path`, its verb at `verb`."""

    def __init__(
        self, source: Source, path: Path, verb: str, given: Mapping[str, str], names: Names
    ) -> None:
        self._source = source
        self._path = path
        self._verb = verb
        self._names = names
        self._given = {
            name: source.expression((*path, "with", name), text, names).compiled
            for name, text in given.items()
        }
        self._taken: set[str] = set()
        self._parameters: set[str] = set()

    def call(self, action: Action, *, receipt: str | None = None) -> Call:
        """Bind an action's parameters; `receipt` names a result whose fields bind last."""
        signature = action.signature
        self._parameters |= set(signature.parameters)
        arguments: dict[str, Expression] = {}
        for name, wanted in action.wanted.items():
            argument = self._argument(name, wanted, receipt)
            if argument is not None:
                arguments[name] = argument
            elif name in signature.required and name not in self._given:
                self._unbound(action, name)
        return Call(action=signature.path, arguments=arguments)

    def finish(self) -> None:
        """Tell of arguments in `with` that no call took."""
        for name in self._given:
            if name not in self._taken:
                advice = did_you_mean(name, self._parameters) or choices(self._parameters)
                self._source.at_key(
                    (*self._path, "with", name), f"the action has no parameter `{name}`", advice
                )

    def _argument(self, name: str, wanted: Wanted, receipt: str | None) -> Expression | None:
        if name in self._given:
            self._taken.add(name)
            compiled = self._given[name]
            return self._fitted(name, compiled, wanted, ("with", name)) if compiled else None
        found = self._by_name(name, wanted, receipt)
        compiled = check_expression(found, self._names).compiled if found else None
        if compiled is None:
            return None
        return self._fitted(name, compiled, wanted, (self._verb,))

    def _by_name(self, name: str, wanted: Wanted, receipt: str | None) -> str | None:
        """Return the expression that a parameter binds to by its name."""
        fields = self._fields("item")
        if name in fields and fields[name].kind is not Kind.UNKNOWN:
            return f"item.{name}"
        if wanted.fields is not None:
            return "item"
        if receipt is not None and name in self._fields(receipt):
            return f"{receipt}.{name}"
        return None

    def _fields(self, name: str) -> Mapping[str, Shape]:
        return self._names.shapes.get(name, UNKNOWN).fields or {}

    def _fitted(
        self, name: str, compiled: Compiled, wanted: Wanted, at: tuple[str, ...]
    ) -> Expression:
        wrong = misfit(name if compiled.source != "item" else "item", compiled.shape, wanted)
        if wrong:
            self._source.at_value((*self._path, *at), *wrong)
            return compiled
        take = taking(wanted, compiled.shape)
        if take is None:
            return compiled
        whole, part = compiled.run, take
        return replace(compiled, run=lambda scope: part(whole(scope)))

    def _unbound(self, action: Action, name: str) -> None:
        fields = self._fields("item")
        if any(shape.kind is Kind.UNKNOWN for shape in fields.values()) and name in fields:
            return
        advice = f"give it: with: {{{name}: …}}"
        close = did_you_mean(name, fields)
        has_item = "item" in self._names.shapes
        lack = ", and the item has no field of that name" if has_item else ""
        self._source.at_value(
            (*self._path, self._verb),
            f"`{action.path}` needs `{name}`{lack}",
            f"{advice}; {close.replace('did you mean', 'or did the bot mean')}"
            if close
            else advice,
        )
