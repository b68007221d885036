"""Business hours: when somebody works, and how much of their time lies between two moments.

Moments are UTC; the week is told in local time. An opening that spans a change of the clocks
has its real length, and a local time that does not exist that day is the moment of the change.
"""

from abc import ABC, abstractmethod
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from itertools import combinations

HORIZON = timedelta(days=3653)
"""Ten years: nobody looks further for an open hour, whatever is closed until then."""

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)
_MIDNIGHT = time()


@dataclass(frozen=True, slots=True)
class Opening:
    """A stretch of one day in local time; one that closes at 00:00 lasts until the day is over."""

    opens: time
    closes: time

    def __post_init__(self) -> None:
        if self.closes != _MIDNIGHT and self.closes <= self.opens:
            raise ValueError("it closes before it opens; split what goes on after midnight")

    def meets(self, other: "Opening") -> bool:
        """Whether both are open at some time."""
        return self.opens < other.ends and other.opens < self.ends

    @property
    def ends(self) -> time:
        """The last local time that it may be open at."""
        return time.max if self.closes == _MIDNIGHT else self.closes


Week = tuple[tuple[Opening, ...], ...]
"""The openings of Monday to Sunday."""

Stretch = tuple[datetime, datetime]
"""Two moments, and all that is open between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessTime:
    """How long something may take: `days` from working day to working day, then open `hours`."""

    days: int = 0
    hours: timedelta = timedelta(0)


class Hours(ABC):
    """When something is open, told day by day in the local time of one place."""

    timezone: tzinfo

    @abstractmethod
    def of_day(self, day: date) -> Sequence[Stretch]:
        """Return what is open on a local day, in order.

        An opening in the hour that the clocks leave out is one of no length.
        """

    def works_on(self, day: date) -> bool:
        """Whether the day has an opening."""
        return bool(self.of_day(day))

    def add(self, start: datetime, duration: timedelta) -> datetime:
        """Return the moment at which so much open time has passed since `start`.

        Of two such moments the earlier one: a closing, not the next opening. Never later than
        `HORIZON` after the start.
        """
        left = duration
        for opens, closes in self.within(start, start + HORIZON):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        return start + HORIZON

    def between(self, start: datetime, end: datetime) -> timedelta:
        """Return the open time between two moments, negative when `end` is the earlier one."""
        if end < start:
            return -self.between(end, start)
        return sum((closes - opens for opens, closes in self.within(start, end)), timedelta(0))

    def after(self, start: datetime, duration: BusinessTime) -> datetime:
        """Return when a business time that begins at `start` is over.

        Days lead to the same local time of the n-th working day that follows, within that day's
        hours; what begins while nobody works began at the last closing. An hour that comes twice
        is the same local time both times.
        """
        moved = self._days_after(start, duration.days) if duration.days else start
        return self.add(moved, duration.hours) if duration.hours else moved

    def within(self, start: datetime, end: datetime) -> Iterator[Stretch]:
        """Yield what is open between two moments, in order."""
        day = start.astimezone(self.timezone).date()
        last = end.astimezone(self.timezone).date()
        while day <= last:
            for opens, closes in self.of_day(day):
                if max(start, opens) < min(end, closes):
                    yield max(start, opens), min(end, closes)
            day += _DAY

    def _days_after(self, start: datetime, days: int) -> datetime:
        local = start.astimezone(self.timezone)
        day, at = local.date(), local.time()
        stretches = self.of_day(day)
        if stretches and start > stretches[-1][1]:
            at = time.max
        elif not stretches or start < stretches[0][0]:
            day, at = self._working_day(day, -1), time.max
        for _ in range(days):
            day = self._working_day(day, 1)
        stretches = self.of_day(day)
        if not stretches:
            return start + HORIZON
        return min(max(stretches[0][0], self._moment(day, at)), stretches[-1][1])

    def _working_day(self, day: date, step: int) -> date:
        """Return the next working day in a direction, or the day at the horizon."""
        for _ in range(HORIZON.days):
            day += step * _DAY
            if self.works_on(day):
                break
        return day

    def _moment(self, day: date, at: time, *, end: bool = False) -> datetime:
        """Return the moment of a local time: the first one where it comes twice.

        A local time that is left out is the moment at which the clocks change.
        """
        if end and at == _MIDNIGHT:
            day += _DAY
        local = datetime.combine(day, at.replace(fold=0), tzinfo=self.timezone)
        moment = local.astimezone(UTC)
        if moment.astimezone(self.timezone).replace(tzinfo=None) == local.replace(tzinfo=None):
            return moment
        return self._change(local, moment)

    def _change(self, local: datetime, after: datetime) -> datetime:
        """Return the moment at which the clocks leave a local time out, to the second."""
        low, high = local.replace(fold=1).astimezone(UTC), after
        low, high = low.replace(microsecond=0), high.replace(microsecond=0)
        while high - low > _SECOND:
            middle = low + (high - low) // _SECOND // 2 * _SECOND
            if middle.astimezone(self.timezone).utcoffset() == local.utcoffset():
                low = middle
            else:
                high = middle
        return high


@dataclass(frozen=True, slots=True, kw_only=True)
class BusinessHours(Hours):
    """When somebody works: a week, the days that are closed, the days that are open anyway.

    Raises `ValueError` for a week that is never open, or open twice at a time.
    """

    timezone: tzinfo
    week: Week
    closed: Container[date] = frozenset()
    extra: Mapping[date, tuple[Opening, ...]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if len(self.week) != 7 or not any(self.week):
            raise ValueError("a week has seven days, and is open on one of them at least")
        for day in (*self.week, *self.extra.values()):
            if any(one.meets(other) for one, other in combinations(day, 2)):
                raise ValueError("two openings of one day overlap")

    def of_day(self, day: date) -> Sequence[Stretch]:
        """Return what is open on a local day, in order."""
        return [
            (self._moment(day, one.opens), self._moment(day, one.closes, end=True))
            for one in sorted(self._openings(day), key=lambda opening: opening.opens)
        ]

    def _openings(self, day: date) -> tuple[Opening, ...]:
        if day in self.extra:
            return self.extra[day]
        return () if day in self.closed else self.week[day.weekday()]


@dataclass(frozen=True, slots=True)
class SharedHours(Hours):
    """When two are open at the same time; days are those of the first one's place."""

    first: Hours
    second: Hours

    @property
    def timezone(self) -> tzinfo:  # type: ignore[override]  # told by the first one
        """Where days begin and end."""
        return self.first.timezone

    def of_day(self, day: date) -> Sequence[Stretch]:
        """Return what is open for both on a local day of the first one, in order."""
        return [
            stretch
            for opens, closes in self.first.of_day(day)
            for stretch in self.second.within(opens, closes)
        ]
