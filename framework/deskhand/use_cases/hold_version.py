"""Hold a version of a runbook because of a critical finding; release it again."""

import json
from dataclasses import dataclass, replace
from datetime import datetime

from deskhand.domain.entry import Actor, Entry, RecordType
from deskhand.domain.exception_case import CaseKind, Decision, ExceptionCase, Matter
from deskhand.domain.identifiers import CaseId
from deskhand.domain.quality import Recheck, RunbookHold
from deskhand.domain.queue import QueueBook
from deskhand.errors import DecisionRefusedError
from deskhand.ports.clock import Clock
from deskhand.ports.log_store import Event
from deskhand.ports.store import Store, Transaction
from deskhand.use_cases.close_case import close_case
from deskhand.use_cases.meant_case import refuse_others, refuse_unfit
from deskhand.use_cases.open_case import CaseOpener

QUALITY_CRITICAL = "QUALITY_CRITICAL"

_RELEASE = "deskhand quality release {runbook} {number} --reason TEXT"


def hold_version(
    tx: Transaction, recheck: Recheck, *, reference: str, opener: CaseOpener, queue: str
) -> RunbookHold:
    """Let no further attempt of the re-check's version begin, and open one case about it.

    What runs is finished. A version that is held already stays so, with the case that it has.
    """
    stored = tx.runbooks.get(recheck.runbook_hash)
    known = tx.runbook_holds.of(stored.hash) or RunbookHold(
        hash=stored.hash, runbook=stored.name, number=stored.number
    )
    if known.held:
        return known
    seq = tx.record(
        opener.entry(
            known.stream,
            RecordType.RUNBOOK_HELD,
            known.subject,
            state="held",
            attempt=None,
            number=known.number,
            item=recheck.item,
        )
    )
    held = replace(
        known,
        audit_seq=seq,
        held=True,
        held_by=opener.actor.name,
        held_at=opener.at,
        case=CaseId(f"version-{known.hash[:12]}-{seq}"),
    )
    tx.runbook_holds.save(held)
    tx.outbox.add(_event(held, at=opener.at))
    _open(tx, held, reference=reference, opener=opener, queue=queue)
    return held


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRelease:
    """A person's word that a version of a runbook may be performed again."""

    runbook: str
    number: int
    by: Actor
    reason: str


def release_version(
    release: VersionRelease, *, store: Store, clock: Clock, book: QueueBook
) -> RunbookHold:
    """Let attempts of a held version begin again and close its case, in one transaction.

    Raises `DecisionRefusedError` when it is not held, no reason is given, or its case is not
    for this person; `NotFoundError` when there is no such version.
    """
    if not release.reason.strip():
        raise DecisionRefusedError("releasing a version needs a reason: --reason TEXT")
    now = clock.now()
    with store.transaction() as tx:
        stored = tx.runbooks.numbered(release.runbook, release.number)
        hold = tx.runbook_holds.of(stored.hash)
        if hold is None or not hold.held or hold.case is None:
            raise DecisionRefusedError(f"{release.runbook} version {release.number} is not held")
        case = tx.cases.get(hold.case)
        refuse_others(case, by=release.by)
        refuse_unfit(case, by=release.by, book=book, decision=Decision.RELEASE)
        return _release(tx, hold, case, release, now=now)


def how_to_release(hold: RunbookHold) -> str:
    """Return the command that releases a version."""
    return _RELEASE.format(runbook=hold.runbook, number=hold.number)


def _release(
    tx: Transaction,
    hold: RunbookHold,
    case: ExceptionCase,
    release: VersionRelease,
    *,
    now: datetime,
) -> RunbookHold:
    seq = tx.record(
        Entry(
            stream=hold.stream,
            type=RecordType.RUNBOOK_RELEASED,
            subject=hold.subject,
            state="working",
            actor=release.by,
            at=now,
            data={"reason": release.reason, "number": hold.number},
        )
    )
    free = RunbookHold(hash=hold.hash, runbook=hold.runbook, number=hold.number, audit_seq=seq)
    tx.runbook_holds.save(free)
    close_case(tx, case, Decision.RELEASE, by=release.by, at=now, reason=release.reason)
    return free


def _event(hold: RunbookHold, *, at: datetime) -> Event:
    """Return what others are told, once a hold."""
    body = {"runbook": hold.runbook, "version": hold.number, "case": hold.case}
    return Event(
        event=RecordType.RUNBOOK_HELD,
        item=None,
        subject=str(hold.case),
        body=json.dumps(body, sort_keys=True),
        emitted_at=at,
    )


def _open(
    tx: Transaction, hold: RunbookHold, *, reference: str, opener: CaseOpener, queue: str
) -> ExceptionCase:
    matter = Matter(
        id=CaseId(str(hold.case)),
        reference=hold.words,
        stream=hold.stream,
        queue=queue,
        kind=CaseKind.SYSTEM,
        code=QUALITY_CRITICAL,
        group=f"{QUALITY_CRITICAL}@{hold.hash}",
        runbook=hold.runbook,
    )
    detail = {
        "message": f"a bot's work on {reference} was found wrong: {hold.words} is held",
        "hint": f"when it may be performed again: {how_to_release(hold)}",
    }
    return opener.about_no_item(tx, matter, detail=detail)
