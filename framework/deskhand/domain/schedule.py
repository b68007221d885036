"""Time tables: which of their slots fire, which are skipped and why, and what became of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta, timezone
from enum import Enum
from itertools import chain, count
from typing import Protocol

from deskhand.domain.identifiers import SlotId, TriggerName
from deskhand.domain.moves import Moves
from deskhand.domain.runbook import CatchUp, CronTrigger

BY_HAND = "by-hand"
"""How the name of a slot ends that a person had fire."""

AHEAD = timedelta(hours=1)
"""More than the clocks of hosts differ by: a host's clock that was so far ahead was wrong."""

_WALL_LENGTH = len("2026-03-08T02:30")

SlotKey = tuple[str, datetime]
"""What tells two slots of a trigger apart: what its wall clock shows, and the moment."""


class WorkingDays(Protocol):
    """A calendar, as far as a time table needs it."""

    def works_on(self, day: date) -> bool:
        """Whether this is a day on which work is done."""
        ...


class SkipReason(Enum):
    """Why a slot does not fire."""

    PAUSED = "paused"  # a person paused the trigger
    CLOSED_DAY = "closed_day"  # the calendar says that nobody works
    STOOD_FOR = "stood_for"  # it passed unseen, and a later slot stands for it
    PASSED = "passed"  # it passed unseen, and the next one will do
    NO_CLIENT = "no_client"  # no client has an account that could be asked
    GONE = "gone"  # no runbook has this trigger any more


class SlotState(Enum):
    """Where a slot stands."""

    DUE = "due"
    FIRED = "fired"
    FAILED = "failed"
    SKIPPED = "skipped"


_S = SlotState

