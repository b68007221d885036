"""Hosts that watch time tables over simulated time, and die as hosts do."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor, ActorKind, RecordType
from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import SkipReason, SlotState, TriggerSlot, time_tables
from deskhand.ports.action import ActionAnswer, Failed, Returned
from deskhand.runbooks.library import Library
from deskhand.stores.store import SqlStore
from deskhand.triggers.cron import CronTimeTable
from deskhand.use_cases.decide_slots import WatchedTrigger, decide_slots
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.fire_slot import settle_slot
from deskhand.use_cases.take_slot import LEASE, Firing, take_slot
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
    timezone: America/New_York
    source: ledger.unverified_files
    map: {{expected: row.amount}}
    catch_up: {catch_up}
    grace: {grace}
"""
CLIENTS = ("harbor",)


def runbook_with(*tables: tuple[str, str], grace: str = "30m") -> str:
    """Return the text of a runbook with time tables: (cron, catch_up)."""
    triggers = [TRIGGER.format(cron=cron, catch_up=how, grace=grace) for cron, how in tables]
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

    def __post_init__(self) -> None:
        runbook = self.library.compile(self.text, file="aid.check")
        self.watched = {
            name: WatchedTrigger(name=name, runbook=runbook, trigger=one, clients=self.clients)
            for name, one in time_tables(runbook).items()
        }

    @property
    def desk(self) -> Desk:
        return Desk(store=self.store, seal=self.seal, clock=self.clock, library=self.library)

    @property
    def only(self) -> WatchedTrigger:
        """The trigger, where there is one."""
        (watched,) = self.watched.values()
        return watched

    def look(self) -> list[TriggerSlot]:
        """Decide about what has come."""
        return [
            slot
            for watched in self.watched.values()
            for slot in decide_slots(
                watched,
                store=self.store,
                clock=self.clock,
                time_table=self.table,
                by=CLOCKWORK,
            )
        ]

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


@dataclass(slots=True, kw_only=True)
class Year:
    """What became of the slots of a simulated stretch of time."""

    slots: int = 0
    fired: int = 0
    stood_for: int = 0
    passed: int = 0
    failed: int = 0
    missed: int = 0
    double: int = 0
    deaths: int = 0


@dataclass(slots=True, kw_only=True)
class Simulation:
    """Some hosts over some time: they are restarted, die while they fire, and are all away."""

    clockwork: Clockwork
    until: datetime
    chance: random.Random
    hosts: int = 3
    _back: dict[str, datetime] = field(default_factory=dict)
    _deaths: int = 0

    def run(self) -> Year:
        """Let time pass, and count what became of the slots that came."""
        clock = self.clockwork.clock
        begun = clock.at
        self._wake_all()
        while clock.at < self.until:
            self._pass_time()
            self._wake_all()
        self._come_to_rest()
        return self._counted(begun)

    def _pass_time(self) -> None:
        """Go on to the next slot, a little late, as an alarm wakes; or to what is asked again."""
        now = self.clockwork.clock.at
        coming = [
            next(self.clockwork.table.slots(one.trigger, after=now)).at
            for one in self.clockwork.watched.values()
        ]
        next_look = min(coming) + timedelta(seconds=self.chance.uniform(0, 20))
        if self.clockwork.due():
            next_look = min(next_look, now + timedelta(minutes=self.chance.uniform(1, 7)))
        self.clockwork.clock.at = next_look
        if self.chance.random() < 0.004:
            self._outage()

    def _outage(self) -> None:
        until = self.clockwork.clock.at + timedelta(hours=self.chance.uniform(1, 72))
        for number in range(self.hosts):
            self._back[f"host-{number}"] = until
        self._deaths += self.hosts
        self.clockwork.clock.at = until

    def _wake_all(self) -> None:
        hosts = [f"host-{number}" for number in range(self.hosts)]
        self.chance.shuffle(hosts)
        for host in hosts:
            if self._back.get(host, self.clockwork.clock.at) <= self.clockwork.clock.at:
                self._work(host)

    def _work(self, host: str) -> None:
        if self._dies(host):
            return
        self.clockwork.look()
        for slot in self.clockwork.due():
            firing = self.clockwork.take(slot, holder=f"{host}/{self._deaths}")
            if firing is None:
                continue
            if self._dies(host):
                return  # with the slot in its hands
            answer = down() if self.chance.random() < 0.05 else rows(self._student())
            self.clockwork.settle(firing, answer)

    def _dies(self, host: str) -> bool:
        if self.chance.random() > 0.02:
            return False
        self._deaths += 1
        away = timedelta(minutes=self.chance.uniform(1, 600))
        self._back[host] = self.clockwork.clock.at + away
        return True

    def _student(self) -> str:
        return f"S{self.chance.randrange(10**7):07d}"

    def _come_to_rest(self) -> None:
        self._back.clear()
        while self.clockwork.due():
            self.clockwork.clock.turn(LEASE)
            self._wake_all()

    def _counted(self, begun: datetime) -> Year:
        year = Year(deaths=self._deaths)
        for name, watched in self.clockwork.watched.items():
            expected = Counter(self._expected(watched, begun))
            noted = self.clockwork.slots(name)
            found = Counter(slot.slot for slot in noted)
            year.slots += len(expected)
            year.missed += sum((expected - found).values())
            year.double += sum((found - expected).values()) + self._fired_again(noted)
            for slot in noted:
                self._count(year, slot)
        # What nothing stands for is missed: each firing says for how many it stands.
        stands_for = sum(slot.stands_for - 1 for slot in self.clockwork.slots())
        year.missed += abs(year.stood_for - stands_for)
        return year

    def _expected(self, watched: WatchedTrigger, begun: datetime) -> Iterator[str]:
        """Yield the slots that came, day by day of the wall calendar, without any library."""
        minute, hour, _, _, weekday = watched.trigger.cron.split()
        day = begun.date() - timedelta(days=1)
        while day <= self.clockwork.clock.at.date():
            works = weekday == "*" or day.weekday() < 5
            wall = f"{day.isoformat()}T{int(hour):02d}:{int(minute):02d}"
            if works and begun < _moment(wall) <= self.clockwork.clock.at:
                yield wall
            day += timedelta(days=1)

    def _fired_again(self, noted: Sequence[TriggerSlot]) -> int:
        with self.clockwork.store.reading() as tx:
            fired = Counter(
                record.subject
                for record in tx.audit_log.of_stream(noted[0].stream)
                if record.type == RecordType.TRIGGER_FIRED
            )
        return sum(count - 1 for count in fired.values())

    def _count(self, year: Year, slot: TriggerSlot) -> None:
        match slot.state:
            case SlotState.FIRED:
                year.fired += 1
            case SlotState.FAILED:
                year.failed += 1
            case SlotState.DUE:
                year.missed += 1
            case SlotState.SKIPPED if slot.reason == SkipReason.STOOD_FOR.value:
                year.stood_for += 1
            case SlotState.SKIPPED:
                year.passed += 1


def _moment(wall: str) -> datetime:
    """Return when a wall clock in New York showed a time, by the two changes of 2026."""
    summer = "2026-03-08T03:00" <= wall < "2026-11-01T02:00"
    if "2026-03-08T02:00" <= wall < "2026-03-08T03:00":
        wall, summer = "2026-03-08T03:00", True
    return datetime.fromisoformat(f"{wall}{'-04:00' if summer else '-05:00'}").astimezone(UTC)
