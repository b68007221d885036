"""The actions that one runbook may use: found by name, told apart, their annotations understood."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deskhand.errors import BotError, NotFoundError
from deskhand.ports.action import ActionEffect, ActionSignature, BotCatalogue
from deskhand.runbooks.annotations import AnnotationError, Given, Wanted, given_by, wanted_by
from deskhand.runbooks.diagnostics import choices, did_you_mean
from deskhand.runbooks.source import Source
from deskhand.runbooks.tree import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """An action, with what its annotations mean."""

    signature: ActionSignature
    given: Given
    wanted: Mapping[str, Wanted]

    @property
    def path(self) -> str:
        """`bot.verb`."""
        return self.signature.path

    @property
    def writes(self) -> bool:
        """Whether it changes something on the portal."""
        return self.signature.effect is ActionEffect.WRITE


class Roster:
    """The bots of one runbook, the portal's own first."""

    def __init__(self, source: Source, catalogue: BotCatalogue) -> None:
        self._source = source
        self._catalogue = catalogue
        self._actions: dict[str, Mapping[str, ActionSignature]] = {}
        self._understood: dict[str, Action | None] = {}
        self._incomplete = False

    def engage(self, bot: str, path: Path) -> None:
        """Take a bot in; a mistake is told at the place that names it."""
        if bot in self._actions:
            return
        known = self._catalogue.bots()
        if bot not in known:
            advice = did_you_mean(bot, known) or choices(known) or "this project has no bots yet"
            self._source.at_value(path, f"there is no bot `{bot}`", advice)
            self._incomplete = True
            return
        try:
            self._actions[bot] = self._catalogue.actions(bot)
        except (BotError, NotFoundError) as error:
            self._source.at_value(path, f"the bot `{bot}` cannot be loaded: {error}")
            self._incomplete = True

    def action(self, name: str, path: Path) -> Action | None:
        """Return the action of this name; None, with the mistake told, if there is none."""
        found = self._found(name)
        if len(found) == 1:
            return self.understood(found[0], path)
        if found:
            paths = " or ".join(signature.path for signature in found)
            self._source.at_value(path, f"two bots have an action `{name}`", f"write {paths}")
        elif self._actions and not self._incomplete:
            self._source.at_value(path, f"there is no action `{name}`", self._advice(name))
        return None

    def understood(self, signature: ActionSignature, path: Path) -> Action | None:
        """Return an action with what its annotations mean."""
        if signature.path not in self._understood:
            self._understood[signature.path] = self._read(signature, path)
        return self._understood[signature.path]

    def sibling(self, action: Action, name: str) -> ActionSignature | None:
        """Return another action of the same bot."""
        return self._actions.get(action.signature.bot, {}).get(name)

    def _read(self, signature: ActionSignature, path: Path) -> Action | None:
        try:
            return Action(
                signature=signature,
                given=given_by(signature.returns),
                wanted={name: wanted_by(hint) for name, hint in signature.parameters.items()},
            )
        except AnnotationError as error:
            self._source.at_value(path, f"`{signature.path}`: {error}", "correct it in the bot")
            return None

    def _found(self, name: str) -> Sequence[ActionSignature]:
        bot, dot, verb = name.rpartition(".")
        if dot:
            signature = self._actions.get(bot, {}).get(verb)
            return [signature] if signature else []
        found = [actions[verb] for actions in self._actions.values() if verb in actions]
        # The first bot is the portal's: an unqualified verb is its own.
        first = next(iter(self._actions.values()), {})
        return [first[verb]] if verb in first else found

    def _advice(self, name: str) -> str:
        verbs = {verb for actions in self._actions.values() for verb in actions}
        paths = {f"{bot}.{verb}" for bot, actions in self._actions.items() for verb in actions}
        known = paths if "." in name else verbs
        return did_you_mean(name, known) or choices(known)
