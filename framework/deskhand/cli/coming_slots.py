"""The slots that are coming, as people read them."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice, takewhile

from deskhand.domain.schedule import KnownTrigger, Slot
from deskhand.ports.trigger import TimeTable
from deskhand.use_cases.decide_slots import WatchedTrigger

_SKIPPED_IN_A_ROW = 10_000


def next_slot(watched: WatchedTrigger, table: TimeTable, *, after: datetime) -> Slot | None:
    """Return the next slot on a day on which work is done; None when none is in sight."""
    slots = islice(table.slots(watched.trigger, after=after), _SKIPPED_IN_A_ROW)
    return next((slot for slot in slots if not why_skipped(watched, slot)), None)


def coming_slots(
    watched: WatchedTrigger, table: TimeTable, *, after: datetime, days: int
) -> Iterator[Slot]:
    """Yield the slots of the next days."""
    end = after + timedelta(days=days)
    return takewhile(lambda slot: slot.at <= end, table.slots(watched.trigger, after=after))


def why_passed_over(known: KnownTrigger | None, slot: Slot, *, now: datetime) -> str:
    """Say what keeps the trigger as a whole from firing at a slot; empty when nothing does."""
    if known is None:
        return ""
    if known.paused:
        return f"paused by {known.paused_by}: {known.paused_why}"
    passed_over = known.is_ahead(now) and slot.at <= known.decided_to
    return "decided about before it came, by a host whose clock was ahead" if passed_over else ""


def why_skipped(watched: WatchedTrigger, slot: Slot) -> str:
    """Say why a slot will not fire, as far as one can know; empty when it will."""
    calendar = watched.working_days
    if calendar is None or calendar.works_on(slot.day):
        return ""
    return f"closed in {watched.trigger.calendar}"


def shown_slot(slot: Slot) -> str:
    """Return a slot with its weekday: `Thu 26 Nov 2026 06:00`."""
    day = f"{slot.day:%a} {slot.day.day} {slot.day:%b %Y}"
    return f"{day} {slot.wall[11:16]}"
