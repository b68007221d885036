"""The types that every runbook knows: the basic ones, and the field's own formats.

A format check is no proof of validity: whether a code exists, and on that day, the portal says.
"""

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from deskhand.runbooks.misfits import MisfitError
from deskhand.runbooks.readings import (
    calendar_date,
    decimal_number,
    many_lines,
    moment,
    money,
    one_line,
    relative_path,
    truth,
    whole_number,
)
from deskhand.runbooks.shapes import Kind
from deskhand.runbooks.types import Scalar, iso


def shaped(
    pattern: str, reason: str, *, tidy: Callable[[str], str] = str.upper
) -> Callable[[str], str]:
    """Return the reading of a text that must have a fixed form, after tidying it."""
    matches = re.compile(pattern).fullmatch

    def read(text: str) -> str:
        text = tidy(text)
        if not matches(text):
            raise MisfitError(reason)
        return text

    return read


_DOUBLED: Final = {str(digit): sum(divmod(2 * digit, 10)) for digit in range(10)}
_NPI = re.compile("[0-9]{10}").fullmatch


def npi(text: str) -> str:
    """Read a national provider identifier: ten digits whose last one checks `80840` + the rest.

    >>> npi("1234567893")
    '1234567893'
    """
    if not _NPI(text):
        raise MisfitError("is not a national provider identifier of ten digits")
    # 24 is what the prefix 80840 adds to the sum of Luhn's formula.
    total = 24 + sum([_DOUBLED[digit] for digit in text[::2]]) + sum(map(int, text[1::2]))
    if total % 10:
        raise MisfitError("has a wrong check digit")
    return text


_ICD10 = re.compile(r"([A-Z][0-9][0-9A-Z])(?:\.?([0-9A-Z]{1,4}))?").fullmatch


def icd10(text: str) -> str:
    """Read a diagnosis code of ICD-10-CM, with or without its dot.

    >>> icd10("e119")
    'E11.9'
    """
    parts = _ICD10(text.upper())
    if not parts:
        raise MisfitError("does not have the form of an ICD-10-CM code")
    return f"{parts[1]}.{parts[2]}" if parts[2] else parts[1]


_PLACES: Final = frozenset(
    f"{code:02d}"
    for code in (
        *range(1, 28),
        *range(31, 35),
        41,
        42,
        *range(49, 59),
        *range(60, 63),
        65,
        66,
        71,
        72,
        81,
        99,
    )
)


def place_of_service(text: str) -> str:
    """Read a place-of-service code of two digits."""
    if text not in _PLACES:
        raise MisfitError("is not a place-of-service code of two digits, such as 11")
    return text


def person_name(text: str) -> str:
    """Read a person's name; runs of spaces become one."""
    text = " ".join(one_line(text).split())
    if len(text) > 120:
        raise MisfitError("is longer than 120 characters")
    return text


def birth_date(text: str) -> date:
    """Read a date of birth."""
    value = calendar_date(text)
    if value.year < 1890:
        raise MisfitError("is not the birth date of anyone alive")
    return value


_SSN = re.compile(r"(?!000|666|9)([0-9]{3})-?(?!00)([0-9]{2})-?(?!0000)([0-9]{4})").fullmatch
_EIN = re.compile(r"([0-9]{2})-?([0-9]{7})").fullmatch
_PHONE = re.compile(r"(?:\+?1[ .-]?)?\(?([2-9][0-9]{2})\)?[ .-]?([2-9][0-9]{2})[ .-]?([0-9]{4})")


def ssn(text: str) -> str:
    """Read a social security number, with or without hyphens."""
    parts = _SSN(text)
    if not parts:
        raise MisfitError("is not a social security number that could have been given out")
    return "-".join(parts.groups())


def tax_id(text: str) -> str:
    """Read an employer identification number, with or without its hyphen."""
    parts = _EIN(text)
    if not parts:
        raise MisfitError("is not an employer identification number of nine digits")
    return "-".join(parts.groups())


def phone(text: str) -> str:
    """Read a North American telephone number.

    >>> phone("(312) 555-0147")
    '312-555-0147'
    """
    parts = _PHONE.fullmatch(text)
    if not parts:
        raise MisfitError("is not a telephone number of ten digits")
    return "-".join(parts.groups())


def _email_case(text: str) -> str:
    name, at, domain = text.rpartition("@")
    return f"{name}{at}{domain.lower()}"


def _untouched(text: str) -> str:
    return text


def _fixed(value: object) -> object:
    return f"{value:f}" if isinstance(value, Decimal) else value


def _text(name: str, read: Callable[[str], str], sensitivity: str | None = None) -> Scalar:
    return Scalar(name=name, kind=Kind.TEXT, read=read, sensitivity=sensitivity)


BASIC: Final[tuple[Scalar, ...]] = (
    _text("string", one_line),
    _text("text", many_lines),
    Scalar(name="int", kind=Kind.INT, read=whole_number),
    Scalar(name="decimal", kind=Kind.DECIMAL, read=decimal_number, write=_fixed),
    Scalar(name="money", kind=Kind.DECIMAL, read=money, write=_fixed),
    Scalar(name="bool", kind=Kind.BOOL, read=truth, takes=(bool,)),
    Scalar(name="date", kind=Kind.DATE, read=calendar_date, write=iso, takes=(date,)),
    Scalar(name="datetime", kind=Kind.DATETIME, read=moment, write=iso, takes=(datetime,)),
    _text("file", relative_path),
)

FIELD: Final[tuple[Scalar, ...]] = (
    _text("npi", npi),
    _text("icd10", icd10),
    _text(
        "procedure_code",
        shaped("[0-9]{4}[0-9AFMTU]|[A-V][0-9]{4}", "does not have the form of a CPT or HCPCS code"),
    ),
    _text("modifier", shaped("[0-9A-Z]{2}", "is not a modifier of two letters or digits")),
    _text("place_of_service", place_of_service),
    _text("taxonomy", shaped("[0-9A-Z]{9}X", "is not a taxonomy code of nine characters and X")),
    _text(
        "member_id",
        shaped(
            "[0-9A-Za-z][0-9A-Za-z .-]{1,39}",
            "does not have the form of a member id",
            tidy=_untouched,
        ),
        "phi",
    ),
    _text("person_name", person_name, "phi"),
    Scalar(
        name="birth_date",
        kind=Kind.DATE,
        read=birth_date,
        write=iso,
        takes=(date,),
        sensitivity="phi",
    ),
    _text("ssn", ssn, "pii"),
    _text("ssn_last4", shaped("[0-9]{4}", "is not the last four digits", tidy=_untouched), "pii"),
    _text(
        "student_id",
        shaped("[0-9A-Za-z][0-9A-Za-z-]{0,29}", "is not a student id", tidy=_untouched),
        "pii",
    ),
    _text(
        "email",
        shaped(
            r"[^\s@<>\x00-\x1f]{1,64}@[0-9a-z](?:[0-9a-z-]{0,62}\.)[0-9a-z.-]{2,180}",
            "is not an e-mail address",
            tidy=_email_case,
        ),
        "pii",
    ),
    _text("phone", phone, "pii"),
    _text("address", one_line, "pii"),
    _text("tax_id", tax_id, "pii"),
)
