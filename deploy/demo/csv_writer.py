"""Writes claims as a practice-management system exports them: one wide CSV row a claim."""

import csv
from collections.abc import Iterable
from decimal import Decimal
from typing import Final, TextIO

from deploy.demo.values import Claim, FileRow, Flaw

_MOST_DIAGNOSES: Final = 4
_BEFORE: Final = (
    "PatientControlNo",
    "Frequency",
    "OriginalRef",
    "Payer",
    "MemberId",
    "PatientName",
    "BirthDate",
    "Npi",
    "Pos",
)
_LINE: Final = ("Date", "Code", "Modifier", "Units", "Charge")


def write_csv(stream: TextIO, rows: Iterable[FileRow], *, lines: int = 3) -> int:
    """Write the rows under a heading with room for so many lines; return how many there were."""
    writer = csv.writer(stream)
    writer.writerow(_heading(lines))
    written = 0
    for row in rows:
        writer.writerow(_cells(row, lines))
        written += 1
    return written


def _heading(lines: int) -> list[str]:
    return [
        *_BEFORE,
        *(f"diagnosis_codes[{number}]" for number in range(1, _MOST_DIAGNOSES + 1)),
        "PriorAuth",
        "attachments[1]",
        "Total",
        "FileBy",
        *(f"lines[{number}].{name}" for number in range(1, lines + 1) for name in _LINE),
    ]


def _cells(row: FileRow, lines: int) -> list[object]:
    claim, flaw = row.claim, row.flaw
    return [
        claim.claim_number,
        claim.frequency,
        claim.original_ref,
        claim.payer_id,
        None if flaw is Flaw.NO_MEMBER else claim.member_id,
        claim.patient_name,
        "1985-02-30" if flaw is Flaw.BAD_DATE else claim.patient_dob,
        _misread(claim.provider_npi) if flaw is Flaw.BAD_NPI else claim.provider_npi,
        claim.place_of_service,
        *_padded(claim.diagnosis_codes, _MOST_DIAGNOSES),
        claim.prior_auth,
        *_padded(claim.attachments, 1),
        _total(claim, flaw),
        claim.filing_deadline,
        *_padded(_line_cells(claim), lines * len(_LINE)),
    ]


def _line_cells(claim: Claim) -> list[object]:
    return [
        cell
        for line in claim.lines
        for cell in (line.service_date, line.code, line.modifier, line.units, line.charge)
    ]


def _padded(cells: Iterable[object], count: int) -> list[object]:
    padded = [*cells]
    if len(padded) > count:
        raise ValueError(f"the heading has room for {count} cells of a kind, not {len(padded)}")
    return padded + [None] * (count - len(padded))


def _misread(npi: str) -> str:
    return npi[:-1] + str((int(npi[-1]) + 1) % 10)


def _total(claim: Claim, flaw: Flaw | None) -> object:
    match flaw:
        case Flaw.BAD_TOTAL:
            return "see invoice"
        case Flaw.WRONG_SUM:
            return claim.total_charge + Decimal("10.00")
        case _:
            return claim.total_charge
