"""Who may not decide a case that the queue allows them: somebody else is wanted for it."""

from deskhand.domain.entry import Actor
from deskhand.domain.exception_case import ASKED, CaseKind, ExceptionCase
from deskhand.domain.question import Answer
from deskhand.errors import DecisionRefusedError
from deskhand.ports.store import Transaction
from deskhand.ports.vault import Seal
from deskhand.use_cases.ask_person import asked_question, barring_answer
from deskhand.use_cases.who_checks import is_involved, refuse_involved


def is_barred(tx: Transaction, case: ExceptionCase, *, by: Actor, seal: Seal) -> bool:
    """Whether this person is kept from deciding a case.

    A question, for an answer that they gave before; a re-check, for their hand in the work.
    """
    if case.kind is CaseKind.QUALITY and case.item is not None:
        return is_involved(tx, tx.items.get(case.item), by=by)
    return _barring(tx, case, by=by, seal=seal) is not None


def refuse_barred(tx: Transaction, case: ExceptionCase, *, by: Actor, seal: Seal) -> None:
    """Raise `DecisionRefusedError` when this person is kept from deciding a case.

    They neither hold it nor put it off: it waits for somebody else.
    """
    if case.kind is CaseKind.QUALITY and case.item is not None:
        refuse_involved(tx, tx.items.get(case.item), by=by)
    barring = _barring(tx, case, by=by, seal=seal)
    if barring is not None:
        raise DecisionRefusedError(
            f"{barring.by} answered `{barring.step}` of this item: somebody else must decide "
            f"`{case.step}`, so case {case.id} is left for them"
        )


def _barring(tx: Transaction, case: ExceptionCase, *, by: Actor, seal: Seal) -> Answer | None:
    asked = asked_question(case, seal=seal) if case.kind in ASKED else None
    return None if asked is None else barring_answer(tx, case, asked, by=by)
