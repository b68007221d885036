"""What goes wrong with drop folders: told to operators once, to people where it does not pass."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from deskhand.domain.drop import DropPlace
from deskhand.domain.identifiers import DropId, TriggerName
from deskhand.domain.runbook import Runbook
from deskhand.errors import DeskhandError, DropFolderError
from deskhand.ports.drop_folders import Look
from deskhand.ports.observer import Observer
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.watch_drops import tell_failure, tell_stranger

PASSES_WITHIN = 5
"""Tries, after which a trouble is taken for one that does not pass by itself."""

TRIED_AGAIN_AFTER = timedelta(seconds=15)
"""The pause of a file, or an answer, that met trouble."""

GIVEN_UP_FOR = timedelta(days=1)
"""How long a process leaves a file alone over which others have died."""


@dataclass(slots=True, kw_only=True)
class DropTroubles:
    """Remembers what was told, what is tried again later, and how often it failed."""

    runbooks: Mapping[TriggerName, Runbook]
    desk: Desk
    observer: Observer
    _told: set[str] = field(default_factory=set)
    _strangers: set[tuple[TriggerName, str]] = field(default_factory=set)
    _later: dict[DropId, datetime] = field(default_factory=dict)
    _failed: dict[str, int] = field(default_factory=dict)

    def tell(self, look: Look) -> None:
        """Tell of each trouble of the folders once, for as long as it lasts."""
        troubles = {str(trouble) for trouble in look.troubles}
        for problem in sorted(troubles - self._told):
            self.observer.tell("drop_folder_troubled", problem=problem)
        self._told = troubles
        for drop in look.waiting:
            if not drop.place.known:
                self._tell_stranger(drop.place)

    def rests(self, id: DropId) -> bool:
        """Whether a drop is left alone for now."""
        until = self._later.get(id)
        return until is not None and self.desk.clock.now() < until

    def put_off(self, id: DropId, pause: timedelta) -> None:
        """Leave a drop alone for a while."""
        self._later[id] = self.desk.clock.now() + pause

    def passed(self, about: str) -> None:
        """Forget how often something failed: it has come right."""
        self._failed.pop(about, None)

    def met(self, place: DropPlace, error: DeskhandError, *, about: str) -> None:
        """Tell of a trouble that may pass; people, when it has not after some tries."""
        self._failed[about] = self._failed.get(about, 0) + 1
        self.observer.tell("drop_troubled", trigger=place.trigger, problem=_said(error))
        if self._failed[about] == PASSES_WITHIN:
            self.failed(place, _said(error), about=about)

    def failed(self, place: DropPlace, problem: str, *, about: str) -> None:
        """Open a case, unless the project has no such trigger any more."""
        runbook = self.runbooks.get(place.trigger)
        if runbook is not None:
            tell_failure(place, problem, about=about, runbook=runbook, desk=self.desk)
        self.observer.tell("drop_failed", trigger=place.trigger, about=about, problem=problem)

    def _tell_stranger(self, place: DropPlace) -> None:
        who = (place.trigger, place.client)
        if who in self._strangers:
            return
        tell_stranger(place, runbook=self.runbooks[place.trigger], desk=self.desk)
        self._strangers.add(who)
        self.observer.tell("drop_folder_of_no_account", trigger=place.trigger, place=place.folder)


def _said(error: DeskhandError) -> str:
    """Return what an error says, without the file's name: a log is no place for names."""
    if isinstance(error, DropFolderError):
        return str(error)
    return str(getattr(error, "problem", type(error).__name__))
