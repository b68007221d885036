"""Drop folders meet their project: which are watched, for whom, and the loop that does it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from deskhand.bootstrap.answers import write_drop_answers
from deskhand.bootstrap.clashes import contested
from deskhand.bootstrap.projects import project_runbooks
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.drop import ClaimedDrop, DroppedFile
from deskhand.domain.file_pattern import FilePattern
from deskhand.domain.identifiers import TriggerName, WorkerId
from deskhand.domain.runbook import FileTrigger, Runbook
from deskhand.domain.trigger_names import file_triggers
from deskhand.intake.formats import has_sheets, reader_for
from deskhand.ports.drop_folders import Look
from deskhand.runtime.drop_loop import DropLoop, DropRules
from deskhand.runtime.store_thread import StoreThread
from deskhand.triggers.drop_folders import PolledFolders
from deskhand.triggers.drop_sights import FileWatch
from deskhand.use_cases.accept_file import Delivery
from deskhand.use_cases.take_drop import DROPS


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchedFile:
    """A file trigger and its runbook; `clients` are those that have an account."""

    name: TriggerName
    runbook: Runbook
    trigger: FileTrigger
    clients: frozenset[str]


Watched = Mapping[TriggerName, WatchedFile]


def watched_files(place: Workplace, runbooks: Sequence[Runbook] | None = None) -> Watched:
    """Return the project's file triggers by name.

    Raises `RunbookInvalidError`, and `SettingsError` when two runbooks want the same files.
    """
    compiled = project_runbooks(place) if runbooks is None else runbooks
    for problem in contested(compiled):
        raise problem
    return {
        name: WatchedFile(
            name=name,
            runbook=runbook,
            trigger=trigger,
            clients=frozenset(
                one.client for one in place.accounts.values() if one.portal == runbook.portal
            ),
        )
        for runbook in compiled
        for name, trigger in file_triggers(runbook).items()
    }


def look_at(place: Workplace, watched: Watched) -> Look:
    """Return what lies in the drop folders now."""
    return _folders(place, watched).look()


def drop_loop(
    place: Workplace, watched: Watched, *, thread: StoreThread, holder: WorkerId
) -> DropLoop:
    """Return the loop that takes in what clients drop."""
    settings = place.project.files
    return DropLoop(
        folders=_folders(place, watched),
        answers=_Answers(place),
        runbooks={name: one.runbook for name, one in watched.items()},
        deliver=_Deliveries(place, watched),
        rules=DropRules(settle=settings.settle, max_bytes=settings.max_bytes),
        desk=place.desk,
        observer=place.observer,
        thread=thread,
        holder=holder,
        every=settings.scan_every,
    )


def _folders(place: Workplace, watched: Watched) -> PolledFolders:
    watches = [
        FileWatch(
            trigger=one.name,
            runbook=one.runbook.name,
            pattern=FilePattern(one.trigger.pattern),
            clients=one.clients,
        )
        for one in watched.values()
    ]
    project = place.project
    return PolledFolders(project.folder, watches=watches, archive=project.files.archive)


@dataclass(frozen=True, slots=True)
class _Deliveries:
    """Says how a claimed file is read."""

    place: Workplace
    watched: Watched

    def __call__(self, drop: ClaimedDrop, stop: Event) -> Delivery:
        watched = self.watched[drop.place.trigger]
        named = Path(drop.name)
        sheet = watched.trigger.sheet if has_sheets(named) else None
        folders = _folders(self.place, self.watched)
        return Delivery(
            file=folders.file_of(drop),
            delivered_as=folders.delivered_as(drop),
            client=drop.place.client,
            runbook=watched.runbook,
            reader=reader_for(named, sheet=sheet),
            sheet=sheet,
            binder=self.place.library.binder(watched.runbook, watched.trigger),
            by=DROPS,
            book=self.place.book,
            stop=stop,
        )


@dataclass(frozen=True, slots=True)
class _Answers:
    """Writes answers into the clients' outboxes (`deskhand.ports.drop_folders.DropAnswers`)."""

    place: Workplace

    def write(self, drop: DroppedFile) -> dict[str, int]:
        return {total.name: total.count for total in write_drop_answers(self.place, drop)}
