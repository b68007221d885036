"""The runbooks of a project: compiled once a content, applied to data."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime

from deskhand.domain.fields import Field
from deskhand.domain.runbook import ManualTrigger, Runbook, Trigger
from deskhand.ports.action import BotCatalogue
from deskhand.ports.runbook_library import Bound, Rejected, RowBinder
from deskhand.runbooks.catalogue import STANDARD_TYPES, TypeCatalogue
from deskhand.runbooks.intake_binding import FieldBinder, plain_fields, typed_fields
from deskhand.runbooks.recheck_forms import recheck_form


class Library:
    """Compiles runbooks for one project's bots and types (`deskhand.ports.runbook_library`)."""

    def __init__(self, bots: BotCatalogue, types: TypeCatalogue = STANDARD_TYPES) -> None:
        self._bots = bots
        self._types = types
        self._compiled: dict[tuple[str, str], Runbook] = {}

    def compile(self, source: str, *, file: str = "") -> Runbook:
        key = (source, file)
        runbook = self._compiled.get(key)
        if runbook is None:
            # Loads slowly, and most commands compile nothing.
            from deskhand.runbooks.compiler import compile_runbook  # noqa: PLC0415

            runbook = compile_runbook(source, file=file, bots=self._bots, types=self._types)
            self._compiled[key] = runbook
        return runbook

    def binder(self, runbook: Runbook, trigger: Trigger) -> RowBinder:
        return FieldBinder(runbook, trigger)

    def plain_fields(self, runbook: Runbook, values: Mapping[str, object]) -> dict[str, object]:
        return plain_fields(runbook, values)

    def typed_fields(self, runbook: Runbook, plain: Mapping[str, object]) -> dict[str, object]:
        return typed_fields(runbook, plain)

    def checked_fields(
        self, runbook: Runbook, plain: Mapping[str, object], *, today: date, now: datetime
    ) -> Bound | Rejected:
        return FieldBinder(runbook, ManualTrigger()).bind(plain, today=today, now=now)

    def recheck_form(self, runbook: Runbook, names: Iterable[str]) -> Mapping[str, Field]:
        return recheck_form(runbook, names)