SLOT_MOVES: Moves[SlotState] = Moves(
    "slot",
    {
        # Due again: its source failed, and is asked later. Skipped: the trigger rests, or is gone.
        _S.DUE: frozenset({_S.DUE, _S.FIRED, _S.FAILED, _S.SKIPPED}),
        _S.FIRED: frozenset(),
        _S.FAILED: frozenset(),
        _S.SKIPPED: frozenset(),
    },
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """One slot of a time table: the wall clock's time names it, `at` is the moment.

    `wall` is `2026-03-08T02:30`, followed by the offset for the second of two equal times;
    `note` says what is odd about it.
    """

    wall: str
    at: datetime
    note: str = ""

    @property
    def day(self) -> date:
        """The day on its own wall's calendar."""
        return date.fromisoformat(self.wall[:10])

    @property
    def key(self) -> SlotKey:
        """What tells it apart from other slots of its trigger."""
        return slot_key(self.wall, self.at)

    def names(self) -> Iterator[str]:
        """Yield its name, and others for when that one is taken, without end.

        By the same time in another zone, in which the table was; or by a host whose clock was
        ahead when it decided about this very slot.

        >>> noon = datetime(2026, 5, 4, 12, tzinfo=UTC)
        >>> names = Slot(wall="2026-05-04T05:00", at=noon).names()
        >>> next(names), next(names), next(names)
        ('2026-05-04T05:00', '2026-05-04T05:00-0700', '2026-05-04T05:00-0700#2')
        """
        shown = datetime.fromisoformat(self.wall[:_WALL_LENGTH])
        offset = timezone(shown - self.at.astimezone(UTC).replace(tzinfo=None))
        in_full = f"{shown.replace(tzinfo=offset):%Y-%m-%dT%H:%M%z}"
        return chain([self.wall, in_full], (f"{in_full}#{number}" for number in count(2)))


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotRules:
    """What decides about slots that have come."""

    grace: timedelta
    catch_up: CatchUp
    working_days: WorkingDays | None = None
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What is done with a slot: it fires, and may stand for others; or why it is skipped."""

    slot: Slot
    skipped: SkipReason | None = None
    stands_for: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What is done with some slots; the next firing stands for `owed` that passed."""

    verdicts: Sequence[Verdict]
    owed: int = 0


def judged(
    slots: Sequence[Slot], rules: SlotRules, *, now: datetime, more: bool = False, owed: int = 0
) -> Judgement:
    """Decide about slots that have come, oldest first, each exactly once.

    `more` tells that later slots have come, too: one of those will stand for what passed here.
    """
    verdicts: list[Verdict] = []
    last_passed: int | None = None
    for slot in slots:
        skipped = _closed(slot, rules) or _passed(slot, rules, now=now)
        if skipped is SkipReason.STOOD_FOR:
            owed, last_passed = owed + 1, len(verdicts)
        verdicts.append(Verdict(slot=slot, skipped=skipped, stands_for=1 if skipped else 1 + owed))
        if skipped is None:
            owed, last_passed = 0, None
    if owed and last_passed is not None and not more:
        verdicts[last_passed] = Verdict(slot=verdicts[last_passed].slot, stands_for=owed)
        owed = 0
    return Judgement(verdicts=verdicts, owed=owed)


def _passed(slot: Slot, rules: SlotRules, *, now: datetime) -> SkipReason | None:
    if now - slot.at <= rules.grace:
        return None
    match rules.catch_up:
        case CatchUp.LATEST:
            return SkipReason.STOOD_FOR
        case CatchUp.NONE:
            return SkipReason.PASSED
        case CatchUp.ALL:
            return None


def _closed(slot: Slot, rules: SlotRules) -> SkipReason | None:
    if rules.paused:
        return SkipReason.PAUSED
    calendar = rules.working_days
    return SkipReason.CLOSED_DAY if calendar and not calendar.works_on(slot.day) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownTrigger:
    """What the store knows of a trigger: whether it is paused, and how far it has come.

    Every slot of `times` up to `decided_to` has been decided about; the next firing stands for
    `owed` that passed. `times` is what a time table said when it was last looked at, None where
    that is not known; since `left_at` no runbook has had the trigger. `audit_seq` is the number of
    the record in the trigger's stream that tells of its state; 0 before the first one. Slots whose
    records stand before number `anew_seq` count for nothing: a host with a wrong clock decided
    about them.
    """

    name: TriggerName
    decided_to: datetime
    owed: int = 0
    audit_seq: int = 0
    paused: bool = False
    paused_by: str | None = None
    paused_why: str | None = None
    paused_at: datetime | None = None
    times: str | None = None
    left_at: datetime | None = None
    anew_seq: int = 0

    def is_ahead(self, now: datetime) -> bool:
        """Whether slots were decided about that have not come: nothing fires until they have."""
        return self.decided_to > now + AHEAD

    @property
    def stream(self) -> str:
        """The audit stream that tells this trigger's story."""
        return trigger_stream(self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class TriggerSlot:
    """A slot that was decided about, for one client (for none where it is skipped).

    A slot that is due is asked for, after `not_before`, until `ask_until`; the counts say what
    became of the rows.
    """

    id: SlotId
    trigger: TriggerName
    slot: str
    client: str
    state: SlotState
    audit_seq: int
    due_at: datetime
    decided_at: datetime
    ask_until: datetime
    stands_for: int = 1
    tries: int = 0
    not_before: datetime | None = None
    reason: str | None = None
    accepted: int = 0
    repeats: int = 0
    conflicts: int = 0
    rejected: int = 0
    ended_at: datetime | None = None

    @property
    def stream(self) -> str:
        """The audit stream that tells of it."""
        return trigger_stream(self.trigger)

    @property
    def subject(self) -> str:
        """How the audit log calls it."""
        return f"slot:{self.id}"

    @property
    def by_hand(self) -> bool:
        """Whether a person had the trigger fire."""
        return self.slot.endswith(BY_HAND)

    def moved_to(self, state: SlotState, *, audit_seq: int) -> "TriggerSlot":
        """Return the slot in its next state; raises `IllegalMoveError`."""
        return replace(self, state=SLOT_MOVES.check(self.state, state), audit_seq=audit_seq)


def slot_key(wall: str, at: datetime) -> SlotKey:
    """Return what tells a slot apart, by any of its names."""
    return wall[:_WALL_LENGTH], at


def slot_id(trigger: TriggerName, slot: str, client: str) -> SlotId:
    """Name a slot.

    >>> slot_id(TriggerName("claims.submit/nightly"), "2026-03-08T02:30", "lakeside")
    'claims.submit/nightly@2026-03-08T02:30/lakeside'
    """
    return SlotId(f"{trigger}@{slot}" + (f"/{client}" if client else ""))


def trigger_stream(trigger: TriggerName) -> str:
    """Name the audit stream of a trigger."""
    return f"trigger:{trigger}"


def times_of(trigger: CronTrigger) -> str:
    """Return when a time table fires, in a line: its five fields, and whose clock."""
    return f"{' '.join(trigger.cron.split())} {trigger.timezone}"


def with_times(trigger: CronTrigger, times: str) -> CronTrigger:
    """Return a time table as it was when its times were these."""
    cron, timezone = times.rsplit(" ", 1)
    return replace(trigger, cron=cron, timezone=timezone)
