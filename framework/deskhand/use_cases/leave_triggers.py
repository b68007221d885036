"""See to triggers that no runbook has any more: note since when, and end what is due of them.

Another host may still have the runbook, while all of them are brought up to date: a slot that is
being asked, or that may be asked again, is left to it.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.exception_case import Matter, case_kind
from deskhand.domain.identifiers import CaseId, TriggerName
from deskhand.domain.schedule import SkipReason, SlotState, TriggerSlot
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.take_slot import slot_lease

TRIGGER_GONE = "TRIGGER_GONE"
AT_ONCE = 100
"""Slots that are ended at a time; the next time goes on."""

_HOLDER = "leaving"
_QUEUE = "ops"


def note_left(names: Collection[TriggerName], *, store: Store, clock: Clock) -> int:
    """Note of every time table but these that no runbook has it; return of how many it is new."""
    with store.reading() as tx:
        left = [known.name for known in tx.triggers.all_known() if known.times]
    noted = 0
    for name in left:
        if name in names:
            continue
        with store.transaction() as tx:
            known = tx.triggers.known(name)
            if known is not None and known.left_at is None:
                tx.triggers.save(replace(known, left_at=clock.now()))
                noted += 1
    return noted


def end_left_slots(
    names: Collection[TriggerName], *, store: Store, opener: CaseOpener
) -> list[TriggerSlot]:
    """End what is due of every trigger but these, each with a case; return it.

    Not before its time to be asked is over: until then a host that has the trigger sees to it.
    """
    with store.reading() as tx:
        due = tx.triggers.left_due(names, asked_before=opener.at, limit=AT_ONCE)
    ended = []
    for slot in due:
        with store.transaction() as tx:
            gone = _End(tx=tx, opener=opener).slot(slot)
        if gone is not None:
            ended.append(gone)
    return ended


@dataclass(frozen=True, slots=True, kw_only=True)
class _End:
    """Ends one slot, within its transaction."""

    tx: Transaction
    opener: CaseOpener

    def slot(self, found: TriggerSlot) -> TriggerSlot | None:
        """Skip a slot and open its case; None when somebody asks, or has asked meanwhile."""
        lease, now = slot_lease(found.id), self.opener.at
        if not self.tx.workers.lease(lease, holder=_HOLDER, now=now, until=now):
            return None
        self.tx.workers.free(lease, holder=_HOLDER)
        slot = self.tx.triggers.slot(found.id)
        if slot.state is not SlotState.DUE:
            return None
        self.tx.accounts.end_visit(slot.id)  # or a session would be kept for it that nobody uses
        skipped = slot.moved_to(SlotState.SKIPPED, audit_seq=self.tx.record(self._entry(slot)))
        gone = replace(skipped, reason=SkipReason.GONE.value, ended_at=now)
        self.tx.triggers.save_slot(gone)
        self._open_case(gone)
        return gone

    def _entry(self, slot: TriggerSlot) -> Entry:
        reason = SkipReason.GONE.value
        return Entry(
            stream=slot.stream,
            type=RecordType.TRIGGER_SKIPPED,
            subject=slot.subject,
            state=SlotState.SKIPPED.value,
            actor=self.opener.actor,
            at=self.opener.at,
            data={"slot": slot.slot, "client": slot.client, "reason": reason},
        )

    def _open_case(self, slot: TriggerSlot) -> None:
        cause = Cause(
            kind=CauseKind.SYSTEM,
            code=TRIGGER_GONE,
            message=f"the slot {slot.slot} of {slot.trigger} was due, and no runbook has this "
            "trigger any more: its source was not heard",
            hint="if another trigger has taken its place, fire that one: deskhand triggers list, "
            f"then deskhand triggers fire NAME --client {slot.client}",
        )
        kind = case_kind(cause.kind)
        matter = Matter(
            id=CaseId(f"{slot.id}/{cause.code}".replace("/", "-")),
            reference=f"trigger {slot.trigger}",
            stream=slot.stream,
            queue=_QUEUE,
            kind=kind,
            code=cause.code,
            group=f"{cause.group}@{slot.trigger}",
            runbook=slot.trigger.partition("/")[0],
            client=slot.client,
        )
        detail = {"message": cause.message, "hint": cause.hint, "rows": []}
        self.opener.about_no_item(self.tx, matter, detail=detail)
