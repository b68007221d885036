"""A claim as the runbook gives it, and as the portal shows it."""

import re
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

from deskhand import ItemFields, Result, Sealed

from . import pages  # noqa: TID252 (a bot's folder is loaded by its path: it has no fixed name)

_FREQUENCIES = {
    "Original claim": "original",
    "Replacement of prior claim": "replacement",
    "Void of prior claim": "void",
}


class Line(ItemFields):
    """One service that a claim bills."""

    service_date: date
    code: str
    modifier: str | None = None
    units: int
    charge: Decimal


class Claim(ItemFields):
    """A professional claim, as the runbook's item has it."""

    claim_number: str
    frequency: str
    original_ref: str | None = None
    payer_id: str
    member_id: Sealed[str]
    patient_name: Sealed[str]
    patient_dob: Sealed[date]
    provider_npi: str
    place_of_service: str
    diagnosis_codes: list[str]
    prior_auth: str | None = None
    attachments: list[str]
    total_charge: Decimal
    lines: list[Line]


class Receipt(Result):
    """The portal's own word that it has the claim."""

    confirmation: str


class Summary(Result):
    """What the review page says will be submitted."""

    line_count: int
    total: Decimal


class HeldLine(Result):
    """One service, as the portal holds it."""

    service_date: date
    code: str
    modifier: str | None
    units: int
    charge: Decimal


class HeldClaim(Result):
    """A claim as the portal holds it, under the names of the item's fields."""

    claim_number: str
    frequency: str
    original_ref: str | None
    payer_id: str
    member_id: Sealed[str]
    patient_name: Sealed[str]
    patient_dob: Sealed[date]
    provider_npi: str
    place_of_service: str
    diagnosis_codes: list[str]
    prior_auth: str | None
    attachments: list[str]
    total_charge: Decimal
    lines: list[HeldLine]


async def held_claim(record: pages.Record, *, ours: list[str]) -> HeldClaim:
    """Read a claim from the tables that show it; `ours` are the item's own attachments."""
    values = await record.values()
    names = {Path(path).name: path for path in ours}
    return HeldClaim(
        claim_number=values["Claim number"],
        frequency=_FREQUENCIES.get(values["Frequency"], values["Frequency"]),
        original_ref=values["Original reference number"] or None,
        payer_id=values["Payer"],
        member_id=Sealed(values["Member ID"]),
        patient_name=Sealed(values["Patient name"]),
        patient_dob=Sealed(_day(values["Birth date"])),
        provider_npi=values["Rendering provider"],
        place_of_service=values["Place of service"],
        diagnosis_codes=_listed(values["Diagnoses"]),
        prior_auth=values["Prior authorization number"] or None,
        attachments=[names.get(name, name) for name in _listed(values["Attachments"])],
        total_charge=amount(await record.total_charge.inner_text()),
        lines=[_held_line(row) for row in await record.line_rows()],
    )


def _held_line(row: list[str]) -> HeldLine:
    _, day, code, modifier, units, charge = row
    return HeldLine(
        service_date=_day(day),
        code=code,
        modifier=modifier or None,
        units=int(units),
        charge=amount(charge),
    )


def _listed(text: str) -> list[str]:
    return [part for part in re.split(r",\s*", text) if part]


def _day(text: str) -> date:
    return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 (a day has no zone)


def amount(text: str) -> Decimal:
    """Read an amount as the portal writes it: $1,245.50."""
    return Decimal(text.strip().removeprefix("$").replace(",", ""))
