"""Runbooks as the rest of the framework needs them: compiled, and applied to data."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from deskhand.domain.fields import Field
from deskhand.domain.runbook import Runbook, Trigger


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """A row that became an item's fields: typed values, every check passed."""

    values: Mapping[str, object] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A row that cannot become an item: every bad field with its reason, never its value."""

    problems: tuple[tuple[str, str], ...]


class RowBinder(Protocol):
    """Turns the raw rows of one trigger into items of one runbook; made once, used often."""

    def bind(self, values: Mapping[str, object], *, today: date, now: datetime) -> Bound | Rejected:
        """Map, type and check one row."""
        ...


class RunbookLibrary(Protocol):
    """Compiles runbooks, once a content, and applies them to data."""

    def compile(self, source: str, *, file: str = "") -> Runbook:
        """Return the compiled runbook; raises `RunbookInvalidError`."""
        ...

    def binder(self, runbook: Runbook, trigger: Trigger) -> RowBinder:
        """Return what turns a trigger's rows into items."""
        ...

    def plain_fields(self, runbook: Runbook, values: Mapping[str, object]) -> dict[str, object]:
        """Return an item's typed fields as JSON types."""
        ...

    def typed_fields(self, runbook: Runbook, plain: Mapping[str, object]) -> dict[str, object]:
        """Return what `plain_fields` was given."""
        ...

    def checked_fields(
        self, runbook: Runbook, plain: Mapping[str, object], *, today: date, now: datetime
    ) -> Bound | Rejected:
        """Type and check fields that a person has changed, as at intake."""
        ...

    def recheck_form(self, runbook: Runbook, names: Iterable[str]) -> Mapping[str, Field]:
        """Return what a person types who looks these outputs and fields up on the portal.

        Typed by kind of value, not by its exact form: what is wrong there must be typed, too.
        """
        ...
