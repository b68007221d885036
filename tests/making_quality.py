"""Test data of quality: re-checks, held versions, and what a project checks again."""

from dataclasses import replace
from decimal import Decimal

from deskhand.domain.entry import Entry, RecordType
from deskhand.domain.identifiers import CaseId, ItemId
from deskhand.domain.quality import QualityBook, Recheck, RecheckRule, RecheckState, RunbookHold
from deskhand.ports.store import Transaction
from tests.making import NOW, RUNBOOK, a_case, add_case, an_entry


def a_rule(**changes: object) -> RecheckRule:
    rule = RecheckRule(runbook="claims.tiny", share=Decimal(100))
    return replace(rule, **changes)  # type: ignore[arg-type]


def checking(**changes: object) -> QualityBook:
    """The book of a project that checks again by one rule: everything, unless it says less."""
    return QualityBook(rules=(a_rule(**changes),))


def a_recheck(item: str = "i1", **changes: object) -> Recheck:
    recheck = Recheck(
        item=ItemId(item),
        case=CaseId(f"{item}-q"),
        runbook="claims-submit",
        runbook_hash=RUNBOOK,
        client="lakeside",
        state=RecheckState.WAITING,
        audit_seq=0,
        why=("first_of_version", "share"),
        fields=("confirmation", "total"),
        chosen_at=NOW,
        ordinal=1,
    )
    return replace(recheck, **changes)  # type: ignore[arg-type]


def add_recheck(tx: Transaction, recheck: Recheck) -> Recheck:
    """Record a re-check and its case, and insert both."""
    add_case(tx, a_case(recheck.case, item=recheck.item))
    return choose(tx, recheck)


def choose(tx: Transaction, recheck: Recheck) -> Recheck:
    """Record a re-check whose case is there, and insert it."""
    told = replace(recheck, audit_seq=tx.record(_about(recheck)))
    tx.rechecks.add(told)
    return told


def answer(tx: Transaction, recheck: Recheck, **changes: object) -> Recheck:
    """Record that a re-check is answered, and save it."""
    facts = {"sealed": b"seen", "differing": (), "by": "ann", "at": NOW} | changes
    seq = tx.record(_about(recheck, RecheckState.ANSWERED))
    sealed = facts.pop("sealed")
    told = recheck.answered(sealed, audit_seq=seq, **facts)  # type: ignore[arg-type]
    tx.rechecks.save(told)
    return told


def a_version(**changes: object) -> RunbookHold:
    hold = RunbookHold(hash=RUNBOOK, runbook="claims-submit", number=1)
    return replace(hold, **changes)  # type: ignore[arg-type]


def hold_version(tx: Transaction, version: RunbookHold) -> RunbookHold:
    """Record that a version is held, and save it."""
    entry = an_entry(version.stream, version.subject, "held", type=RecordType.RUNBOOK_HELD)
    held = replace(
        version, audit_seq=tx.record(entry), held=True, held_by="ann", held_at=NOW, case=CaseId("v")
    )
    tx.runbook_holds.save(held)
    return held


def free_version(tx: Transaction, version: RunbookHold) -> RunbookHold:
    """Record that a version is released, and save it."""
    entry = an_entry(version.stream, version.subject, "working", type=RecordType.RUNBOOK_RELEASED)
    free = a_version(audit_seq=tx.record(entry))
    tx.runbook_holds.save(free)
    return free


def _about(recheck: Recheck, state: RecheckState = RecheckState.WAITING) -> Entry:
    return an_entry(recheck.stream, "recheck", state.value, type=RecordType.RECHECK_DECIDED)
