"""What is wrong with a project: its runbooks, its settings, and what they say of each other."""

import re
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

from deskhand.bootstrap.clashes import clashes
from deskhand.bootstrap.notify_settings import notify_mistakes, notify_settings
from deskhand.bootstrap.projects import compiled_runbook, runbook_files, runbook_name
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.business_hours import HORIZON
from deskhand.domain.quality import RecheckRule, checkable_fields, unknown_fields
from deskhand.domain.runbook import Runbook
from deskhand.errors import RunbookInvalidError, SettingsError
from deskhand.runbooks.compiler import Checked, examine
from deskhand.runbooks.diagnostics import WARNING, Diagnostic
from deskhand.settings.book import disagreements
from deskhand.settings.receivers import load_receivers
from deskhand.settings.yaml_file import suggestion

_LITTLE = timedelta(minutes=1)
_EVENT = re.compile(r"^emit:\s*['\"]?([\w.-]+)", re.MULTILINE)


def check_runbook(place: Workplace, file: Path, *, queues: Collection[str]) -> Checked:
    """Return a runbook's mistakes, the text that they point into, and the runbook without any.

    `queues` are the ones that the project describes.
    """
    events = _emitted(runbook_files(place.project))
    return examine(file.read_bytes(), file=str(file), bots=place.bots, queues=queues, events=events)


def _emitted(files: Sequence[Path]) -> frozenset[str]:
    """Return the events that runbooks emit, without compiling them."""
    texts = (file.read_text(encoding="utf-8", errors="replace") for file in files)
    return frozenset(found.group(1) for text in texts if (found := _EVENT.search(text)))


def check_together(place: Workplace, checked: Sequence[Checked]) -> list[Diagnostic]:
    """Return what keeps runbooks from being hosted together, as far as the settings can be read.

    Those with mistakes of their own are left out.
    """
    sound = [one.runbook for one in checked if one.runbook is not None]
    found: list[Diagnostic] = []
    # What cannot be read is told with the settings.
    with suppress(SettingsError):
        found.extend(at_file(error) for error in clashes(place, sound))
        found.extend(_without_account(place, sound))
    return found


def _without_account(place: Workplace, runbooks: Sequence[Runbook]) -> Iterator[Diagnostic]:
    """Yield a warning for each runbook on whose portal nobody has an account.

    Where there is no accounts.yaml at all, the runbooks are not performed here.
    """
    if not place.project.accounts.exists():
        return
    portals = {account.portal for account in place.accounts.values()}
    for runbook in runbooks:
        if runbook.portal not in portals:
            yield Diagnostic(
                file=str(place.project.accounts),
                line=1,
                column=1,
                end_column=1,
                message=f"there is no account on `{runbook.portal}`: "
                f"every item of {runbook.name} would wait for a person",
                suggestion=f"add one, with portal: {runbook.portal}, its client and its url",
                severity=WARNING,
            )


def check_settings(place: Workplace) -> tuple[Collection[str], Sequence[Diagnostic]]:
    """Return the queues that the project describes, and what is wrong with its settings files."""
    found: list[SettingsError] = []
    for load in (
        lambda: place.accounts,
        lambda: place.book,
        lambda: place.quality,
        lambda: load_receivers(place.project.receivers),
        lambda: notify_settings(place),
    ):
        try:
            load()
        except SettingsError as error:
            found.append(error)
    if found:
        return (), [at_file(error) for error in found]
    differing = [
        *disagreements(place.project, place.book),
        *_clocks_that_stand(place),
        *_unfit_rules(place),
        *notify_mistakes(place),
    ]
    return place.book.queues.keys(), [at_file(error) for error in differing]


def _clocks_that_stand(place: Workplace) -> Iterator[SettingsError]:
    """Yield the portals that are never open while a client of theirs works: no case is ever due."""
    calendars, now = place.book.calendars, place.clock.now()
    for account in place.accounts.values():
        hours = calendars.shared(account.client, account.portal)
        if hours.add(now, _LITTLE) >= now + HORIZON:
            yield SettingsError(
                f"it is never open while {account.client} works: no case of {account.name} would "
                "ever be due; change one of the two calendars",
                file=place.project.calendars,
                where=f"portals.{account.portal}",
            )


def _unfit_rules(place: Workplace) -> Iterator[SettingsError]:
    """Yield the rules about re-checks that fit no runbook, or ask for what it does not keep."""
    files = {runbook_name(file): file for file in runbook_files(place.project)}
    for number, rule in enumerate(place.quality.rules, start=1):
        file, where = files.get(rule.runbook), f"rule {number}"
        if file is None:
            known = [name for name in files if name] or ["none"]
            problem = f"no runbook `{rule.runbook}`; {suggestion(rule.runbook, known)}"
            yield SettingsError(problem, file=place.project.quality, where=where)
            continue
        yield from _undescribed_queues(place, rule, where=where)
        compiled = _compiled(place, file)
        if compiled is None:
            continue
        if rule.all_above is not None and compiled.item.amount is None:
            problem = "`all_above` counts amounts, and the runbook's items have no `amount`"
            yield SettingsError(problem, file=place.project.quality, where=where)
        for name in unknown_fields(rule, compiled):
            known = [*checkable_fields(compiled)] or ["none"]
            problem = f"nothing is recorded of `{name}`; {suggestion(name, known)}"
            yield SettingsError(problem, file=place.project.quality, where=where)


def _undescribed_queues(
    place: Workplace, rule: RecheckRule, *, where: str
) -> Iterator[SettingsError]:
    """Yield the rule's queues of which a project with queues says nothing: anybody may grade."""
    for queue in sorted({rule.queue, rule.hold_queue}) if place.book.queues else ():
        if queue not in place.book.queues:
            problem = f"no queue `{queue}`; {suggestion(queue, [*place.book.queues])}"
            yield SettingsError(problem, file=place.project.quality, where=where)


def _compiled(place: Workplace, file: Path) -> Runbook | None:
    """Return a runbook; None for one with mistakes, which are told elsewhere."""
    try:
        return compiled_runbook(place, file)
    except RunbookInvalidError:
        return None


def at_file(error: SettingsError) -> Diagnostic:
    """Return an error about a file as a mistake at its top."""
    return Diagnostic(file=str(error.file), line=1, column=1, end_column=1, message=error.problem)
