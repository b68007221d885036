"""The payer's rules for a whole claim: the first one that it breaks refuses it."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from tests.portals.payer.world import Claim, Member, Payer, npi_check_holds

DIAGNOSIS = re.compile(r"^[A-Z]\d[0-9A-Z](\.[0-9A-Z]{1,4})?$")
PROCEDURE = re.compile(r"^(\d{4}[0-9AFMTU]|[A-V]\d{4})$")
MODIFIER = re.compile(r"^[0-9A-Z]{2}$")
MOST_DIAGNOSES = 12
MOST_LINES = 50
PLACES_OF_SERVICE = {
    "02": "Telehealth, not in patient's home",
    "10": "Telehealth in patient's home",
    "11": "Office",
    "12": "Home",
    "19": "Off campus outpatient hospital",
    "20": "Urgent care facility",
    "21": "Inpatient hospital",
    "22": "On campus outpatient hospital",
    "23": "Emergency room",
    "24": "Ambulatory surgical center",
    "31": "Skilled nursing facility",
    "32": "Nursing facility",
    "41": "Ambulance, land",
    "49": "Independent clinic",
    "50": "Federally qualified health center",
    "65": "End-stage renal disease facility",
    "71": "Public health clinic",
    "72": "Rural health clinic",
    "81": "Independent laboratory",
    "99": "Other place of service",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the payer does not take a claim: a code for programs, a text for people."""

    code: str
    text: str


class Register(Protocol):
    """What the rules look things up in."""

    def payer(self, payer_id: str) -> Payer: ...
    def member(self, member_id: str) -> Member | None: ...
    def needs_authorisation(self, code: str) -> bool: ...
    def on_file(self, reference: str) -> str | None: ...


def refusal_of(claim: Claim, register: Register, today: date) -> Refusal | None:
    """Give the first reason to refuse the claim, or nothing."""
    return next((no for rule in _RULES if (no := rule(claim, register, today))), None)


def line_keys(claim: Claim) -> list[str]:
    """Name each line by what makes two services the same service."""
    return [
        "|".join(
            (
                claim.payer_id,
                claim.member_id,
                claim.provider_npi,
                line.service_date.isoformat(),
                line.code,
                line.modifier or "",
                str(line.units),
                str(line.charge),
            )
        )
        for line in claim.lines
    ]


def _provider_is_valid(claim: Claim, _register: Register, _today: date) -> Refusal | None:
    if npi_check_holds(claim.provider_npi):
        return None
    return Refusal(code="INVALID_NPI", text=f"{claim.provider_npi} is not a valid NPI.")


def _codes_are_well_formed(claim: Claim, _register: Register, _today: date) -> Refusal | None:
    wrong = [
        *(code for code in claim.diagnosis_codes if not DIAGNOSIS.match(code)),
        *(line.code for line in claim.lines if not PROCEDURE.match(line.code)),
        *(line.modifier for line in claim.lines if not MODIFIER.match(line.modifier or "00")),
    ]
    if not wrong:
        return None
    return Refusal(code="INVALID_CODE", text=f"{wrong[0]} is not a valid code.")


def _lines_add_up(claim: Claim, _register: Register, _today: date) -> Refusal | None:
    lines = sum(line.charge for line in claim.lines)
    if lines == claim.total_charge:
        return None
    text = f"The total charge {claim.total_charge} differs from the sum of the lines {lines}."
    return Refusal(code="TOTAL_WRONG", text=text)


def _days_are_in_order(claim: Claim, _register: Register, today: date) -> Refusal | None:
    if all(claim.patient_dob <= line.service_date <= today for line in claim.lines):
        return None
    text = "A service date lies before the birth date or after today."
    return Refusal(code="INVALID_DATE", text=text)


def _original_is_on_file(claim: Claim, register: Register, _today: date) -> Refusal | None:
    if claim.frequency == "original":
        return None
    if claim.original_ref and register.on_file(claim.original_ref):
        return None
    text = f"A {claim.frequency} claim needs the reference of a claim on file."
    return Refusal(code="NO_ORIGINAL", text=text)


def _member_is_known(claim: Claim, register: Register, _today: date) -> Refusal | None:
    member = register.member(claim.member_id)
    if member is not None and _same_person(claim, member):
        return None
    text = f"Member {claim.member_id} was not found with this name and birth date."
    return Refusal(code="MEMBER_NOT_FOUND", text=text)


def _same_person(claim: Claim, member: Member) -> bool:
    name = f"{member.first_name} {member.last_name}"
    return (
        member.payer_id == claim.payer_id
        and member.birth_date == claim.patient_dob
        and _letters(name) == _letters(claim.patient_name)
    )


def _letters(name: str) -> str:
    return "".join(character for character in name.casefold() if character.isalnum())


def _member_was_covered(claim: Claim, register: Register, _today: date) -> Refusal | None:
    member = register.member(claim.member_id)
    uncovered = [
        line.service_date
        for line in claim.lines
        if member is not None and not member.covered_on(line.service_date)
    ]
    if not uncovered:
        return None
    text = f"Member {claim.member_id} had no active coverage on {uncovered[0]:%m/%d/%Y}."
    return Refusal(code="MEMBER_INACTIVE", text=text)


def _no_other_insurance(claim: Claim, register: Register, _today: date) -> Refusal | None:
    member = register.member(claim.member_id)
    if member is None or not member.other_insurance:
        return None
    text = f"Member {claim.member_id} has other insurance that pays first. Bill it before us."
    return Refusal(code="COB", text=text)


def _filed_in_time(claim: Claim, register: Register, today: date) -> Refusal | None:
    days = register.payer(claim.payer_id).filing_days
    limit = claim.first_service + timedelta(days=days)
    if today <= limit:
        return None
    text = f"The filing limit of {days} days passed on {limit:%m/%d/%Y}."
    return Refusal(code="PAST_FILING", text=text)


def _authorisation_is_given(claim: Claim, register: Register, _today: date) -> Refusal | None:
    needing = [line.code for line in claim.lines if register.needs_authorisation(line.code)]
    if claim.prior_auth or not needing:
        return None
    text = f"Code {needing[0]} needs a prior authorization number."
    return Refusal(code="AUTH_MISSING", text=text)


_RULES: tuple[Callable[[Claim, Register, date], Refusal | None], ...] = (
    _provider_is_valid,
    _codes_are_well_formed,
    _lines_add_up,
    _days_are_in_order,
    _original_is_on_file,
    _member_is_known,
    _member_was_covered,
    _no_other_insurance,
    _filed_in_time,
    _authorisation_is_given,
)
