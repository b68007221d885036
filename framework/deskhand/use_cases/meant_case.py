"""Which case a person means, and whether it is theirs to decide."""

from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import CaseState, Decision, ExceptionCase
from deskhand.domain.person_name import same_person
from deskhand.domain.queue import QueueBook
from deskhand.domain.work_item import WorkItem
from deskhand.errors import DecisionRefusedError, NotFoundError
from deskhand.ports.store import Transaction

_ENOUGH_OF_AN_ID = 8
_ENOUGH_OF_A_PART = 6


def meant_case(tx: Transaction, name: str) -> ExceptionCase:
    """Return the case that a person names, locked: by its id, its item, or its reference.

    What is enough to look at a case is not enough to decide it: where CLM-1 is closed already,
    it is the beginning of CLM-10. Raises `NotFoundError`.
    """
    found = tx.cases.named(name)
    begun = len(name) >= _ENOUGH_OF_AN_ID and found.id.startswith(name)
    if not (name in (found.id, found.item) or begun or names_reference(name, found.reference)):
        raise NotFoundError(
            "open case", name, advice=f"if you mean {found.reference}, name it: {found.id}"
        )
    return tx.cases.get(found.id)


def meant_item(tx: Transaction, name: str) -> WorkItem:
    """Return the item that a person names, locked: by its id or its reference.

    Raises `NotFoundError`.
    """
    found = tx.items.named(name)
    if name != found.id and not names_reference(name, found.reference):
        raise NotFoundError("item", name, advice=f"if you mean {found.reference}, name it whole")
    return tx.items.get(found.id)


def names_reference(name: str, reference: str) -> bool:
    """Whether a name is a reference, or a whole part of it that is long enough to tell."""
    return name == reference or (len(name) >= _ENOUGH_OF_A_PART and name in reference.split("/"))


def refuse_others(case: ExceptionCase, *, by: Actor) -> None:
    """Raise `DecisionRefusedError` when the case is closed or in somebody else's hands."""
    if case.state is CaseState.CLOSED:
        raise DecisionRefusedError(f"case {case.id} was closed by {case.closed_by}")
    if case.taken_by is not None and not same_person(case.taken_by, by.name):
        raise DecisionRefusedError(
            f"case {case.id} is with {case.taken_by}; they can give it back with: "
            f"deskhand exceptions give-back {case.id}"
        )


def refuse_unfit(
    case: ExceptionCase, *, by: Actor, book: QueueBook, decision: Decision | None = None
) -> None:
    """Raise `DecisionRefusedError` when a case, or a decision about it, is not for this person."""
    queue = book.of(case.queue)
    # A case that was escalated while somebody had it stays theirs to decide.
    theirs = case.taken_by is not None and same_person(case.taken_by, by.name)
    kept = case.escalated_from if theirs else None
    fitting = [name for name in (queue.name, kept) if name and book.may(by.name, name, case.client)]
    if not fitting:
        role = f" (role {queue.role})" if queue.role else ""
        who = ", ".join(book.who_may(queue.name, case.client)) or "nobody in people.yaml"
        raise DecisionRefusedError(
            f"case {case.id} of {case.client} is in the queue {queue.name}{role}, "
            f"which is not for {by.name}; who may: {who}"
        )
    if decision is not None and not any(book.of(name).allows(decision) for name in fitting):
        allowed = ", ".join(sorted(one.value for one in book.of(fitting[0]).may or ()))
        raise DecisionRefusedError(
            f"the queue {fitting[0]} does not allow to {decision.value}; it allows: {allowed}"
        )
