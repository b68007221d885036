"""Cases with clocks, and records of them as people are told of them."""

from dataclasses import replace
from datetime import timedelta

from deskhand.domain.exception_case import Decision, ExceptionCase, Told
from deskhand.ports.store import Transaction
from tests.making import NOW, a_case, an_entry

HOUR = timedelta(hours=1)


def a_clocked_case(number: int, **changes: object) -> ExceptionCase:
    case = a_case(f"i{number}-1", item=f"i{number}", due_at=NOW + HOUR, risk_at=NOW)
    return replace(case, **changes)  # type: ignore[arg-type]


def opened(tx: Transaction, case: ExceptionCase) -> ExceptionCase:
    """Record a case as a use case does, and insert it."""
    entry = an_entry(case.stream, f"case:{case.id}", case.state.value, type="case.opened")
    told = case.at_record(tx.record(entry))
    tx.cases.add(told)
    return told


def say(tx: Transaction, case: ExceptionCase, told: Told) -> ExceptionCase:
    fact = "case.at_risk" if told is Told.RISK else "case.overdue"
    seq = tx.record(an_entry(case.stream, f"case:{case.id}", case.state.value, type=fact))
    tx.cases.save(saying := case.having_told(told, audit_seq=seq))
    return saying


def close(tx: Transaction, case: ExceptionCase) -> None:
    seq = tx.record(an_entry(case.stream, f"case:{case.id}", "closed"))
    tx.cases.save(case.closed(Decision.RETRY, by="ann", at=NOW + HOUR, audit_seq=seq))
