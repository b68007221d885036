"""The bots of a project: loaded from `bots/<name>/actions.py`, one class a folder."""

import hashlib
import importlib
import inspect
import sys
import traceback
from collections.abc import Mapping
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from deskhand.errors import BotError, NotFoundError
from deskhand.ports.action import ActionSignature

if TYPE_CHECKING:
    from deskhand.browsers.bot import Bot

_ACTIONS = "actions"


class ProjectBots:
    """Loads the bots of one project, each when it is first asked for.

    A bot's folder is loaded as a package of its own, so that its modules import each other
    relatively (`from .pages import Search`) and projects do not meet in one process.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder.resolve()
        self._classes: dict[str, type[Bot]] = {}
        self._actions: dict[str, Mapping[str, ActionSignature]] = {}

    def bots(self) -> frozenset[str]:
        """The names of the folders that have an `actions.py`."""
        return frozenset(file.parent.name for file in self.folder.glob(f"*/{_ACTIONS}.py"))

    def actions(self, bot: str) -> Mapping[str, ActionSignature]:
        """The actions of a bot by name; raises `NotFoundError`, or `BotError` if it can't load."""
        if bot not in self._actions:
            self._actions[bot] = self._signatures(bot)
        return self._actions[bot]

    def bot_class(self, bot: str) -> "type[Bot]":
        """The class of a bot; raises `NotFoundError`, or `BotError` if it can't load."""
        if bot not in self._classes:
            self._classes[bot] = self._loaded(bot)
        return self._classes[bot]

    def _signatures(self, bot: str) -> Mapping[str, ActionSignature]:
        # Playwright loads slowly, and most commands need no bot.
        from deskhand.browsers.actions import signatures  # noqa: PLC0415
        from deskhand.browsers.bot import PortalBot  # noqa: PLC0415

        bot_class = self.bot_class(bot)
        found = signatures(bot_class, name=bot)
        for verb in found:
            if hasattr(PortalBot, verb):
                raise BotError(f"{bot}.{verb}: the name belongs to deskhand; choose another verb")
        for action in found.values():
            if action.proof is not None and action.proof not in found:
                raise BotError(f"{action.path}: its proof {action.proof} is no action of this bot")
        return found

    def _loaded(self, bot: str) -> "type[Bot]":
        from deskhand.browsers.bot import Bot  # noqa: PLC0415

        if bot not in self.bots():
            known = ", ".join(sorted(self.bots())) or "none"
            raise NotFoundError("bot", bot, advice=f"the bots in {self.folder.name}/ are: {known}")
        module = self._module(bot)
        defined = [
            each
            for _, each in inspect.getmembers(module, inspect.isclass)
            if issubclass(each, Bot) and each.__module__ == module.__name__
        ]
        if len(defined) != 1:
            names = ", ".join(each.__name__ for each in defined) or "none"
            raise BotError(
                f"bots/{bot}/{_ACTIONS}.py must define one subclass of Bot or PortalBot; "
                f"it defines: {names}"
            )
        return defined[0]

    def _module(self, bot: str) -> ModuleType:
        digest = hashlib.sha256(str(self.folder).encode()).hexdigest()[:8]
        package = f"deskhand_bots_{digest}_{bot}"
        if package not in sys.modules:
            sys.modules[package] = _package(package, self.folder / bot)
        name = f"{package}.{_ACTIONS}"
        if name in sys.modules:
            return sys.modules[name]
        try:
            return importlib.import_module(name)
        except Exception as error:
            raise BotError(_why(error, folder=self.folder)) from error


def _package(name: str, folder: Path) -> ModuleType:
    package = ModuleType(name)
    package.__path__ = [str(folder)]
    return package


def _why(error: Exception, *, folder: Path) -> str:
    if isinstance(error, SyntaxError) and error.filename:
        place, line = Path(error.filename), error.lineno
    else:
        inside = [
            frame
            for frame in traceback.extract_tb(error.__traceback__)
            if folder in Path(frame.filename).parents
        ]
        place, line = (Path(inside[-1].filename), inside[-1].lineno) if inside else (folder, None)
    shown = place.relative_to(folder.parent) if folder in place.parents else place
    at = f"{shown}, line {line}" if line else str(shown)
    if "_ActionMarks" in str(error):
        return f"{at}: an action is marked @action.read, @action.fill or @action.write(proof=…)"
    return f"{at}: {type(error).__name__}: {error}"
