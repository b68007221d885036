"""How long and how often: retries and timeouts, and those that contradict each other."""

from datetime import timedelta

from deskhand.domain.retry_policy import RetryPolicy
from deskhand.runbooks.diagnostics import WARNING
from deskhand.runbooks.durations import spoken
from deskhand.runbooks.model import RetryModel
from deskhand.runbooks.source import Source
from deskhand.runbooks.tree import Path


def policy(
    source: Source, path: Path, model: RetryModel | None, default: RetryPolicy
) -> RetryPolicy:
    """Return the retry policy at a place; what a runbook does not say is as in the default."""
    if model is None:
        return default
    made = RetryPolicy(
        tries=model.tries or default.tries,
        first=model.first or default.first,
        max=model.max or default.max,
    )
    if made.first > made.max:
        source.at_key(
            path,
            f"the first pause, {spoken(made.first)}, is longer than the longest, "
            f"{spoken(made.max)}",
            "give both: {first: 2s, max: 60s}",
        )
    return made


def step_timeout(
    source: Source, path: Path, given: timedelta | None, *, default: timedelta, item: timedelta
) -> timedelta:
    """Return how long one try of the step at a place may take.

    One that is longer than an attempt is told: the attempt would end it.
    """
    if given is not None:
        warn_of_timeout(source, (*path, "timeout"), given, item=item)
    return given or default


def warn_of_timeout(source: Source, path: Path, given: timedelta, *, item: timedelta) -> None:
    """Warn where a step may take longer than the whole attempt."""
    if given > item:
        source.at_value(
            path,
            f"an attempt lasts {spoken(item)} at most: no step comes to {spoken(given)}",
            f"give the attempt more: timeouts: {{item: {_more(given)}}}",
            WARNING,
        )


def _more(given: timedelta) -> str:
    """Return a round duration that holds a step of that long, and others."""
    return f"{-(-int(given.total_seconds()) // 60) * 2}m"
