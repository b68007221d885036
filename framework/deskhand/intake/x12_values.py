"""The values of one claim, taken from x12sdk's model of it."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from deskhand.intake.x12_refusals import Refusal

_FREQUENCIES: Final = {"1": "original", "7": "replacement", "8": "void"}
_DIAGNOSES: Final = frozenset({"ABK", "ABF", "BK", "BF"})
_NO_DIAGNOSES: Final = frozenset({"BP", "BO", "BG"})
_PLACE: Final = re.compile(r"[0-9A-Z]{1,2}")
_PERIOD: Final = re.compile(r"(\d{4})(\d\d)(\d\d)-(\d{4})(\d\d)(\d\d)", re.ASCII)
_HINT: Final = "are the separators those that the ISA segment announces?"


class UnreadableError(Exception):
    """A value that x12sdk lets pass, but that says nothing; `refusal` tells which."""

    def __init__(self, field: str, reason: str) -> None:
        self.refusal = Refusal(field, reason)
        super().__init__(reason)


def values_of(submitted: Any, *, component: str) -> Mapping[str, object]:
    """The values of a claim under the names that runbooks map from; None where it has none.

    Raises `UnreadableError`.
    """
    claim = submitted.claim
    periods = [_period(line) for line in submitted.service_lines]
    billing_npi = submitted.billing_provider_npi
    return {
        "patient_control_number": submitted.patient_control_number,
        **_filing(claim, component),
        "payer_id": submitted.payer.nm1_segment.identification_code,
        "payer_name": submitted.payer_name,
        "member_id": submitted.member_id,
        "subscriber_name": _name(submitted.subscriber),
        "subscriber_birth_date": _birth_date(submitted.subscriber),
        "patient_name": _name(submitted.patient),
        "patient_birth_date": _birth_date(submitted.patient),
        "patient_sex": _demographics(submitted.patient, "gender_code"),
        "billing_npi": billing_npi,
        "rendering_npi": _rendering_npi(claim) or billing_npi,
        "diagnosis_codes": _diagnoses(claim),
        "total_charge": _amount(submitted.charge),
        "first_service_date": min(first for first, _ in periods).isoformat(),
        "last_service_date": max(last for _, last in periods).isoformat(),
        "attachments": [],
        "lines": [
            _line(line, first, component)
            for line, (first, _) in zip(submitted.service_lines, periods, strict=True)
        ],
    }


def _filing(claim: Any, component: str) -> Mapping[str, object]:
    where = claim.clm_segment.health_care_service_location_information.split(component)
    place, _, code = [*where, "", "", ""][:3]
    if not _PLACE.fullmatch(place) or len(code) > 1:
        raise UnreadableError("2300 CLM", f"place of service or frequency is unreadable; {_HINT}")
    references = {
        each.reference_identification_qualifier: each.reference_identification
        for each in claim.ref_segment or []
    }
    return {
        "frequency_code": code or None,
        "frequency": _FREQUENCIES.get(code, code) or None,
        "original_reference": references.get("F8"),
        "prior_authorization": references.get("G1"),
        "place_of_service": place,
    }


def _line(line: Any, first: date, component: str) -> Mapping[str, object]:
    service = line.sv1_segment
    procedure: list[str] = service.product_service_id_qualifier.split(component)
    if len(procedure) < 2 or not procedure[1]:
        raise UnreadableError("2400 SV1", f"procedure code is unreadable; {_HINT}")
    modifiers = [modifier for modifier in procedure[2:6] if modifier]
    return {
        "service_date": first.isoformat(),
        "code": procedure[1],
        "modifier": modifiers[0] if modifiers else None,
        "modifiers": modifiers,
        "units": _units(service.service_unit_count),
        "charge": _amount(service.line_item_charge_amount),
    }


def _period(line: Any) -> tuple[date, date]:
    for each in line.dtp_segment or []:
        if each.date_time_qualifier == "472":
            first, last = _first_and_last(each.date_time_period)
            if last < first:
                raise UnreadableError("2400 DTP", "service period ends before it begins")
            return first, last
    raise UnreadableError("2400 DTP", "service date is missing")


def _first_and_last(period: object) -> tuple[date, date]:
    if isinstance(period, datetime):
        period = period.date()
    if isinstance(period, date):
        return period, period
    if isinstance(period, str) and (found := _PERIOD.fullmatch(period)):
        parts = [int(part) for part in found.groups()]
        try:
            return date(*parts[:3]), date(*parts[3:])
        except ValueError:
            pass
    raise UnreadableError("2400 DTP", "service date is no date")


def _diagnoses(claim: Any) -> list[str]:
    codes = []
    for segment in claim.hi_segment or []:
        for at in range(1, 13):
            composite: Sequence[str] = getattr(segment, f"health_care_code_{at}") or []
            if not composite or composite[0] in _NO_DIAGNOSES:
                continue
            if composite[0] not in _DIAGNOSES or len(composite) < 2 or not composite[1]:
                raise UnreadableError("2300 HI", f"diagnosis code is unreadable; {_HINT}")
            codes.append(_dotted(composite[1], icd9=not composite[0].startswith("A")))
    return codes


def _dotted(code: str, *, icd9: bool) -> str:
    """A diagnosis code with the dot that X12 leaves out: E119 is E11.9 (ICD-9: E8490 is E849.0)."""
    if "." in code:
        return code
    head = 4 if icd9 and code.startswith("E") else 3
    return f"{code[:head]}.{code[head:]}" if len(code) > head else code


def _rendering_npi(claim: Any) -> str | None:
    name = claim.loop_2310b.nm1_segment if claim.loop_2310b else None
    if name is None or name.identification_code_qualifier != "XX":
        return None
    return str(name.identification_code)


def _name(person: Any) -> str:
    name = person.nm1_segment
    return " ".join(part for part in (name.name_first, name.name_last_or_organization_name) if part)


def _birth_date(person: Any) -> str | None:
    born = _demographics(person, "date_time_period")
    if isinstance(born, datetime):
        born = born.date()
    return born.isoformat() if isinstance(born, date) else None


def _demographics(person: Any, name: str) -> object:
    return getattr(person.dmg_segment, name) if person.dmg_segment else None


def _amount(amount: Decimal) -> str:
    if not amount.is_finite() or abs(amount.adjusted()) > 15:
        raise UnreadableError("2300 CLM", "an amount is out of all bounds")
    return format(amount, "f")


def _units(count: Decimal) -> str:
    text = _amount(count)
    return text.rstrip("0").rstrip(".") if "." in text else text
