"""Time tables over a real store, whose sources answer what a test says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.queue import DEFAULTS
from deskhand.domain.schedule import TriggerSlot
from deskhand.domain.trigger_names import time_tables
from deskhand.ports.action import ActionAnswer, Failed, Returned
from deskhand.runbooks.library import Library
from deskhand.stores.store import SqlStore
from deskhand.triggers.cron import CronTimeTable
from deskhand.use_cases.decide_slots import WatchedTrigger, decide_slots
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.fire_slot import settle_slot
from deskhand.use_cases.leave_triggers import end_left_slots, note_left
from deskhand.use_cases.open_case import CaseOpener
from deskhand.use_cases.take_slot import Firing, take_slot
from deskhand.vaults.seal import AesSeal
from tests.making import HandClock
from tests.unit.runbooks.bots import BOTS

CLOCKWORK = Actor(kind=ActorKind.SERVICE, id="triggers")
SOURCE = """\
deskhand: 1
runbook: aid.check
portal: aid_portal
item:
  reference: [student_id, award_year]
  fields: {student_id: student_id, award_year: string, expected: money, note: string?}
triggers:
"""
STEPS = "steps:\n  - use: read_award\n"
TRIGGER = """\
  - cron: "{cron}"
    {name}timezone: {zone}
    source: ledger.unverified_files
    map: {{expected: row.amount}}
    catch_up: {catch_up}
    grace: {grace}
"""
CLIENTS = ("harbor",)


def runbook_with(
    *tables: tuple[str, str], grace: str = "30m", name: str = "", zone: str = "America/New_York"
) -> str:
    """Return the text of a runbook with time tables: (cron, catch_up); `name` is for one."""
    named = f"name: {name}\n    " if name else ""
    triggers = [
        TRIGGER.format(cron=cron, catch_up=how, grace=grace, name=named, zone=zone)
        for cron, how in tables
    ]
    return SOURCE + "".join(triggers) + STEPS


def rows(*students: str, amount: str = "12.10") -> Returned:
    """Return the answer of a source that lists these students."""
    listed = [
        {"student_id": one, "award_year": "2026-27", "amount": Decimal(amount), "note": None}
        for one in students
    ]
    return Returned(value={"files": listed, "as_of": datetime(2026, 5, 4, tzinfo=UTC).date()})


def down() -> Failed:
    """Return the answer of a source whose portal is down."""
    return Failed(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.PORTAL_DOWN))


@dataclass(slots=True, kw_only=True)
class Clockwork:
    """Everything of a trigger host but the loops around it."""

    store: SqlStore
    clock: HandClock
    text: str
    clients: tuple[str, ...] = CLIENTS
    seal: AesSeal = field(default_factory=lambda: AesSeal([bytes(32)]))
    library: Library = field(default_factory=lambda: Library(BOTS))
    table: CronTimeTable = field(default_factory=CronTimeTable)
    watched: dict[TriggerName, WatchedTrigger] = field(init=False)
    looked: dict[TriggerName, datetime] = field(default_factory=dict)

    def __post_init__(self) -> None:
        runbook = self.library.compile(self.text, file="aid.check")
        self.watched = {
            name: WatchedTrigger(name=name, runbook=runbook, trigger=one, clients=self.clients)
            for name, one in time_tables(runbook).items()
        }

    @property
    def desk(self) -> Desk:
        return Desk(
            store=self.store,
            seal=self.seal,
            clock=self.clock,
            library=self.library,
            book=DEFAULTS,
        )

    @property
    def only(self) -> WatchedTrigger:
        """The trigger, where there is one."""
        (watched,) = self.watched.values()
        return watched

    def look(self) -> list[TriggerSlot]:
        """Decide about what has come."""
        due = []
        for name, watched in self.watched.items():
            now = self.clock.now()
            due += decide_slots(
                watched,
                store=self.store,
                clock=self.clock,
                time_table=self.table,
                by=CLOCKWORK,
                since=self.looked.get(name),
            )
            self.looked[name] = now
        return due

    def restarted(self, text: str) -> "Clockwork":
        """Return a host that starts with another runbook, over the same store."""
        return Clockwork(store=self.store, clock=self.clock, text=text, clients=self.clients)

    def leave(self) -> list[TriggerSlot]:
        """See to triggers that the runbook does not have; return the slots that were ended."""
        note_left(self.watched, store=self.store, clock=self.clock)
        opener = CaseOpener(seal=self.seal, actor=CLOCKWORK, at=self.clock.now(), book=DEFAULTS)
        return end_left_slots(self.watched, store=self.store, opener=opener)

    def due(self) -> list[TriggerSlot]:
        with self.store.reading() as tx:
            return tx.triggers.due(tuple(self.watched), now=self.clock.now(), limit=100)

    def take(self, slot: TriggerSlot, *, holder: str = "one") -> Firing | None:
        taken = take_slot(slot.id, holder=holder, desk=self.desk)
        if taken is None:
            return None
        return Firing(
            slot=taken,
            watched=self.watched[taken.trigger],
            holder=holder,
            by=CLOCKWORK,
            folder=Path(),
        )

    def settle(self, firing: Firing, answer: ActionAnswer) -> TriggerSlot | None:
        return settle_slot(firing, answer, desk=self.desk, chance=0.0)

    def fire(self, slot: TriggerSlot, answer: ActionAnswer) -> TriggerSlot:
        """Take a slot and settle it."""
        firing = self.take(slot)
        assert firing is not None
        settled = self.settle(firing, answer)
        assert settled is not None
        return settled

    def slots(self, name: TriggerName | None = None) -> list[TriggerSlot]:
        with self.store.reading() as tx:
            return [
                slot
                for one in self.watched
                if name in (None, one)
                for slot in tx.triggers.slots_of(one)
            ]
