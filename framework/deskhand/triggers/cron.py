"""Slots of time tables, computed with cronsim, each once through both changes of the clocks."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from cronsim import CronSim

from deskhand.domain.runbook import CronTrigger
from deskhand.domain.schedule import Slot

_MINUTE = timedelta(minutes=1)
# The longest that clocks are put forward: Samoa left out a whole day.
_LONGEST_GAP = timedelta(days=1)


class CronTimeTable:
    """Knows when the slots of time tables come (`deskhand.ports.trigger.TimeTable`)."""

    def slots(self, trigger: CronTrigger, *, after: datetime) -> Iterator[Slot]:
        zone = ZoneInfo(trigger.timezone)
        minute, hour = trigger.cron.split()[:2]
        # As cron has it: what says "every" goes by the time that passes, the rest by the wall.
        by_the_wall = not minute.startswith("*") and not hour.startswith("*")
        found = _by_the_wall if by_the_wall else _as_time_passes
        return (slot for slot in found(trigger.cron, zone, after=after) if slot.at > after)


def _by_the_wall(cron: str, zone: ZoneInfo, *, after: datetime) -> Iterator[Slot]:
    """Each time that the wall clock could show, once, at the first moment that it may mean."""
    begin = after.astimezone(zone).replace(tzinfo=None) - _LONGEST_GAP
    for wall in CronSim(cron, begin):
        local = wall.replace(tzinfo=zone, fold=0)
        at = local.astimezone(UTC)
        shown = at.astimezone(zone).replace(tzinfo=None)
        if shown != wall:
            at = _first_behind_gap(wall, zone)
            fires = at.astimezone(zone)
            note = f"{wall:%H:%M} does not exist that day: fires at {fires:%H:%M}"
        else:
            twice = local.utcoffset() != local.replace(fold=1).utcoffset()
            note = f"{wall:%H:%M} comes twice that day: fires at the first" if twice else ""
        yield Slot(wall=_named(wall), at=at, note=note)


def _as_time_passes(cron: str, zone: ZoneInfo, *, after: datetime) -> Iterator[Slot]:
    """Each moment whose time on the wall fits; an hour that comes twice fires twice."""
    for local in CronSim(cron, after.astimezone(zone)):
        second = local.fold == 1 and local.utcoffset() != local.replace(fold=0).utcoffset()
        wall = _named(local.replace(tzinfo=None))
        yield Slot(
            wall=f"{wall}{local:%z}" if second else wall,
            at=local.astimezone(UTC),
            note=f"the second {local:%H:%M} of that day" if second else "",
        )


def _first_behind_gap(wall: datetime, zone: ZoneInfo) -> datetime:
    """Return the moment at which the clocks were put forward over a time of the wall clock."""
    # Before the change, this many hours from it: a time that exists.
    low = (wall - _LONGEST_GAP).replace(tzinfo=zone).astimezone(UTC)
    high = wall.replace(tzinfo=zone, fold=0).astimezone(UTC)
    while high - low > _MINUTE:
        middle = low + (high - low) / 2
        behind = middle.astimezone(zone).replace(tzinfo=None) > wall
        low, high = (low, middle) if behind else (middle, high)
    return high.replace(second=0, microsecond=0)


def _named(wall: datetime) -> str:
    return f"{wall:%Y-%m-%dT%H:%M}"
