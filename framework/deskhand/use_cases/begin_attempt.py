"""Begin an attempt: a worker becomes its owner and learns what happened so far."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from deskhand.domain.attempt import Attempt, AttemptState
from deskhand.domain.effect import Effect
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.identifiers import AttemptId, WorkerId
from deskhand.domain.work_item import WorkItem
from deskhand.ports.attempt_store import StepResult
from deskhand.ports.clock import Clock
from deskhand.ports.item_store import StoredRunbook
from deskhand.ports.store import Store
from deskhand.use_cases.reap_worker import lose


@dataclass(frozen=True, slots=True, kw_only=True)
class BegunAttempt:
    """An attempt that is now ours, and everything known of its item.

    `began` tells when its attempts began, this one included. `folder` is where the item's
    delivery lay: the files that it names are relative to it.
    """

    attempt: Attempt
    item: WorkItem
    runbook: StoredRunbook
    results: tuple[StepResult, ...]
    effects: tuple[Effect, ...]
    verified: frozenset[str]
    began: Mapping[AttemptId, datetime]
    folder: Path


def begin_attempt(
    id: AttemptId, *, store: Store, clock: Clock, worker: WorkerId
) -> BegunAttempt | None:
    """Own an enqueued attempt; None when it is not enqueued any more, or this worker given up.

    A second delivery of the same attempt finds it running or ended and gets None. When the
    version of its runbook, or its account, has been held meanwhile, the attempt is given back:
    the item waits.
    """
    now = clock.now()
    with store.transaction() as tx:
        attempt = tx.attempts.get(id)
        if attempt.state is not AttemptState.ENQUEUED or not tx.workers.alive(worker):
            return None
        item = tx.items.get(attempt.item)
        if tx.runbook_holds.forbids(item.runbook_hash):
            lose(tx, attempt, clock=clock, why="version_held")
            return None
        if tx.accounts.health(attempt.account).held:
            # It was handed out before: one more login on a locked account makes it worse.
            lose(tx, attempt, clock=clock, why="account_held")
            return None
        started = replace(attempt.moved_to(AttemptState.RUNNING), owner=worker, started_at=now)
        tx.record(
            Entry(
                stream=item.stream,
                type=RecordType.ATTEMPT_STARTED,
                subject=f"attempt:{attempt.number}",
                state=started.state.value,
                actor=bot_actor(worker),
                at=now,
                attempt=attempt.number,
                data={"account": attempt.account, "runbook_hash": item.runbook_hash},
            )
        )
        tx.attempts.save(started)
        return BegunAttempt(
            attempt=started,
            item=item,
            runbook=tx.runbooks.get(item.runbook_hash),
            results=tuple(tx.journal.results_of(item.id)),
            effects=tuple(tx.journal.effects_of(item.id)),
            verified=tx.journal.verified_steps(item.id),
            began={
                one.id: one.started_at for one in tx.attempts.of_item(item.id) if one.started_at
            },
            folder=Path(tx.files.get(item.file).path).parent if item.file else Path(),
        )


def bot_actor(worker: WorkerId) -> Actor:
    """Return the actor that stands for the bots of a worker."""
    return Actor(kind=ActorKind.BOT, id=worker)
