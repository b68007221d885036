"""Take a case, so that others see who works on it; give it back."""

from datetime import datetime

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseState, ExceptionCase
from deskhand.errors import DecisionRefusedError
from deskhand.ports.store import Transaction
from deskhand.use_cases.desk import Desk
from deskhand.use_cases.meant_case import meant_case, refuse_others, refuse_unfit
from deskhand.use_cases.who_decides import refuse_barred


def take_case(name: str, *, by: Actor, desk: Desk) -> ExceptionCase:
    """Take an open case.

    Raises `DecisionRefusedError` when somebody else holds it, it is not for this person, or they
    may not decide it: they would keep it from those who may.
    """
    with desk.store.transaction() as tx:
        case = meant_case(tx, name)
        refuse_others(case, by=by)
        refuse_unfit(case, by=by, book=desk.book)
        refuse_barred(tx, case, by=by, seal=desk.seal)
        return hand_over(tx, case, to=by, at=desk.clock.now())


def hand_over(tx: Transaction, case: ExceptionCase, *, to: Actor, at: datetime) -> ExceptionCase:
    """Put a case into somebody's hands, with its record."""
    seq = tx.record(
        Entry(
            stream=case.stream,
            type=RecordType.CASE_TAKEN,
            subject=f"case:{case.id}",
            state=CaseState.TAKEN.value,
            actor=to,
            at=at,
        )
    )
    taken = case.taken(by=to.name, at=at, audit_seq=seq)
    tx.cases.save(taken)
    return taken


def give_back_case(name: str, *, by: Actor, desk: Desk) -> ExceptionCase:
    """Give a taken case back; raises `DecisionRefusedError` when it is not this person's."""
    with desk.store.transaction() as tx:
        case = meant_case(tx, name)
        if case.state is not CaseState.TAKEN:
            raise DecisionRefusedError(f"nobody has taken case {case.id}")
        refuse_others(case, by=by)
        seq = tx.record(
            Entry(
                stream=case.stream,
                type=RecordType.CASE_GIVEN_BACK,
                subject=f"case:{case.id}",
                state=CaseState.OPEN.value,
                actor=by,
                at=desk.clock.now(),
            )
        )
        free = case.given_back(audit_seq=seq)
        tx.cases.save(free)
    return free
