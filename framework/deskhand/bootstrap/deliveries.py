"""A client's file meets its runbook: which trigger, which reader, whose account."""

import asyncio
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path

from deskhand.bootstrap.projects import compiled_runbook, runbook_file
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.domain.account import account_name
from deskhand.domain.attached_files import with_places
from deskhand.domain.entry import Actor
from deskhand.domain.file_pattern import FilePattern
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.intake_file import IntakeFile
from deskhand.domain.runbook import FileTrigger, ManualTrigger, Runbook
from deskhand.errors import NotFoundError, SettingsError
from deskhand.intake.formats import has_sheets, reader_for
from deskhand.ports.reader import BadRow
from deskhand.ports.runbook_library import Bound
from deskhand.runtime.shadow import ShadowShown, perform_in_shadow
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.accept_file import Accepted, Delivery, accept_file
from deskhand.use_cases.accept_items import reference_of


def accept(
    place: Workplace,
    name: str,
    file: Path,
    *,
    client: str | None,
    by: Actor,
    sheet: str | None = None,
) -> Accepted:
    """Take a file in for a runbook; raises `BrokenFileError`, `RunbookInvalidError`.

    `sheet` is the one of a workbook that is read, in place of the trigger's.
    """
    delivery = _delivery(place, name, file, client=client, sheet=sheet, by=by)
    account = account_name(delivery.runbook.portal, delivery.client)
    if account not in place.accounts:
        raise SettingsError(
            f"no account {account}, so nobody could perform its items; add it, "
            "or say whose file it is: --client NAME",
            file=place.project.accounts,
        )
    return accept_file(
        delivery, store=place.store, seal=place.seal, clock=place.clock, library=place.library
    )


def resume(place: Workplace, file: IntakeFile, *, by: Actor) -> Accepted:
    """Go on with a file that was not taken in to its end.

    Raises `BrokenFileError` if it is gone, or other content lies in its place. The
    runbook is the one with which it was begun.
    """
    with place.store.reading() as tx:
        stored = tx.runbooks.get(file.runbook_hash)
    runbook = place.library.compile(stored.source, file=stored.name)
    path = Path(file.path)
    trigger, _ = _trigger_for(runbook, path)
    delivery = Delivery(
        file=path,
        client=file.client,
        runbook=runbook,
        reader=reader_for(path, sheet=file.sheet),
        binder=place.library.binder(runbook, trigger),
        by=by,
        book=place.book,
        sha256=file.sha256,
        sheet=file.sheet,
    )
    return accept_file(
        delivery, store=place.store, seal=place.seal, clock=place.clock, library=place.library
    )


def begun_files(place: Workplace) -> list[IntakeFile]:
    """Return the files that were not taken in to their end, by hand.

    Those of drop folders are gone on with by the loop that watches these.
    """
    with place.store.reading() as tx:
        begun = tx.files.begun()
        dropped = {(drop.client, drop.name) for drop in tx.drops.unended() if drop.file is None}
    return [file for file in begun if (file.client, file.name) not in dropped]


def shadow_file(
    place: Workplace, name: str, file: Path, *, client: str | None, sheet: str | None = None
) -> list[ShadowShown]:
    """Perform a file's rows up to their first act, and tell which rows would be rejected.

    Nothing is submitted and no item is kept. Logging in is real: a fresh login is saved, and a
    worker on the same account should rest meanwhile.
    """
    delivery = _delivery(place, name, file, client=client, sheet=sheet, by=human(None))
    delivery.reader.check(file)
    items: list[tuple[str, dict[str, object]]] = []
    rejected: list[ShadowShown] = []
    for bound in _bound_rows(delivery, now=place.clock.now()):
        if isinstance(bound, ShadowShown):
            rejected.append(bound)
        else:
            reference = reference_of(delivery.runbook, bound.values, seal=place.seal)
            items.append((reference, _placed(delivery, bound)))
    thread = StoreThread()
    try:
        return rejected + asyncio.run(
            perform_in_shadow(
                items,
                runbook=delivery.runbook,
                client=delivery.client,
                stage=place.stage(WorkerId("shadow"), thread),
                clock=place.clock,
                zone=delivery.book.zone(delivery.client),
            )
        )
    finally:
        thread.close()


def _placed(delivery: Delivery, bound: Bound) -> dict[str, object]:
    folder = delivery.file.resolve().parent
    return with_places(delivery.runbook.item, bound.values, folder=folder)


def _delivery(
    place: Workplace, name: str, file: Path, *, client: str | None, sheet: str | None, by: Actor
) -> Delivery:
    runbook = compiled_runbook(place, runbook_file(place.project, name))
    trigger, found = _trigger_for(runbook, file)
    sheet = _sheet_of(file, trigger, sheet)
    return Delivery(
        file=file,
        client=client or found or "main",
        runbook=runbook,
        reader=reader_for(file, sheet=sheet),
        binder=place.library.binder(runbook, trigger),
        by=by,
        book=place.book,
        sheet=sheet,
    )


def _sheet_of(
    file: Path, trigger: FileTrigger | ManualTrigger, asked_for: str | None
) -> str | None:
    """Return the sheet that is named for a file; raises `NotFoundError` where there are none."""
    check_sheets([file], asked_for)
    if asked_for is not None or not has_sheets(file):
        return asked_for
    return trigger.sheet if isinstance(trigger, FileTrigger) else None


def check_sheets(files: Sequence[Path], asked_for: str | None) -> None:
    """Raise `NotFoundError` when a sheet is named for files of which one has none."""
    for file in files if asked_for is not None else ():
        if not has_sheets(file):
            raise NotFoundError("sheet", asked_for or "", advice=f"{file.name} is no workbook")


def _trigger_for(runbook: Runbook, file: Path) -> tuple[FileTrigger | ManualTrigger, str | None]:
    """Return the trigger whose pattern fits the file best, and the client that its folder names."""
    triggers = [one for one in runbook.triggers if isinstance(one, FileTrigger)]
    for trigger in triggers:
        if found := FilePattern(trigger.pattern).client_of(file.resolve()):
            return trigger, found
    for trigger in triggers:
        if FilePattern(trigger.pattern).names(file):
            return trigger, None
    manual = [one for one in runbook.triggers if isinstance(one, ManualTrigger)]
    return (manual[0] if manual else ManualTrigger()), None


def _bound_rows(delivery: Delivery, *, now: datetime) -> Iterator[Bound | ShadowShown]:
    today = now.astimezone(delivery.book.zone(delivery.client)).date()
    for row in delivery.reader.rows(delivery.file):
        if isinstance(row, BadRow):
            yield _rejected(row.number, row.reason)
            continue
        bound = delivery.binder.bind(row.values, today=today, now=now)
        if isinstance(bound, Bound):
            yield bound
        else:
            told = (f"{name} {reason}".strip() for name, reason in bound.problems)
            yield _rejected(row.number, "; ".join(told))


def _rejected(row: int, reason: str) -> ShadowShown:
    return ShadowShown(reference=f"row {row}", outcome="rejected", step="", cause=reason, seen={})
