"""What cannot all be: two runbooks that want the same, a calendar that nobody wrote down."""

from collections.abc import Iterator, Sequence
from itertools import combinations
from pathlib import Path

from deskhand.bootstrap.listeners import listeners_of
from deskhand.bootstrap.secret_names import ambiguous_secrets
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.file_pattern import FilePattern
from deskhand.domain.runbook import Runbook
from deskhand.domain.schedule import WorkingDays
from deskhand.domain.trigger_names import file_triggers, time_tables
from deskhand.errors import NotFoundError, SettingsError


def clashes(place: Workplace, runbooks: Sequence[Runbook]) -> Iterator[SettingsError]:
    """Yield what keeps these runbooks from being hosted together, though each is right by itself.

    Raises `SettingsError` for a settings file that cannot be read.
    """
    yield from contested(runbooks)
    try:
        listeners = listeners_of(runbooks, library=place.library)
    except SettingsError as error:
        yield error
    else:
        yield from ambiguous_secrets(place, listeners)
    for runbook in runbooks:
        for trigger in time_tables(runbook).values():
            try:
                working_days(place, runbook, trigger.calendar)
            except SettingsError as error:
                yield error


def contested(runbooks: Sequence[Runbook]) -> Iterator[SettingsError]:
    """Yield an error for each two runbooks that a file could fit both of."""
    patterns = [
        (runbook, FilePattern(trigger.pattern))
        for runbook in runbooks
        for trigger in file_triggers(runbook).values()
    ]
    for (one, ours), (other, theirs) in combinations(patterns, 2):
        if one is not other and ours.meets(theirs):
            yield SettingsError(
                f"a file could fit `{theirs.text}`, and `{ours.text}` of {one.name}, too: which of "
                "the two runbooks is meant cannot be told; let them differ in folder or suffix",
                file=Path(other.file or other.name),
                where=other.name,
            )


def working_days(place: Workplace, runbook: Runbook, name: str | None) -> WorkingDays | None:
    """Return a calendar that a time table names; raises `SettingsError` when there is none."""
    if name is None:
        return None
    try:
        return place.book.calendars.named(name)
    except NotFoundError as error:
        problem = f"a time table goes by a calendar that is not there: {error}"
        raise SettingsError(problem, file=Path(runbook.file or runbook.name)) from error
