"""The aid portal's world: its logins, and the students with everything that is held of them.

A JSON file of this form starts a portal. All people are made up; their social security numbers
lie in the range from 900 on, which is never given out.
"""

from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pyotp

Name = Annotated[str, msgspec.Meta(min_length=1)]
StudentId = Annotated[str, msgspec.Meta(pattern="^[A-Z]-[0-9]{4,8}$")]
InvalidSsn = Annotated[str, msgspec.Meta(pattern="^9[0-9]{8}$")]
AwardYear = Annotated[str, msgspec.Meta(pattern="^20[0-9]{2}-[0-9]{2}$")]
Group = Literal["V1", "V4", "V5"]


class Login(msgspec.Struct, frozen=True, kw_only=True):
    """One account on the portal."""

    user: Name
    password: Name
    totp_secret: Annotated[str, msgspec.Meta(pattern="^[A-Z2-7]{16,}=*$")]
    school: Name
    client: str = ""


class Isir(msgspec.Struct, frozen=True, kw_only=True):
    """One transaction of a student's record; the one with the highest number counts."""

    transaction: Annotated[int, msgspec.Meta(ge=1, le=99)]
    processed_on: date
    source: str = "FAFSA form"
    agi: Decimal
    income_earned: Decimal
    tax_paid: Decimal
    untaxed_ira: Decimal = Decimal(0)
    untaxed_pensions: Decimal = Decimal(0)
    family_size: Annotated[int, msgspec.Meta(ge=1)]
    sai: Annotated[int, msgspec.Meta(ge=-1500, le=999_999)]
    group: Group = "V1"
    c_flag: bool = False


class Transcript(msgspec.Struct, frozen=True, kw_only=True):
    """What the tax office says of the year before last."""

    tax_year: int
    agi: Decimal
    tax_paid: Decimal
    wages: Decimal


class Worksheet(msgspec.Struct, frozen=True, kw_only=True):
    """What the family signed, as the school entered it."""

    agi: Decimal
    tax_paid: Decimal
    family_size: int
    identity_seen: bool = False


class Student(msgspec.Struct, frozen=True, kw_only=True):
    """A student in one award year, as the portal holds it before the practice begins."""

    student_id: StudentId
    first_name: Name
    last_name: Name
    ssn: InvalidSsn
    birth_date: date
    award_year: AwardYear
    selected_on: date
    transactions: Annotated[list[Isir], msgspec.Meta(min_length=1)]
    transcript: Transcript | None = None
    worksheet: Worksheet | None = None

    @property
    def name(self) -> str:
        """The name as lists show it."""
        return f"{self.last_name}, {self.first_name}"


class World(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that the portal knows before the first officer comes."""

    logins: Annotated[list[Login], msgspec.Meta(min_length=1)]
    students: list[Student] = []
    closed_years: list[AwardYear] = []
    wrong_digit: list[StudentId] = []

    def save(self, file: Path) -> Path:
        """Write the world as JSON and give the file back."""
        file.write_bytes(msgspec.json.format(msgspec.json.encode(self)))
        return file


class WorldInvalidError(ValueError):
    """The world file is not a world: which file, where in it, and what was expected."""

    def __init__(self, file: Path, problem: str) -> None:
        super().__init__(f"{file}: {problem}")


def load_world(file: Path) -> World:
    """Read and validate a world; raise `WorldInvalidError` naming the first mistake."""
    try:
        return msgspec.json.decode(file.read_bytes(), type=World)
    except (OSError, msgspec.MsgspecError) as error:
        raise WorldInvalidError(file, str(error)) from error


def example_world(today: date) -> World:
    """Build a small world for tests: one student of each kind, and many of like ids."""
    year = _award_year(today)
    usual = _example_student(today, year)
    change = msgspec.structs.replace
    first, second = usual.transactions[0], change(usual.transactions[0], transaction=2)
    crowd = [
        change(usual, student_id=f"S-1001{n:02}", last_name=f"Crowd {n}", ssn=f"9110010{n:02}")
        for n in range(1, 21)
    ]
    return World(
        logins=[
            Login(
                user=f"{client}-aid",
                password=f"{client}-Pass1",
                totp_secret=pyotp.random_base32(),
                school=school,
                client=client,
            )
            for client, school in (("hillside", "Hillside College"), ("dockyard", "Dockyard Tech"))
        ],
        students=[
            *crowd,
            usual,
            change(
                usual,
                student_id="S-1002",
                # The newest one stands first, and only its number tells.
                transactions=[change(second, agi=Decimal(41_300)), first],
            ),
            change(usual, student_id="S-1003", transactions=[change(first, group="V4")]),
            change(usual, student_id="S-1004", award_year="2019-20"),
            change(usual, student_id="S-1005", selected_on=today - timedelta(days=61)),
            change(usual, student_id="S-1006", transcript=None),
            change(usual, student_id="S-1007"),
        ],
        closed_years=["2019-20"],
        wrong_digit=["S-1007"],
    )


def _award_year(today: date) -> str:
    first = today.year if today.month >= 7 else today.year - 1
    return f"{first}-{(first + 1) % 100:02}"


def _example_student(today: date, year: str) -> Student:
    return Student(
        student_id="S-1001",
        first_name="Nora",
        last_name="Whitfield",
        ssn="911001001",
        birth_date=date(2006, 3, 7),
        award_year=year,
        selected_on=today - timedelta(days=10),
        transactions=[
            Isir(
                transaction=1,
                processed_on=today - timedelta(days=12),
                agi=Decimal(52_300),
                income_earned=Decimal(49_850),
                tax_paid=Decimal(4_120),
                family_size=4,
                sai=3_250,
            )
        ],
        transcript=Transcript(
            tax_year=int(year[:4]) - 2,
            agi=Decimal("52300.00"),
            tax_paid=Decimal("4120.00"),
            wages=Decimal("49850.00"),
        ),
        worksheet=Worksheet(agi=Decimal("52300.00"), tax_paid=Decimal("4120.00"), family_size=4),
    )
