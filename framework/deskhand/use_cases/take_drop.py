"""See to a claimed file: begin, note what it became, or note why it is refused.

Each is one transaction, and each may be done again: the process may have died behind it, with
the file where it was before.
"""

from dataclasses import replace

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.drop import MOST_TRIES, ClaimedDrop, DroppedFile, safe_name
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.intake_file import FileState, IntakeFile
from deskhand.domain.runbook import Runbook
from deskhand.domain.schedule import trigger_stream
from deskhand.errors import NotFoundError
from deskhand.ports.store import Transaction
from deskhand.use_cases.accept_file import Accepted
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.open_drop_case import DropCase, open_drop_case

DROPS = Actor(kind=ActorKind.SERVICE, id="drops")
FILE_REFUSED = "FILE_REFUSED"
_NOTHING = "; nothing of it was taken in"


def begin_drop(drop: ClaimedDrop, *, holder: WorkerId, desk: Desk) -> DroppedFile | None:
    """Note that a worker sees to a claimed file; None while another one that lives does."""
    with desk.store.transaction() as tx:
        known = tx.drops.find(drop.id)
        if known is None:
            known = DroppedFile(
                id=drop.id,
                trigger=drop.place.trigger,
                client=drop.place.client,
                folder=drop.place.folder,
                name=safe_name(drop.name),
                holder=holder,
                tries=1,
                claimed_at=desk.clock.now(),
            )
            tx.drops.add(known)
        elif known.holder != holder:
            if tx.workers.alive(known.holder):
                return None
            known = replace(known, holder=holder, tries=known.tries + 1)
            tx.drops.save(known)
    return known


def kills_workers(drop: DroppedFile) -> bool:
    """Whether so many workers have died over this file that the next one should not try."""
    return drop.file is None and drop.tries > MOST_TRIES


def note_left(drop: ClaimedDrop, *, desk: Desk) -> None:
    """Note that a worker left a file in the middle in good order: nobody died over it."""
    with desk.store.transaction() as tx:
        tx.drops.save(replace(_known(tx, drop), tries=0))


def note_taken(drop: ClaimedDrop, accepted: Accepted, *, place: str, desk: Desk) -> DroppedFile:
    """Note what a claimed file became. `place` is where its client had put it.

    The same content, dropped again or taken in by hand before, is recorded as a repeat.
    """
    file = accepted.file
    with desk.store.transaction() as tx:
        known = _known(tx, drop)
        others = [one for one in tx.drops.of_file(file.id) if one.id != drop.id]
        again = accepted.again and (bool(others) or file.path != place)
        if again and known.file is None:
            tx.record(_entry(file.stream, RecordType.FILE_REPEATED, drop, desk, again=True))
        taken = replace(known, file=file.id, size=drop.mark.size, again=again)
        if known.file not in (None, file.id):
            # It grew after all: its client is answered anew.
            taken = replace(taken, answer="", ended_at=None)
        tx.drops.save(taken)
        for left in _left_behind(tx, file.runbook, file.client, file.path):
            _finish(tx, left, drop, desk)
    return taken


def note_refused(
    drop: ClaimedDrop, problem: str, *, place: str, runbook: Runbook, recorded: bool, desk: Desk
) -> DroppedFile:
    """Note that a claimed file is not taken in, and open a case about it, once.

    `place` is where its client had put it; `recorded` tells that the file's own stream says it
    already. Rows that had been taken in, before the file changed and became a broken one, are
    items like others.
    """
    with desk.store.transaction() as tx:
        known = _known(tx, drop)
        if known.problem is not None:
            return known
        if not recorded:
            stream = trigger_stream(drop.place.trigger)
            tx.record(_entry(stream, RecordType.FILE_REFUSED, drop, desk, problem=problem))
        left = _left_behind(tx, runbook.name, drop.place.client, place)
        for file in left:
            _finish(tx, file, drop, desk)
        rows = sum(file.taken_rows for file in left)
        problem += f"; {rows} rows were taken in before it changed" if rows else _NOTHING
        cause = Cause(
            kind=CauseKind.BUSINESS,
            code=FILE_REFUSED,
            message=f"{known.name} was refused: {problem}",
            hint=f"have the client correct it and drop it again; it lies in {known.folder}/refused",
        )
        case = DropCase(runbook=runbook, place=drop.place, cause=cause, about=str(drop.id))
        open_drop_case(tx, case, by=DROPS, desk=desk)
        refused = replace(known, problem=problem, ended_at=desk.clock.now())
        tx.drops.save(refused)
    return refused


def _known(tx: Transaction, drop: ClaimedDrop) -> DroppedFile:
    known = tx.drops.find(drop.id)
    if known is None:
        raise NotFoundError("drop", drop.id)
    return known


def _left_behind(tx: Transaction, runbook: str, client: str, path: str) -> list[IntakeFile]:
    """Return what was begun of a file before it changed, and never came to its end."""
    return [
        one
        for one in tx.files.begun()
        if (one.runbook, one.client, one.path) == (runbook, client, path)
    ]


def _finish(tx: Transaction, left: IntakeFile, drop: ClaimedDrop, desk: Desk) -> None:
    """End it where it was left: the rest of its rows comes with the file as it is now, if ever."""
    # What was taken in is not that content as a whole: dropped again, it must be read.
    taken = replace(left, state=FileState.TAKEN, sha256=f"{left.sha256}:{drop.id}")
    tx.record(
        _entry(
            left.stream,
            RecordType.FILE_FINISHED,
            drop,
            desk,
            rows=left.taken_rows,
            rejected=left.rejected_rows,
            grew=True,
        )
    )
    tx.files.save(taken)


def _entry(stream: str, type: str, drop: ClaimedDrop, desk: Desk, **facts: object) -> Entry:
    state = FileState.TAKEN.value if type == RecordType.FILE_FINISHED else ""
    return Entry(
        stream=stream,
        type=type,
        subject="file" if state else f"drop:{drop.id}",
        state=state,
        actor=DROPS,
        at=desk.clock.now(),
        data={"client": drop.place.client, "name": safe_name(drop.name), **facts},
    )
