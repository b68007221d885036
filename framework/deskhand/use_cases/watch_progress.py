"""Watch how far the items have come."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deskhand.domain.exception_case import CaseKind
from deskhand.domain.identifiers import AccountName
from deskhand.domain.quality import RunbookHold
from deskhand.domain.work_item import ItemState
from deskhand.ports.case_store import CaseFilter
from deskhand.ports.item_store import ItemFilter
from deskhand.ports.store import Store

_MANY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """Items by state, and the accounts and versions that rest.

    `stuck` counts the waiting items that nothing will perform: their account is held or not in
    `accounts.yaml`, the version of their runbook is held, or their file was not taken in to its
    end.
    """

    counts: dict[ItemState, int]
    stuck: int
    held: tuple[AccountName, ...]
    held_versions: tuple[RunbookHold, ...] = ()

    @property
    def open(self) -> int:
        """Items that wait or are being performed."""
        return self.counts.get(ItemState.WAITING, 0) + self.counts.get(ItemState.PERFORMING, 0)

    @property
    def at_rest(self) -> bool:
        """Whether nothing will move without a person."""
        return self.open == self.stuck

    @property
    def total(self) -> int:
        """All items."""
        return sum(self.counts.values())


def progress(*, store: Store, accounts: Iterable[AccountName]) -> Progress:
    """Count the items of the whole store."""
    with store.reading() as tx:
        counts = dict(tx.items.counts(ItemFilter()))
        held = {health.name for health in tx.accounts.all_health() if health.held}
        ready = tx.items.ready_by_account()
        versions = tx.runbook_holds.held()
    workable = set(accounts) - held
    moving = sum(count for account, count in ready.items() if account in workable)
    stuck = counts.get(ItemState.WAITING, 0) - moving
    return Progress(
        counts=counts, stuck=stuck, held=tuple(sorted(held)), held_versions=tuple(versions)
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseCount:
    """How many open cases have the same kind and code, since when."""

    kind: CaseKind
    code: str
    count: int
    since: datetime


def open_cases(*, store: Store) -> list[CaseCount]:
    """Count the cases that are not closed, by kind and code, most frequent first."""
    groups: dict[tuple[CaseKind, str], list[datetime]] = {}
    with store.reading() as tx:
        for case in tx.cases.find(CaseFilter(unclosed=True), limit=_MANY):
            groups.setdefault((case.kind, case.code), []).append(case.opened_at)
    counts = [
        CaseCount(kind=kind, code=code, count=len(opened), since=min(opened))
        for (kind, code), opened in groups.items()
    ]
    return sorted(counts, key=lambda group: (-group.count, group.code))
