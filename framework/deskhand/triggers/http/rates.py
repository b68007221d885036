"""How many requests a client may send: a bucket each, which fills with time."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from deskhand.ports.clock import Clock


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: datetime


class Rates:
    """Counts signed requests only, so that nobody can use up what is another's.

    A bucket holds the requests of a minute and fills evenly.
    """

    def __init__(self, *, a_minute: int, clock: Clock) -> None:
        self._a_minute = a_minute
        self._clock = clock
        self._buckets: dict[str, _Bucket] = {}

    def wait_for(self, client: str) -> timedelta:
        """Count a request; return how long it must wait, zero when it may pass."""
        now = self._clock.now()
        bucket = self._buckets.setdefault(client, _Bucket(float(self._a_minute), now))
        a_second = self._a_minute / 60
        # A clock that is put back fills nothing, and takes nothing away.
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(float(self._a_minute), bucket.tokens + passed * a_second)
        bucket.at = now
        if bucket.tokens < 1:
            return timedelta(seconds=(1 - bucket.tokens) / a_second)
        bucket.tokens -= 1
        return timedelta(0)
