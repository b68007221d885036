"""Sweep cases: tell once of each that gets close to its due time, and once that it has passed."""

import json
from dataclasses import dataclass
from datetime import datetime

from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.exception_case import ExceptionCase, Told
from deskhand.domain.identifiers import CaseId
from deskhand.domain.queue import QueueBook
from deskhand.ports.clock import Clock
from deskhand.ports.log_store import Event
from deskhand.ports.store import Store, Transaction

SWEEPER = Actor(kind=ActorKind.SERVICE, id="sweeper")
AT_A_TIME = 200

_FACTS = {Told.RISK: RecordType.CASE_AT_RISK, Told.OVERDUE: RecordType.CASE_OVERDUE}


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How many cases were told of, and how many went to another queue."""

    at_risk: int = 0
    overdue: int = 0
    escalated: int = 0

    def __add__(self, other: "Swept") -> "Swept":
        return Swept(
            at_risk=self.at_risk + other.at_risk,
            overdue=self.overdue + other.overdue,
            escalated=self.escalated + other.escalated,
        )


def sweep_cases(*, store: Store, clock: Clock, book: QueueBook) -> Swept:
    """Tell of the cases whose time has come; each in a transaction of its own.

    Safe with any number of sweepers: what was told stands in the case, which is locked.
    """
    now = clock.now()
    with store.reading() as tx:
        due = tx.case_clocks.to_tell(now=now, limit=AT_A_TIME)
    swept = Swept()
    for case in due:
        with store.transaction() as tx:
            swept += _sweep(tx, case, book=book, now=now)
    return swept


def _sweep(tx: Transaction, id: CaseId, *, book: QueueBook, now: datetime) -> Swept:
    case = tx.cases.get(id)
    untold = case.untold(now=now)
    for told in untold:
        case = _tell(tx, case, told, now=now)
    target = book.of(case.queue).escalate_to if Told.OVERDUE in untold else None
    if target is not None:
        _escalate(tx, case, to=target, now=now)
    return Swept(
        at_risk=Told.RISK in untold,
        overdue=Told.OVERDUE in untold,
        escalated=target is not None,
    )


def _tell(tx: Transaction, case: ExceptionCase, told: Told, *, now: datetime) -> ExceptionCase:
    """Note what has come true, with its record and its event."""
    fact = _FACTS[told]
    seq = tx.record(_entry(case, fact, now=now))
    tx.cases.save(saying := case.having_told(told, audit_seq=seq))
    body = {
        "case": case.id,
        "item": case.item,
        "client": case.client,
        "runbook": case.runbook,
        "queue": case.queue,
        "kind": case.kind.value,
        "code": case.code,
        "due_at": case.due_at.isoformat() if case.due_at else None,
    }
    tx.outbox.add(
        Event(
            event=fact,
            item=case.item,
            subject=case.id,
            body=json.dumps(body, sort_keys=True),
            emitted_at=now,
        )
    )
    return saying


def _escalate(tx: Transaction, case: ExceptionCase, *, to: str, now: datetime) -> None:
    seq = tx.record(
        _entry(case, RecordType.CASE_ESCALATED, now=now, **{"from": case.queue, "to": to})
    )
    tx.cases.save(case.escalated(to=to, audit_seq=seq))


def _entry(case: ExceptionCase, type: str, *, now: datetime, **data: str) -> Entry:
    return Entry(
        stream=case.stream,
        type=type,
        subject=f"case:{case.id}",
        state=case.state.value,
        actor=SWEEPER,
        at=now,
        data=data,
    )
