"""What a person may type into the wizard's pages, and the mistakes that a page points out."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

import msgspec
from starlette.datastructures import FormData

from tests.portals.payer.rules import (
    DIAGNOSIS,
    MODIFIER,
    MOST_DIAGNOSES,
    MOST_LINES,
    PLACES_OF_SERVICE,
    PROCEDURE,
)
from tests.portals.payer.world import Claim, npi_check_holds

Typed = Mapping[str, Any]
LINE_FIELDS = ("service_date", "code", "modifier", "units", "charge")
_CLAIM_NUMBER = re.compile(r"^CLM-[0-9]{6,10}$")
_MEMBER_ID = re.compile(r"^W[0-9]{9}$")
_CENT = Decimal("0.01")


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A mistake on a page: a code, the field's label and what is wrong with it."""

    code: str
    field: str
    label: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A group of fields that belong together; a page of the wizard shows one or more."""

    name: str
    capture: Callable[[FormData], dict[str, Any]]
    problems: Callable[[Typed, date], Iterator[Problem]]


def parsed_date(text: str) -> date | None:
    """Read MM/DD/YYYY or YYYY-MM-DD; give nothing for anything else."""
    for pattern in ("%m/%d/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text.strip(), pattern).date()  # noqa: DTZ007 - a day
        except ValueError:
            continue
    return None


def parsed_money(text: str) -> Decimal | None:
    """Read 145.50, 1,145.50 or $145.50; give nothing for what is no positive amount."""
    try:
        amount = Decimal(text.strip().removeprefix("$").replace(",", ""))
    except InvalidOperation:
        return None
    if not amount.is_finite() or amount <= 0 or amount != amount.quantize(_CENT):
        return None
    return amount.quantize(_CENT)


def claim_of(typed: Typed, *, payer_id: str, attachments: list[str]) -> Claim:
    """Build the claim from what was typed, once no page has a problem any more."""
    fields = {
        "payer_id": payer_id,
        "claim_number": typed["claim_number"],
        "frequency": typed["frequency"],
        "original_ref": typed["original_ref"] or None,
        "member_id": typed["member_id"],
        "patient_name": typed["patient_name"],
        "patient_dob": parsed_date(typed["patient_dob"]),
        "provider_npi": typed["provider_npi"],
        "place_of_service": typed["place_of_service"],
        "diagnosis_codes": typed["diagnosis_codes"],
        "prior_auth": typed["prior_auth"] or None,
        "attachments": attachments,
        "total_charge": parsed_money(typed["total_charge"]),
        "lines": [
            {
                **line,
                "service_date": parsed_date(line["service_date"]),
                "modifier": line["modifier"] or None,
                "units": int(line["units"]),
                "charge": parsed_money(line["charge"]),
            }
            for line in typed["lines"]
        ],
    }
    return msgspec.convert(fields, Claim)


def _text(form: FormData, name: str) -> str:
    return " ".join(str(form.get(name, "")).split())


def _capture_patient(form: FormData) -> dict[str, Any]:
    names = ("claim_number", "frequency", "original_ref", "member_id", "patient_name")
    return {name: _text(form, name) for name in (*names, "patient_dob")}


def _patient_problems(typed: Typed, today: date) -> Iterator[Problem]:
    yield from _required(typed, "claim_number", "Claim number")
    yield from _required(typed, "member_id", "Member ID")
    yield from _required(typed, "patient_name", "Patient name")
    yield from _required(typed, "patient_dob", "Birth date")
    yield from _shaped(typed, "claim_number", "Claim number", _CLAIM_NUMBER)
    yield from _shaped(typed, "member_id", "Member ID", _MEMBER_ID)
    if typed.get("frequency") not in {"original", "replacement", "void"}:
        yield _problem("MISSING", "frequency", "Frequency", "is required.")
    born = parsed_date(typed.get("patient_dob", ""))
    if typed.get("patient_dob") and (born is None or born > today):
        text = "must be a day in the past, as MM/DD/YYYY."
        yield _problem("INVALID_DATE", "patient_dob", "Birth date", text)


def _capture_provider(form: FormData) -> dict[str, Any]:
    return {
        name: _text(form, name) for name in ("provider_npi", "provider_text", "place_of_service")
    }


def _provider_problems(typed: Typed, _today: date) -> Iterator[Problem]:
    label = "Rendering provider"
    npi = typed.get("provider_npi", "")
    shown = typed.get("provider_text", "")
    if not npi and not shown:
        yield _problem("MISSING", "provider_text", label, "is required.")
    elif not npi and re.fullmatch(r"[0-9]{10}", shown) and not npi_check_holds(shown):
        yield _problem("INVALID_NPI", "provider_text", label, f"{shown} is not a valid NPI.")
    elif not npi:
        text = "must be chosen from the list of your organization's providers."
        yield _problem("PROVIDER_UNKNOWN", "provider_text", label, text)
    if typed.get("place_of_service") not in PLACES_OF_SERVICE:
        yield _problem("MISSING", "place_of_service", "Place of service", "is required.")


def _capture_services(form: FormData) -> dict[str, Any]:
    columns = [[str(value).strip() for value in form.getlist(name)] for name in LINE_FIELDS]
    lines = [dict(zip(LINE_FIELDS, row, strict=True)) for row in zip(*columns, strict=False)]
    return {
        "diagnosis_codes": [str(code).strip().upper() for code in form.getlist("diagnosis")],
        "diagnosis_text": _text(form, "diagnosis_text"),
        "lines": [line for line in lines if any(line.values())] or lines[:1],
        "total_charge": _text(form, "total_charge"),
        "prior_auth": _text(form, "prior_auth"),
    }


def _services_problems(typed: Typed, today: date) -> Iterator[Problem]:
    yield from _diagnosis_problems(typed)
    lines = typed.get("lines", [])
    if not lines:
        yield _problem("MISSING", "lines", "Service lines", "need at least one line.")
    if len(lines) > MOST_LINES:
        yield _problem("TOO_MANY", "lines", "Service lines", f"are more than {MOST_LINES}.")
    for number, line in enumerate(lines, start=1):
        yield from _line_problems(line, number, parsed_date(typed.get("patient_dob", "")), today)
    total = parsed_money(typed.get("total_charge", ""))
    charges = [parsed_money(line["charge"]) or Decimal(0) for line in lines]
    if total is None:
        text = "must be a positive amount in dollars and cents."
        yield _problem("INVALID_AMOUNT", "total_charge", "Total charge", text)
    elif total != sum(charges):
        text = f"{total} differs from the sum of the lines {sum(charges)}."
        yield _problem("TOTAL_WRONG", "total_charge", "Total charge", text)


def _diagnosis_problems(typed: Typed) -> Iterator[Problem]:
    codes = typed.get("diagnosis_codes", [])
    if not codes:
        yield _problem("MISSING", "diagnosis_text", "Diagnoses", "need at least one code.")
    if len(codes) > MOST_DIAGNOSES:
        text = f"are more than {MOST_DIAGNOSES}."
        yield _problem("TOO_MANY", "diagnosis_text", "Diagnoses", text)
    for code in codes:
        if not DIAGNOSIS.match(code):
            text = f"{code} is not a valid diagnosis code."
            yield _problem("INVALID_CODE", "diagnosis_text", "Diagnoses", text)


def _line_problems(
    line: Mapping[str, str], number: int, born: date | None, today: date
) -> Iterator[Problem]:
    def problem(code: str, field: str, text: str) -> Problem:
        label = f"Line {number}, {field.replace('_', ' ')}"
        return _problem(code, f"line-{number}-{field}", label, text)

    day = parsed_date(line["service_date"])
    if day is None or day > today or (born is not None and day < born):
        yield problem("INVALID_DATE", "service_date", "must lie between birth date and today.")
    if not PROCEDURE.match(line["code"]):
        yield problem("INVALID_CODE", "code", "is not a valid procedure code.")
    if line["modifier"] and not MODIFIER.match(line["modifier"]):
        yield problem("INVALID_CODE", "modifier", "is not a valid modifier.")
    if not re.fullmatch(r"[1-9][0-9]{0,3}", line["units"]):
        yield problem("INVALID_AMOUNT", "units", "must be a number from 1 to 9999.")
    if parsed_money(line["charge"]) is None:
        yield problem("INVALID_AMOUNT", "charge", "must be a positive amount.")


def _required(typed: Typed, field: str, label: str) -> Iterator[Problem]:
    if not typed.get(field):
        yield _problem("MISSING", field, label, "is required.")


def _shaped(typed: Typed, field: str, label: str, shape: re.Pattern[str]) -> Iterator[Problem]:
    if typed.get(field) and not shape.match(typed[field]):
        yield _problem("INVALID_FORMAT", field, label, "has the wrong format.")


def _problem(code: str, field: str, label: str, text: str) -> Problem:
    return Problem(code=code, field=field, label=label, text=text)


PATIENT = Part(name="patient", capture=_capture_patient, problems=_patient_problems)
PROVIDER = Part(name="provider", capture=_capture_provider, problems=_provider_problems)
SERVICES = Part(name="services", capture=_capture_services, problems=_services_problems)
