"""The school's ledger of aid files: what is read from it, and what is noted in it."""

from datetime import date
from decimal import Decimal

from deskhand import Result, Sealed


class Worksheet(Result, sensitivity="pii"):
    """What the family signed, as the school entered it."""

    agi: Sealed[Decimal]
    tax_paid: Sealed[Decimal]
    family_size: int
    identity_seen: bool


class UnverifiedFile(Result, sensitivity="pii"):
    """A file that was selected for verification, and has no result yet."""

    student_id: Sealed[str]
    award_year: str
    transaction: int
    selected_on: date
    group: str
    worksheet: Worksheet


class Waiting(Result, sensitivity="pii"):
    """The files that wait, the one that waits longest first: each is a row of a trigger."""

    files: list[UnverifiedFile]


class Noted(Result):
    """The ledger's own word on how a file's verification ended."""

    result: str
    reference: str
