"""Close a case that is about no item: a person has seen to what it told of."""

from deskhand.domain.cause import SystemCode
from deskhand.domain.exception_case import Decision, ExceptionCase
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.desk import Desk, Word, about_no_item, need_reason
from deskhand.use_cases.hold_version import QUALITY_CRITICAL
from deskhand.use_cases.meant_case import meant_case, refuse_others, refuse_unfit


def settle_case(word: Word, *, desk: Desk) -> ExceptionCase:
    """Close the case; raises `DecisionRefusedError` for one that is decided in another way."""
    need_reason(word)
    with desk.store.transaction() as tx:
        case = meant_case(tx, word.case)
        refuse_others(case, by=word.by)
        refuse_unfit(case, by=word.by, book=desk.book, decision=Decision.SETTLED)
        if case.item is not None:
            raise DecisionRefusedError(
                f"case {case.id} is about an item, which needs a decision: "
                f"deskhand exceptions show {case.id}"
            )
        if case.account or case.code in (SystemCode.EVENT_UNDELIVERED, QUALITY_CRITICAL):
            raise DecisionRefusedError(about_no_item(case))
        return close_case(
            tx,
            case,
            Decision.SETTLED,
            by=word.by,
            at=desk.clock.now(),
            reason=word.reason,
        )
