"""What expressions see, and what must be kept out of sight."""

from collections.abc import Mapping
from datetime import UTC, datetime, tzinfo

from deskhand.domain.redaction import sensitive_forms
from deskhand.domain.runbook import Runbook


def new_scope(
    runbook: Runbook, values: Mapping[str, object], *, now: datetime, zone: tzinfo = UTC
) -> dict[str, object]:
    """Return the scope of an attempt that has performed nothing: every result is absent."""
    scope: dict[str, object] = {
        "item": values,
        "params": runbook.params,
    }
    set_moment(scope, now, zone=zone)
    for step in runbook.steps:
        scope.setdefault(step.name, None)
    return scope


def set_moment(scope: dict[str, object], now: datetime, *, zone: tzinfo) -> None:
    """Let expressions see `now` as the present time; the day is that of the client's zone."""
    scope["today"] = now.astimezone(zone).date()
    scope["now_utc"] = now


def sensitive_texts(runbook: Runbook, values: Mapping[str, object]) -> frozenset[str]:
    """Return every form in which a page may show the item's sensitive values."""
    forms: set[str] = set()
    for name, field in runbook.item.fields.items():
        if field.type.sensitivity is not None:
            forms |= sensitive_forms(values.get(name))
    return frozenset(forms)
