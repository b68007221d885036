"""The loop over drop folders: settle, claim, take in, archive, answer; or refuse.

    drop folder ─▶ claimed/ ─▶ items ─▶ archive/ ─▶ answers ─▶ answers again
                      └▶ refused/ and why
Each arrow is one atomic move or one transaction, and every look begins with what lies there: a
process may die anywhere, and the next one goes on. Any number of hosts run it.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from secrets import token_bytes
from threading import Event

from deskhand.domain.drop import (
    ClaimedDrop,
    DroppedFile,
    Settling,
    WaitingDrop,
    fault_of,
    in_turn,
    new_drop_id,
)
from deskhand.domain.identifiers import TriggerName, WorkerId
from deskhand.domain.intake_file import FileState
from deskhand.domain.runbook import Runbook
from deskhand.errors import (
    BrokenFileError,
    DeskhandError,
    DropFolderError,
    FileUnreadableError,
    StoreError,
)
from deskhand.ports.drop_folders import DropAnswers, DropFolders
from deskhand.ports.observer import Observer
from deskhand.runtime.drop_troubles import GIVEN_UP_FOR, TRIED_AGAIN_AFTER, DropTroubles
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.accept_file import Accepted, Delivery, accept_file
from deskhand.use_cases.answer_drops import (
    DueAnswer,
    due_answers,
    note_answered,
    recent_drops,
)
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.take_drop import (
    begin_drop,
    kills_workers,
    note_left,
    note_refused,
    note_taken,
)
from deskhand.use_cases.watch_drops import note_look, paused_triggers

AT_ONCE = 100
"""Files that one look claims: in between answers are written, and others' files are seen."""

NOTED_EVERY = timedelta(seconds=15)
"""How often it is noted for `deskhand triggers list` that the folders are looked at."""

ANSWERS_EVERY = timedelta(seconds=5)
"""How often it is asked whether items have come to rest."""

Deliver = Callable[[ClaimedDrop, Event], Delivery]


@dataclass(frozen=True, slots=True, kw_only=True)
class DropRules:
    """When a file is taken for whole, in time without change; and how many bytes it may have."""

    settle: timedelta
    max_bytes: int


