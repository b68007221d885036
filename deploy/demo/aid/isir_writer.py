"""Writes ISIR files of the award year 2024-25, of invented students.

Where the fields stand is written down here once more, and not taken from the reader: what the two
agree on is right.
"""

from collections.abc import Mapping, Sequence
from typing import Final, TextIO

LENGTH: Final = 7704
_YEAR_MARK: Final = "5"
_TAX_MARK: Final = "CUI//SP-TAX"

# name → its first position, counted from 1, and its length
_PLACES: Final[Mapping[str, tuple[int, int]]] = {
    "year_mark": (1, 1),
    "fafsa_uuid": (2, 36),
    "transaction_uuid": (38, 36),
    "transaction": (110, 2),
    "dependency": (112, 1),
    "processed_on": (133, 8),
    "sai": (176, 6),
    "first_name": (243, 35),
    "last_name": (293, 35),
    "birth_date": (338, 8),
    "ssn": (346, 9),
    "family_size": (579, 2),
    "filing_status": (710, 1),
    "income_earned": (711, 11),
    "untaxed_ira": (733, 11),
    "untaxed_pensions": (755, 11),
    "agi": (777, 10),
    "tax_paid": (787, 9),
    "parent_family_size": (1785, 2),
    "parent_agi": (1869, 10),
    "parent_tax_paid": (1879, 9),
    "corrected_transaction": (2782, 2),
    "verification_group": (2810, 2),
    "selected": (2812, 1),
    "c_flag": (3954, 1),
    "tax_mark": (7086, 11),
    "irs_tax_year": (7097, 4),
    "irs_agi": (7102, 10),
    "irs_tax_paid": (7127, 9),
}


def isir_record(values: Mapping[str, str]) -> str:
    """One record with these values, each at its place; the others are blank."""
    record = [" "] * LENGTH
    marks = {"year_mark": _YEAR_MARK, "tax_mark": _TAX_MARK}
    for name, value in {**marks, **values}.items():
        first, length = _PLACES[name]
        if len(value) > length:
            raise ValueError(f"{name} is longer than its {length} characters")
        record[first - 1 : first - 1 + length] = value.ljust(length)
    return "".join(record)


def write_isir(stream: TextIO, records: Sequence[Mapping[str, str]]) -> int:
    """Write a file of such records; return how many there are."""
    stream.writelines(isir_record(values) + "\r\n" for values in records)
    return len(records)
