"""Carry out a person's decision about an item: the case closes, the item goes on or rests.

Every decision is one transaction: the decision's record, the case, the item, and where an act
was in doubt, what the person says of it.
"""

from deskhand.domain.exception_case import ASKED, CaseKind, Decision, ExceptionCase
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.accept_items import REFERENCE_CONFLICT
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.desk import (
    Desk,
    Word,
    go_on,
    need_reason,
    open_case,
    refuse_unseen,
    rest,
    runbook_of,
)
from deskhand.use_cases.settle_doubt import (
    claim_by_hand,
    refuse_done,
    settle_doubt,
    unproven_step,
    unsettled,
)

_LONGEST_NUMBER = 200


def retry_case(word: Word, *, desk: Desk, not_there: bool = False) -> WorkItem:
    """Let the bots try again with the data as it is; the item's tries start anew.

    While an act is in doubt they ask the portal again; `not_there` is the person's word that
    they looked and it is not there, so that it may be done once more.
    """
    with desk.store.transaction() as tx:
        case, item = open_case(tx, word, Decision.RETRY, desk=desk)
        _refuse_question(case)
        if case.code == REFERENCE_CONFLICT:
            raise DecisionRefusedError(
                "two items have this reference; reject this one, or fix its reference"
            )
        settle_doubt(tx, item, word, desk=desk, not_there=not_there)
        close_case(tx, case, Decision.RETRY, by=word.by, at=desk.clock.now(), reason=word.reason)
        return go_on(tx, item, word, desk=desk)


def done_by_hand(word: Word, *, number: str, desk: Desk) -> WorkItem:
    """Take a person's word that it is done, under the portal's `number`; the bot looks it up.

    Where the runbook has no `once` step left to prove, the item rests as done by hand.
    """
    if not number.strip():
        raise DecisionRefusedError("give the portal's number: --number NUMBER")
    if len(number) > _LONGEST_NUMBER or not number.strip().isprintable():
        raise DecisionRefusedError("that is no portal's number: it is too long, or not one line")
    need_reason(word)
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        case, item = open_case(tx, word, Decision.DONE, desk=desk)
        _refuse_question(case)
        close_case(tx, case, Decision.DONE, by=word.by, at=now, reason=word.reason)
        step = unproven_step(tx, item, runbook_of(tx, item, desk), case_step=case.step)
        if step is not None:
            claim_by_hand(tx, item, step, number.strip(), word, desk=desk)
            return go_on(tx, item, word, desk=desk)
        return rest(tx, item, ItemState.DONE_BY_HAND, word, now=now, number=number.strip())


def reject_case(word: Word, *, desk: Desk) -> WorkItem:
    """Decide that the item will not be done; the client is told the reason.

    Raises `DecisionRefusedError` while an act is in doubt: the portal may have it.
    """
    return _reject(word, Decision.REJECT, desk=desk)


def refuse_case(word: Word, *, desk: Desk) -> WorkItem:
    """Refuse an approval: the item will not be done; the client is told the reason.

    Raises `DecisionRefusedError` as `reject_case` does, and when no approval is asked for.
    """
    return _reject(word, Decision.REFUSE, desk=desk)


def _reject(word: Word, decision: Decision, *, desk: Desk) -> WorkItem:
    need_reason(word)
    now = desk.clock.now()
    with desk.store.transaction() as tx:
        case, item = open_case(tx, word, decision, desk=desk)
        if decision is Decision.REFUSE and case.kind is not CaseKind.APPROVAL:
            raise DecisionRefusedError(
                f"case {case.id} asks for no approval; to end it without doing it: "
                "deskhand exceptions reject"
            )
        if decision is Decision.REFUSE:
            refuse_unseen(case, word)
        if unsettled(tx, item):
            raise DecisionRefusedError(
                "it is not known yet whether this item was submitted; settle that first: "
                "deskhand exceptions retry --not-there, or done with the portal's number"
            )
        if case.kind not in ASKED:
            # A question is put before what it is about: what was done earlier is no yes to it.
            refuse_done(tx, item)
        close_case(tx, case, decision, by=word.by, at=now, reason=word.reason)
        return rest(tx, item, ItemState.REJECTED, word, now=now)


def _refuse_question(case: ExceptionCase) -> None:
    """A question has an answer; going on without one would pass it by."""
    if case.kind in ASKED:
        verb = "approve or refuse" if case.kind is CaseKind.APPROVAL else "answer"
        raise DecisionRefusedError(
            f"case {case.id} waits for a person's word: {verb} it, or fix or reject the item"
        )
