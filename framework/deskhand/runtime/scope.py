"""What expressions see, and what must be kept out of sight."""

from collections.abc import Mapping
from datetime import datetime

from deskhand.domain.redaction import sensitive_forms
from deskhand.domain.runbook import Runbook


def new_scope(
    runbook: Runbook, values: Mapping[str, object], *, now: datetime
) -> dict[str, object]:
    """Return the scope of an attempt that has performed nothing: every result is absent."""
    scope: dict[str, object] = {
        "item": values,
        "params": runbook.params,
        **times(now),
    }
    for step in runbook.steps:
        scope.setdefault(step.name, None)
    return scope


def times(now: datetime) -> dict[str, object]:
    """Return what expressions see of a moment."""
    return {"today": now.date(), "now_utc": now}


def sensitive_texts(runbook: Runbook, values: Mapping[str, object]) -> frozenset[str]:
    """Return every form in which a page may show the item's sensitive values."""
    forms: set[str] = set()
    for name, field in runbook.item.fields.items():
        if field.type.sensitivity is not None:
            forms |= sensitive_forms(values.get(name))
    return frozenset(forms)
