"""An attempt that a worker runs, and the fence through which all its writes go."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from deskhand.domain.attempt import Attempt
from deskhand.domain.entry import Entry
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.work_item import WorkItem
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store, Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.begin_attempt import bot_actor


@dataclass(frozen=True, slots=True, kw_only=True)
class FencedAttempt:
    """One running attempt of this worker, with what its writes need."""

    item: WorkItem
    attempt: Attempt
    owner: WorkerId
    store: Store
    seal: Seal
    clock: Clock

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Open a transaction whose first statement is the fence.

        Raises `FencedError` when the attempt is another's, `StoreUnavailableError` when
        nothing can be written.
        """
        with self.store.transaction() as tx:
            tx.attempts.fence(self.attempt.id, owner=self.owner)
            yield tx

    def now(self) -> datetime:
        """Return the present time."""
        return self.clock.now()

    def entry(
        self,
        type: str,
        subject: str,
        *,
        state: str = "",
        at: datetime | None = None,
        **facts: object,
    ) -> Entry:
        """Return a record of this attempt's bots about something in the item's stream."""
        return Entry(
            stream=self.item.stream,
            type=type,
            subject=subject,
            state=state,
            actor=bot_actor(self.owner),
            at=at or self.now(),
            attempt=self.attempt.number,
            data=facts,
        )
