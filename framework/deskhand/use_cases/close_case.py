"""Close a case with a person's decision, and its record."""

from datetime import datetime

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseState, Decision, ExceptionCase
from deskhand.ports.store import Transaction


def close_case(
    tx: Transaction,
    case: ExceptionCase,
    decision: Decision,
    *,
    by: Actor,
    at: datetime,
    reason: str,
) -> ExceptionCase:
    """Write the decision's record, then the closed case."""
    seq = tx.record(
        Entry(
            stream=case.stream,
            type=RecordType.CASE_DECIDED,
            subject=f"case:{case.id}",
            state=CaseState.CLOSED.value,
            actor=by,
            at=at,
            data={"decision": decision.value, "reason": reason, "code": case.code},
        )
    )
    closed = case.closed(decision, by=by.name, at=at, audit_seq=seq)
    tx.cases.save(closed)
    return closed
