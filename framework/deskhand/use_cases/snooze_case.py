"""Snooze a case: nobody is handed it before a moment. Its clock runs on."""

from datetime import datetime, timedelta

from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.exception_case import ExceptionCase
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.desk import Desk, Word, refuse_telling
from deskhand.use_cases.meant_case import meant_case, refuse_others, refuse_unfit
from deskhand.use_cases.who_decides import refuse_barred

LONGEST = timedelta(days=92)


def snooze_case(word: Word, *, until: datetime, desk: Desk) -> ExceptionCase:
    """Let a case rest until a moment; taking it ends the rest.

    Raises `DecisionRefusedError` without a reason, for a moment that is past or too far away,
    and when the case is not this person's, or must be decided by somebody else.
    """
    now = desk.clock.now()
    if not word.reason.strip():
        raise DecisionRefusedError("snoozing a case needs a reason: --reason TEXT")
    if not now < until <= now + LONGEST:
        raise DecisionRefusedError(f"a case rests until a moment in the next {LONGEST.days} days")
    with desk.store.transaction() as tx:
        case = meant_case(tx, word.case)
        refuse_others(case, by=word.by)
        refuse_unfit(case, by=word.by, book=desk.book)
        refuse_barred(tx, case, by=word.by, seal=desk.seal)
        if case.item is not None:
            refuse_telling(tx, tx.items.get(case.item), word, desk=desk)
        seq = tx.record(
            Entry(
                stream=case.stream,
                type=RecordType.CASE_SNOOZED,
                subject=f"case:{case.id}",
                state=case.state.value,
                actor=word.by,
                at=now,
                data={"until": until.isoformat(), "reason": word.reason},
            )
        )
        tx.cases.save(snoozed := case.snoozed(until=until, audit_seq=seq))
    return snoozed