@dataclass(slots=True, kw_only=True)
class DropLoop:
    """Takes in what clients drop; `runbooks` are by the names of their file triggers.

    `deliver` says how a claimed file is read; taking it in ends early when its event is set.
    """

    folders: DropFolders
    answers: DropAnswers
    runbooks: Mapping[TriggerName, Runbook]
    deliver: Deliver
    rules: DropRules
    desk: Desk
    observer: Observer
    thread: StoreThread
    holder: WorkerId
    name: str = "drops"
    every: timedelta = timedelta(seconds=2)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    _stop: Event = field(default_factory=Event)
    _settling: Settling = field(init=False)
    _troubles: DropTroubles = field(init=False)
    _noted_at: datetime | None = None
    _answered_at: datetime | None = None

    def __post_init__(self) -> None:
        self._settling = Settling(self.rules.settle)
        self._troubles = DropTroubles(
            runbooks=self.runbooks, desk=self.desk, observer=self.observer
        )

    async def tick(self) -> None:
        """Look once, and see to all that is ready; cancelled, it leaves a large file early."""
        turn = asyncio.ensure_future(self.thread.run(self.look))
        try:
            if await asyncio.shield(turn):
                self.wake.set()
        except asyncio.CancelledError:
            self._stop.set()
            await asyncio.wait([turn])
            if not turn.cancelled():
                turn.exception()  # nobody else asks for it: it would be told of as lost
            raise

    def look(self) -> bool:
        """Do the same, in this thread; whether more files are ready than one look sees to."""
        look = self.folders.look()
        self._troubles.tell(look)
        self._note_look()
        lying: list[WaitingDrop | ClaimedDrop] = [*look.waiting, *look.claimed]
        self._settling.forget_but({(drop.place.folder, drop.mark) for drop in lying})
        ready = in_turn(self._ready(look.waiting))
        claimed = self._claim(ready[:AT_ONCE])
        for drop in self._settled((*look.claimed, *claimed)):
            if self._stop.is_set():
                return False
            self._guarded(drop)
        self._answer()
        return bool(claimed) and len(ready) > AT_ONCE

    def _note_look(self) -> None:
        now = self.desk.clock.now()
        if self._noted_at is None or now - self._noted_at >= NOTED_EVERY:
            note_look(self.runbooks, desk=self.desk)
            self._noted_at = now

    def _settled(self, drops: Iterable[ClaimedDrop]) -> list[ClaimedDrop]:
        """Return the claimed files that are whole: one may have been written to until now."""
        now = self.desk.clock.now()
        return [
            drop
            for drop in drops
            if self._settling.settled(drop.place.folder, drop.mark, now=now)
            and not self._troubles.rests(drop.id)
        ]

    def _ready(self, drops: Iterable[WaitingDrop]) -> list[WaitingDrop]:
        now = self.desk.clock.now()
        whole = [
            drop
            for drop in drops
            if drop.place.known and self._settling.settled(drop.place.folder, drop.mark, now=now)
        ]
        paused = paused_triggers(list(self.runbooks), desk=self.desk) if whole else ()
        return [drop for drop in whole if drop.place.trigger not in paused]

    def _claim(self, drops: Iterable[WaitingDrop]) -> list[ClaimedDrop]:
        now = self.desk.clock.now()
        claimed: list[ClaimedDrop] = []
        troubled: set[str] = set()
        for drop in drops:
            folder = drop.place.folder
            if folder in troubled:
                continue
            try:
                taken = self.folders.claim(drop, new_drop_id(at=now, entropy=token_bytes(4)))
            except DropFolderError as error:
                troubled.add(folder)
                self._troubles.met(drop.place, error, about=folder)
            else:
                self._troubles.passed(folder)
                claimed += [] if taken is None else [taken]
        return claimed

    def _guarded(self, drop: ClaimedDrop) -> None:
        """See to a file; whatever it meets, the others have their turn."""
        try:
            self._see_to(drop)
        except StoreError:
            raise
        except DeskhandError as error:
            self._troubles.put_off(drop.id, TRIED_AGAIN_AFTER)
            self._troubles.met(drop.place, error, about=drop.id)
        except Exception as error:  # noqa: BLE001 - one file must not stop all the others
            self._troubles.put_off(drop.id, TRIED_AGAIN_AFTER)
            self._troubles.failed(drop.place, type(error).__name__, about=drop.id)
        else:
            self._troubles.passed(drop.id)

    def _see_to(self, drop: ClaimedDrop) -> None:
        known = begin_drop(drop, holder=self.holder, desk=self.desk)
        if known is None:
            return
        fault = known.problem or fault_of(drop, max_bytes=self.rules.max_bytes)
        if known.problem is None and kills_workers(known):
            self._troubles.put_off(drop.id, GIVEN_UP_FOR)
            self._troubles.failed(
                drop.place, f"{known.tries - 1} workers died over it", about=drop.id
            )
        elif fault is not None:
            self._refuse(drop, fault, recorded=False)
        elif known.file is not None and known.size == drop.mark.size:
            self.folders.archive(drop)
        else:
            self._take_in(drop)

    def _take_in(self, drop: ClaimedDrop) -> None:
        desk = self.desk
        delivery = self.deliver(drop, self._stop)
        try:
            accepted = accept_file(
                delivery, store=desk.store, seal=desk.seal, clock=desk.clock, library=desk.library
            )
        except FileUnreadableError:
            raise
        except BrokenFileError as error:
            if not self._grew(drop):
                line = f"line {error.line}: " if error.line else ""
                self._refuse(drop, f"{line}{error.problem}", recorded=True)
            return
        if accepted.file.state is FileState.TAKING:
            note_left(drop, desk=desk)
            return
        if self._grew(drop):
            return
        taken = note_taken(drop, accepted, place=str(delivery.place), desk=desk)
        self.folders.archive(drop)
        self._answered_at = None
        self._tell_taken(taken, accepted)

    def _grew(self, drop: ClaimedDrop) -> bool:
        """Whether somebody still writes to a file: then it settles once more, and is read anew."""
        if self.folders.mark_of(drop) == drop.mark:
            return False
        self.observer.tell("drop_grew", drop=drop.id, trigger=drop.place.trigger)
        return True

    def _tell_taken(self, taken: DroppedFile, accepted: Accepted) -> None:
        self.observer.tell(
            "drop_repeated" if taken.again else "drop_taken",
            drop=taken.id,
            trigger=taken.trigger,
            file=accepted.file.id,
            rows=accepted.file.taken_rows,
            rejected=accepted.file.rejected_rows,
        )

    def _refuse(self, drop: ClaimedDrop, problem: str, *, recorded: bool) -> None:
        runbook = self.runbooks[drop.place.trigger]
        place = str(self.folders.delivered_as(drop))
        refused = note_refused(
            drop, problem, place=place, runbook=runbook, recorded=recorded, desk=self.desk
        )
        why = f"{refused.name} was refused: {refused.problem}\nCorrect it and drop it again.\n"
        self.folders.refuse(drop, why=why)
        self.observer.tell("drop_refused", drop=drop.id, trigger=drop.place.trigger)

    def _answer(self) -> None:
        now = self.desk.clock.now()
        if self._answered_at is not None and now - self._answered_at < ANSWERS_EVERY:
            return
        self._answered_at = now
        for drop in recent_drops(desk=self.desk):
            self._take_back(drop)
        for due in due_answers(desk=self.desk):
            if self._stop.is_set():
                return
            if not self._troubles.rests(due.drop.id):
                self._write(due)

    def _take_back(self, drop: DroppedFile) -> None:
        try:
            grown = self.folders.take_back(drop)
        except DropFolderError as error:
            self._troubles.met(drop.place, error, about=f"{drop.id}/growth")
            return
        if grown:
            self.observer.tell("drop_grew", drop=drop.id, trigger=drop.trigger)

    def _write(self, due: DueAnswer) -> None:
        """Write an answer; whatever it meets, the other clients have theirs."""
        drop, about = due.drop, f"{due.drop.id}/answer"
        try:
            totals = self.answers.write(drop)
        except StoreError:
            raise
        except DeskhandError as error:
            self._troubles.put_off(drop.id, TRIED_AGAIN_AFTER)
            self._troubles.met(drop.place, error, about=about)
        except Exception as error:  # noqa: BLE001 - one answer must not stop all the others
            self._troubles.put_off(drop.id, TRIED_AGAIN_AFTER)
            self._troubles.failed(drop.place, type(error).__name__, about=about)
        else:
            self._troubles.passed(about)
            note_answered(due, totals, desk=self.desk)
