"""Attempts, what their steps gave and did, and the workers that make them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from deskhand.domain.attempt import Attempt
from deskhand.domain.effect import Effect
from deskhand.domain.evidence import Evidence
from deskhand.domain.identifiers import (
    AttemptId,
    EffectId,
    ItemId,
    WorkerId,
)
from deskhand.domain.read_back import ReadBack
from deskhand.domain.work_item import WorkItem
from deskhand.ports.item_store import ItemFilter


class Attempts(Protocol):
    """Attempts, and the fence before them."""

    def add(self, attempt: Attempt) -> None:
        """Insert a new attempt."""
        ...

    def get(self, id: AttemptId) -> Attempt:
        """Return an attempt, locked; raises `NotFoundError`."""
        ...

    def fence(self, id: AttemptId, *, owner: WorkerId) -> None:
        """Hold the attempt for this transaction; raises `FencedError` if another owns it."""
        ...

    def save(self, attempt: Attempt) -> None:
        """Write an attempt."""
        ...

    def of_item(self, item: ItemId) -> list[Attempt]:
        """Return an item's attempts in order."""
        ...

    def open_of(self, owner: WorkerId | None) -> list[Attempt]:
        """Return the running attempts of a worker; for None the enqueued ones of nobody."""
        ...

    def enqueued_count(self) -> int:
        """Count the attempts that no worker has begun."""
        ...

    def abandoned(self) -> list[Attempt]:
        """Return the running attempts whose owner is no living worker."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class StepResult:
    """What a step gave, sealed."""

    attempt: AttemptId
    item: ItemId
    step: str
    iteration: int
    sealed_value: bytes
    recorded_at: datetime


class Journal(Protocol):
    """Step results, effects and read-backs."""

    def add_result(self, result: StepResult) -> None:
        """Keep what a step gave."""
        ...

    def results_of(self, item: ItemId) -> list[StepResult]:
        """Return an item's step results: those of its first attempt first, whatever their time."""
        ...

    def add_effect(self, effect: Effect) -> None:
        """Insert an intent; its record must stand in the log."""
        ...

    def save_effect(self, effect: Effect) -> None:
        """Write what is now known of an act."""
        ...

    def effect(self, id: EffectId) -> Effect:
        """Return an act; raises `NotFoundError`."""
        ...

    def effects_of(self, item: ItemId) -> list[Effect]:
        """Return an item's acts: of each step by their number, whatever their time."""
        ...

    def add_read_back(
        self, read_back: ReadBack, *, item: WorkItem, attempt: AttemptId, step: str, at: datetime
    ) -> None:
        """Keep how many fields were compared, each by its name, and which differ."""
        ...

    def verified_steps(self, item: ItemId) -> frozenset[str]:
        """Return the steps whose last read-back found every field as submitted."""
        ...

    def read_back_totals(self, wanted: ItemFilter) -> tuple[int, int]:
        """Return (checked, wrong) over the last read-back of each act: as the portal stands."""
        ...


class EvidenceIndex(Protocol):
    """Which evidence there is."""

    def add(self, evidence: Evidence) -> None:
        """Note a piece of evidence."""
        ...

    def of_item(self, item: ItemId) -> list[Evidence]:
        """Return an item's evidence, oldest first."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkerRow:
    """A process that performs items, and when it was last seen."""

    id: WorkerId
    host: str
    process: int
    started_at: datetime
    seen_at: datetime


class Workers(Protocol):
    """Workers and their signs of life, and the feeder's lease."""

    def add(self, worker: WorkerRow) -> None:
        """Note a new worker."""
        ...

    def database_time(self) -> datetime | None:
        """Return the time by the database's own clock; None where it is this machine's."""
        ...

    def seen(self, id: WorkerId, *, at: datetime) -> bool:
        """Note a sign of life; False when the worker has been given up meanwhile."""
        ...

    def alive(self, id: WorkerId) -> bool:
        """Whether a worker is known and has not ended."""
        ...

    def living(self, *, since: datetime) -> int:
        """Count the workers that were seen since then and have not ended."""
        ...

    def silent(self, *, since: datetime) -> list[WorkerRow]:
        """Return the workers that were not seen since then and have not ended."""
        ...

    def end(self, id: WorkerId, *, at: datetime) -> bool:
        """Note the end of a worker, once; False when somebody else did."""
        ...

    def free(self, name: str, *, holder: str) -> None:
        """Give a named lease back."""
        ...

    def free_all(self, *, holder: str) -> None:
        """Give back every lease of a worker that is gone for certain."""
        ...

    def lease(self, name: str, *, holder: str, now: datetime, until: datetime) -> bool:
        """Take or renew a named lease if it is free, run out, or already the holder's."""
        ...
