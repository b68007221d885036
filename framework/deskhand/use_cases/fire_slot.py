"""Fire a slot that is due: what its source answered becomes items, in one transaction.

One that wakes up late, when its lease has run out, finds the slot settled and writes nothing.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.intake_file import FileRow, RowFate
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.schedule import SlotState, TriggerSlot
from deskhand.domain.step import Call
from deskhand.ports.action import Absent, ActionAnswer, Doubtful, Failed, Returned
from deskhand.ports.reader import Row
from deskhand.ports.store import Transaction
from deskhand.use_cases.accept_rows import RowDelivery, accept_rows, rejected
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.hold_account import note_outcome
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.open_trigger_case import TriggerCase, open_trigger_case
from deskhand.use_cases.take_slot import LEASE, Firing, slot_lease

ASK_AGAIN = RetryPolicy(tries=1_000_000, first=timedelta(seconds=15), max=timedelta(minutes=5))
TURN_AGAIN = RetryPolicy(tries=1_000_000, first=timedelta(seconds=2), max=timedelta(seconds=15))
"""While a session is kept for a source nobody uses it: the source soon looks whether it is free."""

ROWS_REJECTED = "ROWS_REJECTED"
SOURCE_FAILED = "SOURCE_FAILED"


def settle_slot(
    firing: Firing, answer: ActionAnswer, *, desk: Desk, chance: float
) -> TriggerSlot | None:
    """Take in what the source answered, or put the slot off; None when it is no longer ours."""
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        lease = slot_lease(firing.slot.id)
        if not tx.workers.lease(lease, holder=firing.holder, now=now, until=now + LEASE):
            return None
        slot = tx.triggers.slot(firing.slot.id)
        if slot.state is not SlotState.DUE:
            tx.workers.free(lease, holder=firing.holder)
            return None
        settlement = _Settlement(tx=tx, slot=slot, firing=firing, desk=desk)
        match answer:
            case Returned(value=value):
                settled = settlement.fired(_rows(value, firing.watched.trigger.rows))
            case Absent():
                settled = settlement.fired([])
            case Doubtful():
                unsure = Cause(kind=CauseKind.SYSTEM, code=SystemCode.PORTAL_UNSURE)
                settled = settlement.failed(unsure, chance=chance)
            case Failed(cause=cause):
                settled = settlement.failed(cause, chance=chance)
        if settled.reason != SystemCode.ACCOUNT_BUSY or settled.state is not SlotState.DUE:
            # Else it goes on waiting for its turn.
            tx.accounts.end_visit(settled.id)
        tx.workers.free(lease, holder=firing.holder)
    return settled


@dataclass(frozen=True, slots=True, kw_only=True)
class _Settlement:
    """What becomes of one slot, within the transaction that ends it or puts it off."""

    tx: Transaction
    slot: TriggerSlot
    firing: Firing
    desk: Desk

    def fired(self, rows: Sequence[Row]) -> TriggerSlot:
        """Take the rows in; those that do not fit are counted, and a person is told."""
        fates = self._accepted(rows)
        count = Counter(fate.fate for fate in fates)
        counts = {
            "accepted": count[RowFate.ACCEPTED],
            "repeats": count[RowFate.REPEAT],
            "conflicts": count[RowFate.CONFLICT],
            "rejected": count[RowFate.REJECTED],
        }
        ended = self._move(RecordType.TRIGGER_FIRED, SlotState.FIRED, counts)
        fired = replace(
            ended,
            accepted=counts["accepted"],
            repeats=counts["repeats"],
            conflicts=counts["conflicts"],
            rejected=counts["rejected"],
            not_before=None,
            reason=None,
            ended_at=self.desk.clock.now(),
        )
        self.tx.triggers.save_slot(fired)
        if faulty := rejected(fates):
            self._open_case(_rejection(faulty, of=len(rows)), rows=_told(faulty))
        return fired

    def failed(self, cause: Cause, *, chance: float) -> TriggerSlot:
        """Ask again later, as long as the grace lasts and it may help; else tell a person."""
        tries = self.slot.tries + 1
        policy = TURN_AGAIN if cause.code == SystemCode.ACCOUNT_BUSY else ASK_AGAIN
        pause = policy.delay(spent=tries, chance=chance)
        if cause.retry_after:
            pause = max(pause, timedelta(seconds=cause.retry_after))
        now = self.desk.clock.now()
        facts = {"cause": cause.group, "tries": tries}
        if cause.retried and now + pause <= self.slot.ask_until:
            put_off = self._move(RecordType.TRIGGER_PUT_OFF, SlotState.DUE, facts)
            later = replace(put_off, tries=tries, not_before=now + pause, reason=cause.code)
            self.tx.triggers.save_slot(later)
            return later
        ended = self._move(RecordType.TRIGGER_FAILED, SlotState.FAILED, facts)
        failed = replace(ended, tries=tries, reason=cause.code, ended_at=now)
        self.tx.triggers.save_slot(failed)
        if cause.kind is CauseKind.STOP:
            self._hold_account(cause)  # which opens a case of its own
        else:
            self._open_case(_failure(cause, tries=tries, source=self.firing.watched.trigger.source))
        return failed

    def _hold_account(self, cause: Cause) -> None:
        """Let the account rest, as after an attempt that met this: going on would lock it."""
        note_outcome(
            self.tx,
            self.firing.account,
            NeedsPerson(cause=cause),
            opener=self._opener(),
            queue=self.firing.watched.runbook.queues["system"],
        )

    def _accepted(self, rows: Sequence[Row]) -> list[FileRow]:
        watched, desk = self.firing.watched, self.desk
        delivery = RowDelivery(
            runbook=watched.runbook,
            client=self.slot.client,
            binder=desk.library.binder(watched.runbook, watched.trigger),
            folder=self.firing.folder,
            by=self.firing.by,
            book=desk.book,
        )
        return accept_rows(
            self.tx, rows, delivery, seal=desk.seal, clock=desk.clock, library=desk.library
        )

    def _move(self, type: str, state: SlotState, facts: Mapping[str, object]) -> TriggerSlot:
        seq = self.tx.record(
            Entry(
                stream=self.slot.stream,
                type=type,
                subject=self.slot.subject,
                state=state.value,
                actor=self.firing.by,
                at=self.desk.clock.now(),
                data={"slot": self.slot.slot, "client": self.slot.client, **facts},
            )
        )
        return self.slot.moved_to(state, audit_seq=seq)

    def _open_case(self, cause: Cause, *, rows: Sequence[Mapping[str, object]] = ()) -> None:
        case = TriggerCase(
            runbook=self.firing.watched.runbook, slot=self.slot, cause=cause, rows=tuple(rows)
        )
        open_trigger_case(self.tx, case, opener=self._opener())

    def _opener(self) -> CaseOpener:
        desk = self.desk
        return CaseOpener(seal=desk.seal, actor=self.firing.by, at=desk.clock.now(), book=desk.book)


def _rows(value: Mapping[str, object] | None, name: str) -> list[Row]:
    listed = (value or {}).get(name)
    records = listed if isinstance(listed, list) else []
    return [
        Row(number=number, line=number, values=record)
        for number, record in enumerate(records, start=1)
    ]


def _told(faulty: Sequence[FileRow]) -> list[Mapping[str, object]]:
    """Which rows, which field and why; never a value."""
    return [{"row": one.row, "field": one.field, "reason": one.problem} for one in faulty]


def _rejection(faulty: Sequence[FileRow], *, of: int) -> Cause:
    return Cause(
        kind=CauseKind.BUSINESS,
        code=ROWS_REJECTED,
        message=f"{len(faulty)} of {of} rows do not fit and were set aside",
        hint="correct them where they come from; the next firing takes them in",
    )


def _failure(cause: Cause, *, tries: int, source: Call) -> Cause:
    asked = f"{source.action} was asked {tries} times" if tries > 1 else f"{source.action} failed"
    return Cause(
        kind=CauseKind.SYSTEM,
        code=SOURCE_FAILED,
        message=f"{asked}: {cause.code} {cause.message}".strip(),
        hint=cause.hint or "when it works again: deskhand triggers fire",
    )
