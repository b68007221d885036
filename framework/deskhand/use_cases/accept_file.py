"""Accept a client's file: each row becomes an item, a repeat, a conflict, or is set aside.

A batch of rows is one transaction that also writes how far the file has come, so a kill in
the middle loses nothing and repeats nothing: the next start goes on behind the last batch.
"""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from itertools import islice
from pathlib import Path
from threading import Event

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.identifiers import FileId, ordered_id
from deskhand.domain.intake_file import FileRow, FileState, IntakeFile, RowFate
from deskhand.domain.queue import DEFAULTS, QueueBook
from deskhand.domain.runbook import Runbook
from deskhand.errors import BrokenFileError, FileBusyError, FileUnreadableError
from deskhand.ports.clock import Clock
from deskhand.ports.reader import BadRow, Reader, Row
from deskhand.ports.runbook_library import RowBinder, RunbookLibrary
from deskhand.ports.store import Store, Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.accept_items import BatchAcceptance, Candidate, ItemMaker
from deskhand.use_cases.keep_runbook import keep_runbook

BATCH_ROWS = 500
LEASE = timedelta(seconds=20)
_DIGITS = 64
LOOK_AGAIN_SECONDS = 0.25
"""A process that takes a file in and dies is followed after this, at the latest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A file that a client delivered for a runbook, and how to read it.

    `book` says when a conflict's case is due. `delivered_as` is where the client put a file that
    has been moved since: the files that its rows name lie there. `sha256` is the one content that
    is meant, where a file is gone on with. `sheet` is the one of a workbook that `reader` reads,
    where one was named. Set `stop`, and taking in ends behind a batch, to be gone on with later.
    """

    file: Path
    client: str
    runbook: Runbook
    reader: Reader
    binder: RowBinder
    by: Actor
    book: QueueBook = DEFAULTS
    delivered_as: Path | None = None
    sha256: str | None = None
    sheet: str | None = None
    stop: Event = field(default_factory=Event)

    @property
    def place(self) -> Path:
        """Where the client put the file, absolute.

        A file that has been moved is not looked for: a link may lie there by now.
        """
        return self.delivered_as or self.file.resolve()


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """What came of a file. `again` tells that its content had been taken in before.

    A file in the state `taking` was left in the middle, because it was to stop.
    """

    file: IntakeFile
    again: bool


