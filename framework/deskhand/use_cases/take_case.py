"""Take a case, so that others see who works on it; give it back."""

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseState, ExceptionCase
from deskhand.errors import DecisionRefusedError
from deskhand.ports.clock import Clock
from deskhand.ports.store import Store


def take_case(name: str, *, by: Actor, store: Store, clock: Clock) -> ExceptionCase:
    """Take an open case; raises `DecisionRefusedError` when somebody else holds it."""
    now = clock.now()
    with store.transaction() as tx:
        case = tx.cases.get(tx.cases.named(name).id)
        refuse_others(case, by=by)
        seq = tx.record(
            Entry(
                stream=case.stream,
                type=RecordType.CASE_TAKEN,
                subject=f"case:{case.id}",
                state=CaseState.TAKEN.value,
                actor=by,
                at=now,
            )
        )
        taken = case.taken(by=by.name, at=now, audit_seq=seq)
        tx.cases.save(taken)
    return taken


def give_back_case(name: str, *, by: Actor, store: Store, clock: Clock) -> ExceptionCase:
    """Give a taken case back; raises `DecisionRefusedError` when it is not this person's."""
    with store.transaction() as tx:
        case = tx.cases.get(tx.cases.named(name).id)
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
                at=clock.now(),
            )
        )
        free = case.given_back(audit_seq=seq)
        tx.cases.save(free)
    return free


def refuse_others(case: ExceptionCase, *, by: Actor) -> None:
    """Raise `DecisionRefusedError` when the case is closed or in somebody else's hands."""
    if case.state is CaseState.CLOSED:
        raise DecisionRefusedError(f"case {case.id} was closed by {case.closed_by}")
    if case.taken_by is not None and case.taken_by != by.name:
        raise DecisionRefusedError(
            f"case {case.id} is with {case.taken_by}; they can give it back with: "
            f"deskhand exceptions give-back {case.id}"
        )
