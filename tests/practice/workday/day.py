"""A whole day of a back office, simulated: files in, bots, cases, people, until all is at rest."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from deploy.demo.json_writer import write_jsonl
from deploy.demo.values import Claim
from deskhand.bootstrap.deliveries import accept
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.domain.identifiers import AttemptId
from deskhand.domain.intake_file import IntakeFile
from deskhand.domain.work_item import ItemState
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.item_store import ItemFilter
from deskhand.runtime.performer import Performer
from deskhand.use_cases.answer_client import control_totals, row_answers
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.feed_engine import feed_engine
from deskhand.use_cases.sweep_cases import sweep_cases
from tests.bench.lane import WORKER, Lane, open_lane
from tests.bench.practice import RUNBOOK, Practice, write_project
from tests.making import ANN, HandClock
from tests.practice.workday.clocks import SweepLog, expected_events, found_events
from tests.practice.workday.office import TIMEZONE, Office, is_open, write_office
from tests.practice.workday.portal import DayPortal, Trouble

# A Friday before the clocks change: what it leaves over waits for a Monday an hour later.
BEGINS = datetime(2026, 10, 30, 6, tzinfo=TIMEZONE).astimezone(UTC)
_MINUTE = timedelta(minutes=1)
_GIVEN_UP = BEGINS + timedelta(days=12)
_DELIVERIES = (6, 9, 11, 14)
_A_MINUTE = 9
_SHARES = {
    Trouble.UNKNOWN_MEMBER: 0.05,
    Trouble.BREAKS: 0.02,
    Trouble.SILENT: 0.01,
    Trouble.LOST: 0.01,
}
_LARGE = 0.025
_RESTING = frozenset(
    {
        ItemState.DONE,
        ItemState.DONE_BY_HAND,
        ItemState.DUPLICATE,
        ItemState.REJECTED,
        ItemState.CANCELLED,
    }
)


@dataclass(slots=True, kw_only=True)
class Day:
    """What came of a day. `unbalanced` names each control total that does not add up."""

    items: int
    not_at_rest: int
    with_a_case: int
    cases: int
    at_risk: int
    overdue: int
    sla_missed: int
    sla_double: int
    submitted_twice: int
    unbalanced: Sequence[str]
    findings: int
    ended: datetime
    done: int


@dataclass(slots=True, kw_only=True)
class Delivered:
    """A file as it was written: how many rows of which kind, and what they come to."""

    client: str
    hour: int
    claims: Sequence[Claim]
    broken: int

    @property
    def rows(self) -> int:
        return len(self.claims)

    @property
    def amount(self) -> Decimal:
        """What its good rows come to, repeats and conflicts included."""
        return sum((one.total_charge for one in self.claims), Decimal(0))


@dataclass(slots=True, kw_only=True)
class Workday:
    """Simulates a day of `items` items in a folder of its own; people as slow as is said."""

    folder: Path
    items: int
    chance: random.Random
    slowness: int = 1
    clock: HandClock = field(default_factory=lambda: HandClock(BEGINS))
    _sweeps: SweepLog = field(default_factory=SweepLog)
    _taken: list[tuple[Delivered, IntakeFile]] = field(default_factory=list)

    def run(self) -> Day:
        """Let time pass until everything is at rest; count what came of it."""
        practice = Practice(today=BEGINS.astimezone(TIMEZONE).date())
        place = self._place([clinic.client for clinic in practice.clinics])
        files = list(self._files(practice))
        portal, rights = self._portal(files)
        office = Office(place=place, portal=portal, rights=rights, slowness=self.slowness)
        try:
            asyncio.run(self._pass(place, portal, office, files))
            return self._counted(place, portal)
        finally:
            place.store.close()

    def _place(self, clients: list[str]) -> Workplace:
        place = write_project(self.folder, clients=clients)
        write_office(self.folder)
        place.clock = self.clock  # type: ignore[assignment]
        return place

    # ------------------------------------------------------------ what is delivered

    def _files(self, practice: Practice) -> Iterator[Delivered]:
        """Yield the day's files: good rows, and in each a repeat, a conflict and a broken row."""
        each = self.items // (len(practice.clinics) * len(_DELIVERIES))
        for clinic in practice.clinics:
            claims = [self._sized(one) for one in practice.alike(clinic, count=each * 4)]
            for number, hour in enumerate(_DELIVERIES):
                good = claims[number * each : (number + 1) * each - 1]
                conflict = _charged(good[0], by=Decimal("1.00"))
                yield Delivered(
                    client=clinic.client, hour=hour, claims=[*good, good[1], conflict], broken=1
                )

    def _sized(self, claim: Claim) -> Claim:
        if self.chance.random() > _LARGE:
            return claim
        return _charged(claim, by=Decimal(self.chance.choice(("30000.00", "70000.00"))))

    def _portal(self, files: Sequence[Delivered]) -> tuple[DayPortal, dict[str, str]]:
        claims = {one.claim_number: one for file in files for one in file.claims}
        troubles = dict(self._troubles(claims))
        wrong = {
            name: claims[name].member_id
            for name, trouble in troubles.items()
            if trouble is Trouble.UNKNOWN_MEMBER
        }
        breaks = {
            name: self.chance.choice((2, 6, 11))
            for name, trouble in troubles.items()
            if trouble is Trouble.BREAKS
        }
        rights = {name: f"W{int(member[1:]) ^ 1:09}" for name, member in wrong.items()}
        return (
            DayPortal(clock=self.clock, troubles=troubles, wrong_members=wrong, breaks=breaks),
            rights,
        )

    def _troubles(self, claims: dict[str, Claim]) -> Iterator[tuple[str, Trouble]]:
        for name in claims:
            drawn = self.chance.random()
            for trouble, share in _SHARES.items():
                if drawn < share:
                    yield name, trouble
                    break
                drawn -= share

    # ------------------------------------------------------------ time passes

    async def _pass(
        self, place: Workplace, portal: DayPortal, office: Office, files: Sequence[Delivered]
    ) -> None:
        waiting = sorted(files, key=lambda file: file.hour)
        async with open_lane(place, lambda _: portal) as lane:
            performer = lane.performer()
            while waiting or not self._at_rest(place):
                assert self.clock.at < _GIVEN_UP, "the day does not come to its end"
                while waiting and self._local_hour() >= waiting[0].hour:
                    self._deliver(place, waiting.pop(0))
                self._sweeps.note(self.clock.at)
                sweep_cases(store=place.store, clock=self.clock, book=place.book)
                performed = await self._perform(lane, performer)
                office.work()
                self.clock.turn(self._step(busy=performed > 0))

    def _local_hour(self) -> int:
        local = self.clock.at.astimezone(TIMEZONE)
        return local.hour + 24 * (local.date() - BEGINS.astimezone(TIMEZONE).date()).days

    def _step(self, *, busy: bool) -> timedelta:
        if busy:
            return _MINUTE
        return 5 * _MINUTE if is_open(self.clock.at) else 30 * _MINUTE

    def _deliver(self, place: Workplace, file: Delivered) -> None:
        path = self.folder / f"{file.client}-{file.hour:02}.jsonl"
        with path.open("w", encoding="utf-8") as stream:
            write_jsonl(stream, file.claims)
            stream.write('{"claim_number": "CLM-0"}\n' * file.broken)
        taken = accept(place, RUNBOOK, path, client=file.client, by=human("billing")).file
        self._taken.append((file, taken))

    async def _perform(self, lane: Lane, performer: Performer) -> int:
        """Perform what the bots get done in a minute; return how many attempts that were."""
        performed = 0
        while performed < _A_MINUTE and (fed := await lane.thread.run(self._feed, lane)):
            for attempt in fed:
                await performer.perform(attempt)
            performed += len(fed)
        return performed

    def _feed(self, lane: Lane) -> list[AttemptId]:
        feed_engine(
            store=lane.place.store,
            engine=lane.hand,
            clock=self.clock,
            accounts=lane.place.accounts,
            at_most=1,
            holder=WORKER,
        )
        given, lane.hand.given[:] = list(lane.hand.given), []
        return given

    def _at_rest(self, place: Workplace) -> bool:
        with place.store.reading() as tx:
            if tx.cases.find(CaseFilter(unclosed=True), limit=1):
                return False
            counts = tx.items.counts(ItemFilter())
        return all(state in _RESTING for state, count in counts.items() if count)

    # ------------------------------------------------------------ what came of it

    def _counted(self, place: Workplace, portal: DayPortal) -> Day:
        with place.store.reading() as tx:
            counts = tx.items.counts(ItemFilter())
            cases = tx.cases.find(CaseFilter(), limit=100_000)
            found = found_events(tx)
        expected = expected_events(cases, self._sweeps)
        done = counts.get(ItemState.DONE, 0) + counts.get(ItemState.DONE_BY_HAND, 0)
        return Day(
            items=sum(counts.values()),
            not_at_rest=sum(count for state, count in counts.items() if state not in _RESTING),
            with_a_case=len({case.item for case in cases if case.item is not None}),
            cases=len(cases),
            at_risk=sum(1 for told, _ in expected if told == "case.at_risk"),
            overdue=sum(1 for told, _ in expected if told == "case.overdue"),
            sla_missed=sum((Counter(expected) - found).values()),
            sla_double=sum((found - Counter(expected)).values()),
            submitted_twice=sum(len(held) - 1 for held in portal.ledger.values()),
            unbalanced=list(self._unbalanced(place, portal, done=done)),
            findings=len(verify_log(by=ANN, store=place.store, clock=self.clock).findings),
            ended=self.clock.at,
            done=done,
        )

    def _unbalanced(self, place: Workplace, portal: DayPortal, *, done: int) -> Iterator[str]:
        """Hold the product's control totals against the files and against the portal."""
        money = Decimal(0)
        for file, taken in self._taken:
            listed = control_totals(row_answers(taken, store=place.store))
            totals = {total.name: total for total in listed}
            expected = {
                "rows": file.rows + file.broken,
                "accepted": file.rows,
                "rejected": file.broken,
                "open": 0,
                "with_person": 0,
            }
            for name, count in expected.items():
                if totals[name].count != count:
                    yield f"{taken.name}: {name} {totals[name].count}, expected {count}"
            if totals["accepted"].amount != file.amount:
                yield f"{taken.name}: accepted {totals['accepted'].amount}, of {file.amount}"
            parts = ("done", "duplicate", "rejected_by_person")
            if sum(totals[part].count for part in parts) != file.rows:
                yield f"{taken.name}: the parts are not the whole"
            money += totals["done"].amount
        if done != len(portal.ledger):
            yield f"{done} items are done, the portal holds {len(portal.ledger)}"
        if money != portal.amount():
            yield f"done comes to {money}, on the portal to {portal.amount()}"


def _charged(claim: Claim, *, by: Decimal) -> Claim:
    """Return the claim with a first line that costs more."""
    first, *others = claim.lines
    lines = (replace(first, charge=first.charge + by), *others)
    return replace(claim, lines=lines, total_charge=claim.total_charge + by)
