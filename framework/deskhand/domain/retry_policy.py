"""How often, and after how long, something is tried again."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Exponential backoff with full jitter, capped. `tries` counts the first one, too."""

    tries: int = 3
    first: timedelta = timedelta(seconds=2)
    max: timedelta = timedelta(seconds=60)

    def allows(self, *, spent: int) -> bool:
        """Whether another try is left after `spent` of them."""
        return spent < self.tries

    def delay(self, *, spent: int, chance: float) -> timedelta:
        """Return the pause after the try number `spent`; `chance` in [0, 1) is the jitter's draw.

        Half of the backoff is kept, half is drawn, so that retries neither bunch nor rush.

        >>> RetryPolicy(first=timedelta(seconds=4)).delay(spent=2, chance=0.5)
        datetime.timedelta(seconds=6)
        """
        # In seconds, as numbers: a duration doubled so often would be too long to be one.
        doubled = self.first.total_seconds() * 2.0 ** min(spent - 1, 64)
        backoff = timedelta(seconds=min(self.max.total_seconds(), doubled))
        return backoff * (0.5 + chance / 2)
