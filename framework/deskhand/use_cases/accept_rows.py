"""Accept rows that come from no file: from a source, a webhook, an event."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from deskhand.domain.entry import Actor
from deskhand.domain.intake_file import FileRow, RowFate
from deskhand.domain.queue import DEFAULTS, QueueBook
from deskhand.domain.runbook import Runbook
from deskhand.ports.clock import Clock
from deskhand.ports.reader import BadRow, Row
from deskhand.ports.runbook_library import RowBinder, RunbookLibrary
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.accept_items import BatchAcceptance, Candidate, ItemMaker
from deskhand.use_cases.keep_runbook import keep_runbook


@dataclass(frozen=True, slots=True, kw_only=True)
class RowDelivery:
    """What comes in without a file: for whom, for which runbook, and how its rows are bound.

    `folder` is where files lie that the rows name; without it they can name none. `book` says
    when a conflict's case is due.
    """

    runbook: Runbook
    client: str
    binder: RowBinder
    folder: Path | None
    by: Actor
    book: QueueBook = DEFAULTS


def accept_rows(
    tx: Transaction,
    rows: Sequence[Row | BadRow],
    delivery: RowDelivery,
    *,
    seal: Seal,
    clock: Clock,
    library: RunbookLibrary,
) -> list[FileRow]:
    """Take rows in within the caller's transaction; return each row's fate, in their order.

    A rejected row's fate says which field and why, never its value. The same reference with the
    same content is a repeat, so rows may be offered again and again.
    """
    now = clock.now()
    maker = ItemMaker(
        runbook=delivery.runbook,
        client=delivery.client,
        file=None,
        folder=delivery.folder,
        seal=seal,
        library=library,
        book=delivery.book,
    )
    made = [maker.candidate(row, delivery.binder, now=now) for row in rows]
    candidates = [one for one in made if isinstance(one, Candidate)]
    fates = [one for one in made if isinstance(one, FileRow)]
    if candidates:
        keep_runbook(tx, delivery.runbook, by=delivery.by, at=now)
        acceptance = BatchAcceptance(tx, maker=maker, by=delivery.by, now=now)
        fates += acceptance.take(candidates)
    return sorted(fates, key=lambda fate: fate.row)


def rejected(fates: Sequence[FileRow]) -> list[FileRow]:
    """Return the fates of the rows that were set aside."""
    return [fate for fate in fates if fate.fate is RowFate.REJECTED]
