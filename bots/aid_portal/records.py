"""A student's aid file as the portal shows it. What comes from tax returns is sealed as such."""

from collections.abc import Mapping
from decimal import Decimal

from deskhand import Result, Sealed


class Isir(Result, sensitivity="fti"):
    """The newest transaction of a student's record in one award year."""

    student_id: Sealed[str]
    award_year: str
    transaction: int
    group: str
    c_flag: bool
    family_size: int
    sai: Sealed[int]
    agi: Sealed[Decimal]
    income_earned: Sealed[Decimal]
    tax_paid: Sealed[Decimal]
    untaxed_ira: Sealed[Decimal]
    untaxed_pensions: Sealed[Decimal]


class Transcript(Result, sensitivity="fti"):
    """What the tax office says of the year that the award rests on."""

    tax_year: int
    agi: Sealed[Decimal]
    tax_paid: Sealed[Decimal]
    wages: Sealed[Decimal]


class Verification(Result):
    """The portal's own word that a transaction is verified."""

    confirmation: str


class Correction(Result, sensitivity="fti"):
    """The portal's own word that it took a correction, and the income that it holds of it."""

    confirmation: str
    agi: Sealed[Decimal]


class Document(Result):
    """The portal's own word that a document is on file."""

    confirmation: str


def isir_of(values: Mapping[str, str]) -> Isir:
    """Read a transaction from the tables that show it."""
    return Isir(
        student_id=Sealed(values["Student ID"]),
        award_year=values["Award year"],
        transaction=int(values["Transaction number"]),
        group=values["Verification tracking group"],
        c_flag=values["C flag"] == "Y",
        family_size=int(values["Family size"]),
        sai=Sealed(int(values["Student Aid Index"])),
        agi=Sealed(amount(values["Adjusted gross income"])),
        income_earned=Sealed(amount(values["Income earned from work"])),
        tax_paid=Sealed(amount(values["Income tax paid"])),
        untaxed_ira=Sealed(amount(values["Untaxed portions of IRA distributions"])),
        untaxed_pensions=Sealed(amount(values["Untaxed portions of pensions"])),
    )


def transcript_of(values: Mapping[str, str]) -> Transcript:
    """Read a transcript from the table that shows it."""
    return Transcript(
        tax_year=int(values["Tax year"]),
        agi=Sealed(amount(values["Adjusted gross income"])),
        tax_paid=Sealed(amount(values["Income tax paid"])),
        wages=Sealed(amount(values["Wages"])),
    )


def amount(text: str) -> Decimal:
    """Read an amount as the portal writes it: $1,245.50, and ($1,245.50) below zero.

    >>> amount("($1,245.50)")
    Decimal('-1245.50')
    """
    below = text.startswith("(") and text.endswith(")")
    value = Decimal(text.strip("()").removeprefix("$").replace(",", ""))
    return -value if below else value
