"""Where the fields of an ISIR stand: one table a version of the record.

Only what verifying a student's file needs is named. A new year's layout is a new table.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

Reading = Callable[[str], object]

_DAY: Final = re.compile(r"(\d{4})(\d\d)(\d\d)", re.ASCII)
_WHOLE: Final = re.compile(r"-?\d+", re.ASCII)


class NotOfItsKindError(ValueError):
    """A field does not hold what its kind says; the message holds nothing of the field."""


def text(raw: str) -> object:
    """Read a text as it stands."""
    return raw


def whole(raw: str) -> object:
    """Read a whole number, or an amount in whole dollars; it stays text, leading zeros go."""
    if not _WHOLE.fullmatch(raw):
        raise NotOfItsKindError("is no whole number")
    return str(int(raw))


def day(raw: str) -> object:
    """Read a day that is written as `20240103`."""
    parts = _DAY.fullmatch(raw)
    if not parts:
        raise NotOfItsKindError("is no day of eight digits")
    try:
        return date(*map(int, parts.groups())).isoformat()
    except ValueError:
        raise NotOfItsKindError("is no day of the calendar") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A field of the record: its name, its first position (counted from 1), length and kind."""

    name: str
    first: int
    length: int
    read: Reading = text

    def cut(self, record: str) -> str:
        """Return what the record holds at this place, without the blanks around it."""
        return record[self.first - 1 : self.first - 1 + self.length].strip()


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One version of the record.

    `landmark` is a text that stands at a fixed position wherever there is tax information
    from the IRS: a record that holds something else there has been shifted.
    """

    award_year: str
    length: int
    landmark: Place
    landmark_text: str
    places: Sequence[Place]


def _places(prefix: str, places: Mapping[str, tuple[int, int]], read: Reading) -> list[Place]:
    return [
        Place(name=prefix + name, first=first, length=length, read=read)
        for name, (first, length) in places.items()
    ]


_2024_25: Final = Layout(
    award_year="2024-25",
    length=7704,
    landmark=Place(name="record", first=7086, length=11),
    landmark_text="CUI//SP-TAX",
    places=(
        *_places(
            "",
            {
                "fafsa_uuid": (2, 36),
                "transaction_uuid": (38, 36),
                "dependency": (112, 1),
                "first_name": (243, 35),
                "last_name": (293, 35),
                "ssn": (346, 9),
                "filing_status": (710, 1),
                "verification_group": (2810, 2),
                "selected": (2812, 1),
                "c_flag": (3954, 1),
            },
            text,
        ),
        *_places("", {"processed_on": (133, 8), "birth_date": (338, 8)}, day),
        *_places(
            "",
            {
                "transaction": (110, 2),
                "sai": (176, 6),
                "family_size": (579, 2),
                "income_earned": (711, 11),
                "untaxed_ira": (733, 11),
                "untaxed_pensions": (755, 11),
                "agi": (777, 10),
                "tax_paid": (787, 9),
                "corrected_transaction": (2782, 2),
            },
            whole,
        ),
        *_places(
            "parent_",
            {
                "family_size": (1785, 2),
                "income_earned": (1803, 11),
                "untaxed_ira": (1825, 11),
                "untaxed_pensions": (1847, 11),
                "agi": (1869, 10),
                "tax_paid": (1879, 9),
            },
            whole,
        ),
        *_places(
            "irs_",
            {
                "tax_year": (7097, 4),
                "agi": (7102, 10),
                "income_earned": (7116, 11),
                "tax_paid": (7127, 9),
                "untaxed_ira": (7145, 11),
                "untaxed_pensions": (7178, 11),
            },
            whole,
        ),
    ),
)

LAYOUTS: Final[Mapping[str, Layout]] = {"5": _2024_25}
"""The layouts by the mark of their year, which is a record's first character."""
