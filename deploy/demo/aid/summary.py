"""What the aid office's demo came to: counted from the store, held against the portal's ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.demo.aid.people import ScriptedPeople
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.domain.exception_case import CaseKind
from deskhand.domain.identifiers import AccountName
from deskhand.domain.schedule import TriggerSlot
from deskhand.domain.work_item import ItemState
from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.watch_progress import CaseCount, open_cases


@dataclass(frozen=True, slots=True, kw_only=True)
class AidSummary:
    """The figures of one demo. `listed` are the rows that the ledger gave when it was asked."""

    listed: int
    accepted: int
    rejected_rows: int
    done: int
    duplicates: int
    open: int
    cases: Mapping[str, int]
    answers: int
    approvals: int
    portal_acts: Mapping[str, int]
    portal_duplicates: int
    audit: str
    audit_records: int
    seconds: float
    groups: Sequence[CaseCount]
    held: Sequence[AccountName]
    folder: Path

    @property
    def holds(self) -> bool:
        """Whether the log is whole, and nothing was done twice."""
        return self.audit == "verified" and not self.portal_duplicates

    def facts(self) -> dict[str, object]:
        """Return the figures as JSON types."""
        return {
            "rows": self.listed,
            "rejected_rows": self.rejected_rows,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "done": self.done,
            "open": self.open,
            "cases": dict(self.cases),
            "answers": self.answers,
            "approvals": self.approvals,
            "portal_acts": dict(self.portal_acts),
            "portal_duplicates": self.portal_duplicates,
            "audit": self.audit,
            "audit_records": self.audit_records,
            "seconds": round(self.seconds, 1),
        }

    def text(self) -> str:
        """Return the figures as a person reads them."""
        acts = ", ".join(f"{count} {kind}s" for kind, count in self.portal_acts.items())
        return "\n".join(
            [
                "",
                f"{self.listed} aid files in the school's ledger: {self.accepted} accepted, "
                f"{self.rejected_rows} set aside",
                f"{self.done:>6}  done",
                *([f"{self.duplicates:>6}  verified before"] if self.duplicates else []),
                f"{sum(self.cases.values()):>6}  with people",
                *(f"          {one.count} {one.kind.value}: {one.code}" for one in self.groups),
                *([f"{self.open:>6}  open"] if self.open else []),
                *(f"        held: {account}" for account in self.held),
                "",
                f"{self.answers} questions answered and {self.approvals} corrections approved "
                "by scripted people",
                f"in the portal's own ledger: {acts}; {self.portal_duplicates} twice",
                f"audit log: {self.audit}, {self.audit_records} records",
                f"in {self.seconds:.0f} seconds",
                "",
                f"next:  .venv/bin/deskhand --project {self.folder} exceptions list",
            ]
        )


def summarise_aid(
    place: Workplace,
    people: ScriptedPeople,
    *,
    slots: Sequence[TriggerSlot],
    held: Sequence[AccountName],
    ledger: Sequence[Mapping[str, Any]],
    seconds: float,
) -> AidSummary:
    """Count what came of the files."""
    verdict = verify_log(by=human("demo"), store=place.store, clock=place.clock)
    with place.store.reading() as tx:
        states = tx.items.counts(ItemFilter())
        records = tx.audit_log.count()
    groups = open_cases(store=place.store)
    commits = Counter((row["student_id"], row["kind"]) for row in ledger)
    accepted = sum(slot.accepted for slot in slots)
    rejected = sum(slot.rejected for slot in slots)
    return AidSummary(
        listed=accepted + rejected + sum(slot.repeats + slot.conflicts for slot in slots),
        accepted=accepted,
        rejected_rows=rejected,
        done=states.get(ItemState.DONE, 0),
        duplicates=states.get(ItemState.DUPLICATE, 0),
        open=states.get(ItemState.WAITING, 0) + states.get(ItemState.PERFORMING, 0),
        cases=_by_kind(groups),
        answers=people.answers,
        approvals=people.approvals,
        portal_acts=dict(sorted(Counter(str(row["kind"]) for row in ledger).items())),
        portal_duplicates=sum(count - 1 for count in commits.values()),
        audit="verified" if verdict.clean else "NOT verified",
        audit_records=records,
        seconds=seconds,
        groups=groups,
        held=held,
        folder=place.project.folder,
    )


def _by_kind(groups: Sequence[CaseCount]) -> dict[str, int]:
    counts = {kind.value: 0 for kind in CaseKind}
    for group in groups:
        counts[group.kind.value] += group.count
    return counts