def accept_file(
    delivery: Delivery, *, store: Store, seal: Seal, clock: Clock, library: RunbookLibrary
) -> Accepted:
    """Take a file in, whole; return what came of it.

    Raises `BrokenFileError` when the file cannot be trusted as a whole: then nothing of it
    is taken in; `FileUnreadableError` when nothing can be said of it now. The same content for
    the same runbook and client is taken in once.
    """
    sha256 = _content(delivery)
    with store.reading() as tx:
        known = tx.files.by_content(delivery.runbook.name, delivery.client, sha256)
    if known is not None and known.state is FileState.TAKEN:
        return Accepted(file=known, again=True)
    try:
        delivery.reader.check(delivery.file)
    except FileUnreadableError:
        raise
    except BrokenFileError as error:
        _refuse(delivery, error, sha256=sha256, store=store, clock=clock)
        raise
    file = _begin(delivery, sha256=sha256, store=store, clock=clock)
    taking = _Taking(
        delivery=delivery,
        maker=ItemMaker(
            runbook=delivery.runbook,
            client=delivery.client,
            file=file.id,
            folder=delivery.place.parent,
            seal=seal,
            library=library,
            book=delivery.book,
        ),
        taker=secrets.token_hex(8),
        store=store,
        clock=clock,
    )
    file = taking.turn(file)
    if file.state is FileState.TAKEN:
        return Accepted(file=file, again=True)
    rows = islice(delivery.reader.rows(delivery.file), file.taken_rows, None)
    for batch in _batches(rows, size=BATCH_ROWS):
        file = taking.batch(file, batch)
        if delivery.stop.is_set():
            return Accepted(file=taking.let_go(file), again=False)
    return Accepted(file=taking.finish(file), again=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taking:
    """Takes one file in, batch by batch; one process at a time, which holds the lease."""

    delivery: Delivery
    maker: ItemMaker
    taker: str
    store: Store
    clock: Clock

    def turn(self, file: IntakeFile) -> IntakeFile:
        """Wait until the file is ours; return how far others have come with it.

        Raises `FileBusyError` when another process still works on it after the lease's time.
        """
        until = self.clock.now() + LEASE + LEASE / 4
        while True:
            try:
                with self.store.transaction() as tx:
                    self._hold(tx, file)
                    return tx.files.get(file.id)
            except FileBusyError:
                if self.clock.now() >= until:
                    raise
            # No event crosses processes: the other one is alive, or its lease runs out.
            Event().wait(LOOK_AGAIN_SECONDS)

    def batch(self, file: IntakeFile, rows: list[Row | BadRow]) -> IntakeFile:
        """Take some rows in; return how far the file has come. Raises `FileBusyError`."""
        now = self.clock.now()
        candidates: list[Candidate] = []
        fates: list[FileRow] = []
        for row in rows:
            made = self.maker.candidate(row, self.delivery.binder, now=now)
            if isinstance(made, FileRow):
                fates.append(made)
            else:
                candidates.append(made)
        with self.store.transaction() as tx:
            self._hold(tx, file)
            acceptance = BatchAcceptance(tx, maker=self.maker, by=self.delivery.by, now=now)
            fates += acceptance.take(candidates)
            tx.files.add_rows(fates)
            rejected = sum(row.fate is RowFate.REJECTED for row in fates)
            further = replace(
                file,
                taken_rows=file.taken_rows + len(rows),
                rejected_rows=file.rejected_rows + rejected,
            )
            tx.files.save(further)
        return further

    def finish(self, file: IntakeFile) -> IntakeFile:
        """Note that every row has its fate: from now on the items may be performed."""
        taken = replace(file, state=FileState.TAKEN)
        facts = {"rows": taken.taken_rows, "rejected": taken.rejected_rows}
        with self.store.transaction() as tx:
            self._hold(tx, file)
            tx.record(
                _file_entry(RecordType.FILE_FINISHED, taken, self.delivery, self.clock, **facts)
            )
            tx.files.save(taken)
            tx.workers.free(f"file:{file.id}", holder=self.taker)
        return taken

    def let_go(self, file: IntakeFile) -> IntakeFile:
        """Leave the file to whoever goes on with it."""
        with self.store.transaction() as tx:
            tx.workers.free(f"file:{file.id}", holder=self.taker)
        return file

    def _hold(self, tx: Transaction, file: IntakeFile) -> None:
        now = self.clock.now()
        lease = f"file:{file.id}"
        if not tx.workers.lease(lease, holder=self.taker, now=now, until=now + LEASE):
            raise FileBusyError(self.delivery.file)


def _content(delivery: Delivery) -> str:
    """Return what tells the content apart; another sheet of the same workbook is another one."""
    try:
        with delivery.file.open("rb") as stream:
            sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    except OSError as error:
        raise FileUnreadableError(delivery.file, str(error.strerror).lower()) from error
    if delivery.sheet is not None:
        sha256 += f"#{delivery.sheet}"
    if delivery.sha256 not in (None, sha256):
        raise BrokenFileError(delivery.file, "has other content by now than what was begun")
    return sha256


def _refuse(
    delivery: Delivery, error: BrokenFileError, *, sha256: str, store: Store, clock: Clock
) -> None:
    """Note that a broken file came and was refused, once a content."""
    file = replace(_new_file(delivery, sha256=sha256, clock=clock), state=FileState.REFUSED)
    with store.transaction() as tx:
        if tx.files.by_content(file.runbook, file.client, sha256) is None:
            keep_runbook(tx, delivery.runbook, by=delivery.by, at=clock.now())
            facts = {"problem": error.problem, "line": error.line}
            tx.record(_file_entry(RecordType.FILE_REFUSED, file, delivery, clock, **facts))
            tx.files.add(file)


def _begin(delivery: Delivery, *, sha256: str, store: Store, clock: Clock) -> IntakeFile:
    """Note the file, or find that it was begun before: then it goes on where it was left."""
    file = _new_file(delivery, sha256=sha256, clock=clock)
    with store.transaction() as tx:
        known = tx.files.by_content(file.runbook, file.client, sha256)
        if known is not None and known.state is not FileState.REFUSED:
            return known
        keep_runbook(tx, delivery.runbook, by=delivery.by, at=clock.now())
        if known is not None:
            # Refused by an earlier reader, read by this one.
            file = replace(known, state=FileState.TAKING)
        facts = {"sha256": sha256[:_DIGITS], "sheet": delivery.sheet}
        tx.record(_file_entry(RecordType.FILE_ACCEPTED, file, delivery, clock, **facts))
        if known is None:
            tx.files.add(file)
        else:
            tx.files.save(file)
    return file


def _new_file(delivery: Delivery, *, sha256: str, clock: Clock) -> IntakeFile:
    now = clock.now()
    runbook = delivery.runbook
    return IntakeFile(
        id=FileId(ordered_id(at=now, entropy=secrets.token_bytes(10))),
        runbook=runbook.name,
        runbook_hash=runbook.hash,
        client=delivery.client,
        name=delivery.place.name,
        path=str(delivery.place),
        sha256=sha256,
        state=FileState.TAKING,
        taken_rows=0,
        rejected_rows=0,
        received_at=now,
        sheet=delivery.sheet,
    )


def _file_entry(
    type: str, file: IntakeFile, delivery: Delivery, clock: Clock, **facts: object
) -> Entry:
    return Entry(
        stream=file.stream,
        type=type,
        subject="file",
        state=file.state.value,
        actor=delivery.by,
        at=clock.now(),
        data={"runbook": file.runbook, "client": file.client, "name": file.name, **facts},
    )


def _batches(rows: Iterator[Row | BadRow], *, size: int) -> Iterator[list[Row | BadRow]]:
    while batch := list(islice(rows, size)):
        yield batch
