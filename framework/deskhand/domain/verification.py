"""When the audit log is verified by itself, and how much of it. Pure."""

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class LastVerified:
    """What the log says of its last verification.

    `at` and `clean` are of the last one, whoever asked for it. The others are of the last one
    that nobody asked for, None before the first: for which time it was (`slot`), how far it came
    (`up_to`, a position), and for which time the log was read as a whole.
    """

    at: datetime
    clean: bool
    slot: datetime | None = None
    up_to: int | None = None
    whole_slot: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DueVerification:
    """A verification whose time has come: of the records behind `after`, of all where None."""

    slot: datetime
    whole_slot: datetime
    after: int | None = None

    @property
    def whole(self) -> bool:
        """Whether the log is read as a whole, and every state is compared with it."""
        return self.after is None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerificationRhythm:
    """How often the log is verified: the new records, and from time to time all of it.

    `at` is a local time, from which `every` is counted; of whole days it is the time of day.
    """

    every: timedelta = _DAY
    at: time = time(3)
    timezone: tzinfo = UTC
    whole_every: timedelta = 7 * _DAY

    def last_slot(self, *, now: datetime) -> datetime:
        """Return the last time at which it was due.

        >>> rhythm = VerificationRhythm(every=timedelta(hours=6))
        >>> rhythm.last_slot(now=datetime(2026, 5, 4, 16, 30, tzinfo=UTC)).isoformat()
        '2026-05-04T15:00:00+00:00'
        """
        days = max(1, self.every // _DAY)
        today = now.astimezone(self.timezone).date()
        begun = today if self._on(today.toordinal()) <= now else today - _DAY
        slot = self._on(begun.toordinal() - begun.toordinal() % days)
        if self.every >= _DAY:
            return slot
        return slot + self.every * ((now - slot) // self.every)

    def due(self, last: LastVerified | None, *, now: datetime) -> DueVerification | None:
        """Return what is to be verified now; None when its time has not come.

        As long as the last one has found something, and when none was, it is all of the log.
        """
        slot = self.last_slot(now=now)
        if last is None or last.slot is None or last.up_to is None or last.whole_slot is None:
            return DueVerification(slot=slot, whole_slot=slot)
        if last.slot >= slot:
            return None
        if not last.clean or slot - last.whole_slot >= self.whole_every:
            return DueVerification(slot=slot, whole_slot=slot)
        return DueVerification(slot=slot, whole_slot=last.whole_slot, after=last.up_to)

    def is_late(self, last: LastVerified, *, now: datetime) -> bool:
        """Whether a verification was left out: the last one is older than two of its times."""
        return now - last.at > 2 * max(self.every, _DAY)

    def _on(self, ordinal: int) -> datetime:
        day = datetime.fromordinal(ordinal).date()
        return datetime.combine(day, self.at, tzinfo=self.timezone).astimezone(UTC)
