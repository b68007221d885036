"""Durations and retries in words."""

from datetime import timedelta

from deskhand.domain.retry_policy import RetryPolicy

_UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


def spoken(duration: timedelta) -> str:
    """Return a duration in its largest whole unit.

    >>> spoken(timedelta(minutes=45)), spoken(timedelta(seconds=90))
    ('45 min', '90 s')
    """
    seconds = int(duration.total_seconds())
    size, unit = next((size, unit) for size, unit in _UNITS if seconds % size == 0)
    return f"{seconds // size} {unit}"


def spoken_retry(policy: RetryPolicy) -> str:
    """Return a retry policy in words.

    >>> spoken_retry(RetryPolicy())
    '3 tries, pauses from 2 s to 1 min'
    """
    if policy.tries == 1:
        return "1 try"
    return f"{policy.tries} tries, pauses from {spoken(policy.first)} to {spoken(policy.max)}"
