"""Hosts that watch time tables over simulated time, and die as hosts do."""

import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from deskhand.domain.entry import RecordType
from deskhand.domain.schedule import SkipReason, SlotState, TriggerSlot
from deskhand.use_cases.decide_slots import WatchedTrigger
from deskhand.use_cases.take_slot import LEASE
from tests.practice.clockwork import Clockwork, down, rows


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
