"""What the demo came to: counted from the store, held against the portal's own ledger."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from deskhand.bootstrap.workplace import Workplace, human
from deskhand.domain.exception_case import ASKED, CaseKind
from deskhand.domain.identifiers import AccountName
from deskhand.domain.work_item import ItemState
from deskhand.ports.item_store import ItemFilter
from deskhand.use_cases.answer_client import Total
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.sealing import fields_context, open_json
from deskhand.use_cases.watch_progress import CaseCount, open_cases

_MANY = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """The figures of one demo. `patients` are the people whose claim was accepted."""

    rows: int
    rejected_rows: int
    accepted: int
    duplicates: int
    done: int
    open: int
    cases: Mapping[str, int]
    portal_claims: int
    portal_duplicates: int
    fields_checked: int
    fields_wrong: int
    audit: str
    audit_records: int
    seconds: float
    patients: int
    groups: Sequence[CaseCount]
    totals: Mapping[str, Sequence[Total]]
    held: Sequence[AccountName]
    folder: Path

    def facts(self) -> dict[str, object]:
        """Return the figures as JSON types."""
        return {
            "rows": self.rows,
            "rejected_rows": self.rejected_rows,
            "accepted": self.accepted,
            "duplicates": self.duplicates,
            "done": self.done,
            "open": self.open,
            "cases": dict(self.cases),
            "portal_claims": self.portal_claims,
            "portal_duplicates": self.portal_duplicates,
            "fields_checked": self.fields_checked,
            "fields_wrong": self.fields_wrong,
            "audit": self.audit,
            "audit_records": self.audit_records,
            "seconds": round(self.seconds, 1),
        }

    def text(self) -> str:
        """Return the figures as a person reads them."""
        return "\n".join(
            [
                "",
                f"{self.rows} rows: {self.accepted} accepted, {self.rejected_rows} set aside",
                f"{self.done:>6}  done, for {self.patients} patients",
                f"{self.duplicates:>6}  duplicates, not submitted again",
                f"{sum(self.cases.values()):>6}  with people",
                *(f"          {one.count} {one.kind.value}: {one.code}" for one in self.groups),
                *([f"{self.open:>6}  open"] if self.open else []),
                *(f"        held: {account}" for account in self.held),
                "",
                f"{self.fields_checked - self.fields_wrong} of {self.fields_checked} fields "
                "read back from the portal are right",
                f"{self.portal_claims} claims in the portal's own ledger, "
                f"{self.portal_duplicates} twice",
                f"audit log: {self.audit}, {self.audit_records} records",
                "",
                "control totals",
                *(_totals_line(name, totals) for name, totals in self.totals.items()),
                "",
                f"files and answers  {self.folder / 'inbox'}",
                f"evidence, sealed   {self.folder / 'state' / 'evidence'}",
                f"in {self.seconds:.0f} seconds",
                "",
                f"next:  .venv/bin/deskhand --project {self.folder} exceptions list",
            ]
        )


def summarise(
    place: Workplace,
    *,
    totals: Mapping[str, Sequence[Total]],
    held: Sequence[AccountName],
    ledger: Sequence[Mapping[str, Any]],
    seconds: float,
) -> Summary:
    """Count what came of the files."""
    added = _added(totals)
    verdict = verify_log(by=human("demo"), store=place.store, clock=place.clock)
    with place.store.reading() as tx:
        checked, wrong = tx.journal.read_back_totals(ItemFilter())
        records = tx.audit_log.count()
    groups = open_cases(store=place.store)
    item_groups = [group for group in groups if group.code not in _account_codes(place)]
    commits = Counter(
        (row["organisation"], row["claim_number"], row["received"]["frequency"]) for row in ledger
    )
    return Summary(
        rows=added["rows"],
        rejected_rows=added["rejected"],
        accepted=added["accepted"],
        duplicates=added["duplicate"],
        done=added["done"],
        open=added["open"],
        cases=_by_kind(item_groups),
        portal_claims=len(ledger),
        portal_duplicates=sum(count - 1 for count in commits.values()),
        fields_checked=checked,
        fields_wrong=wrong,
        audit="verified" if verdict.clean else "NOT verified",
        audit_records=records,
        seconds=seconds,
        patients=_patients(place),
        groups=groups,
        totals=totals,
        held=held,
        folder=place.project.folder,
    )


def _added(totals: Mapping[str, Sequence[Total]]) -> Counter[str]:
    added: Counter[str] = Counter()
    for file in totals.values():
        for total in file:
            added[total.name] += total.count
    return added


def _by_kind(groups: Sequence[CaseCount]) -> dict[str, int]:
    aside = {*ASKED, CaseKind.QUALITY}
    counts = {kind.value: 0 for kind in CaseKind if kind not in aside}
    for group in groups:
        if group.kind.value in counts:
            counts[group.kind.value] += group.count
    return counts


def _account_codes(place: Workplace) -> set[str]:
    """Return the codes of cases about accounts: they are no item's."""
    with place.store.reading() as tx:
        return {health.held_for for health in tx.accounts.all_health() if health.held_for}


def _patients(place: Workplace) -> int:
    """Count the people behind the claims that are done; nobody's name leaves this function."""
    with place.store.reading() as tx:
        done = tx.items.find(ItemFilter(state=ItemState.DONE), limit=_MANY)
    members = set()
    for item in done:
        fields = open_json(item.sealed_fields, seal=place.seal, context=fields_context(item.id))
        members.add(fields["member_id"])
    return len(members)


def _totals_line(name: str, totals: Sequence[Total]) -> str:
    parts = [
        f"{total.name.replace('_', ' ')} {total.count} = {_money(total.amount)}"
        for total in totals
        if total.count and total.name not in ("rows", "rejected")
    ]
    return f"  {name:<12} {'; '.join(parts)}"


def _money(amount: Decimal) -> str:
    return f"{amount:,.2f}"
