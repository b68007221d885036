"""Makes the practice world of an aid office: its students' files, and all that can be with them.

The award year is 2024-25, that of the ISIR layout; the days are of today.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from enum import Enum
from itertools import count
from random import Random
from typing import Final

from msgspec.structs import replace

from deploy.demo.invent import Inventor
from tests.portals.aid.world import Isir, Login, Student, Transcript, Worksheet, World

AWARD_YEAR: Final = "2024-25"
SCHOOL: Final = "Hillside College"
CLIENT: Final = "hillside"
TOLERANCE: Final = Decimal("25.00")
_CENT: Final = Decimal("0.01")


class Kind(Enum):
    """What there is to know of a file."""

    AGREES = "record, worksheet and transcript say the same"
    WITHIN = "the incomes differ by a cent less than the tolerance"
    AT = "the incomes differ by exactly the tolerance"
    OVER = "the incomes differ by far more"
    SIZE = "the family sizes differ"
    OLDER = "the portal has a newer transaction than the school"
    NOT_FOUND = "the portal does not have the student"
    IDENTITY = "a person must see who the student is"
    WRONG_DIGIT = "the portal holds a digit of the correction wrong"


@dataclass(frozen=True, slots=True, kw_only=True)
class AidFile:
    """A student's file as the school has it, beside what the portal holds."""

    kind: Kind
    student: Student
    transaction: int
    worksheet: Worksheet


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a person does about a file that comes to people; `gives` answers the question's form.

    `approved_by` is the second person, where there is something to approve.
    """

    kind: Kind
    by: str
    gives: Mapping[str, str] = field(default_factory=dict)
    approved_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AidWorld:
    """The practice world on one day: the portal's, and the school's files."""

    today: date
    portal: World
    files: tuple[AidFile, ...]
    answers: tuple[Answer, ...]

    def of(self, *kinds: Kind) -> list[AidFile]:
        """The files of these kinds."""
        return [file for file in self.files if file.kind in kinds]


ANSWERS: Final = (
    Answer(
        kind=Kind.AT,
        by="olivia",
        gives={"decision": "correct", "note": "The transcript is right, the form was not."},
        approved_by="pablo",
    ),
    Answer(
        kind=Kind.OVER,
        by="pablo",
        gives={"decision": "correct", "note": "A second job was left out of the form."},
        approved_by="olivia",
    ),
    Answer(
        kind=Kind.WRONG_DIGIT,
        by="olivia",
        gives={"decision": "correct", "note": "The transcript is right, the form was not."},
        approved_by="pablo",
    ),
    Answer(
        kind=Kind.SIZE,
        by="olivia",
        gives={"decision": "request_documents", "note": "Who lives in the household is open."},
    ),
)
"""Who answers what, where the runbook asks. The income that is corrected to is the transcript's."""


def make_aid_world(*, today: date, seed: int = 1, agreeing: int = 6) -> AidWorld:
    """A world with so many files that agree, and one of every other kind.

    The same arguments make the same world.
    """
    making = _Making(today, Inventor(seed=seed, today=today))
    kinds = [*[Kind.AGREES] * agreeing, *[kind for kind in Kind if kind is not Kind.AGREES]]
    files = [making.file(kind) for kind in kinds]
    making.random.shuffle(files)
    known = [file.student for file in files if file.kind is not Kind.NOT_FOUND]
    wrong = [file.student.student_id for file in files if file.kind is Kind.WRONG_DIGIT]
    portal = World(logins=[making.login()], students=known, wrong_digit=wrong)
    return AidWorld(today=today, portal=portal, files=tuple(files), answers=ANSWERS)


@dataclass(slots=True)
class _Making:
    today: date
    inventor: Inventor
    numbers: Iterator[int] = field(default_factory=lambda: count(4001))

    @property
    def random(self) -> Random:
        return self.inventor.random

    def file(self, kind: Kind) -> AidFile:
        student = self._student(kind)
        signed = student.worksheet
        if signed is None:
            raise ValueError("every file of this world has a worksheet")
        return AidFile(kind=kind, student=student, transaction=1, worksheet=signed)

    def login(self) -> Login:
        return Login(
            user=f"{CLIENT}-bot",
            password=f"practice-{self.inventor.secret(12)}",
            totp_secret=self.inventor.secret(32),
            school=SCHOOL,
            client=CLIENT,
        )

    def _student(self, kind: Kind) -> Student:
        number, person = next(self.numbers), self.inventor.member()
        isir = self._isir(kind)
        transactions = [isir]
        if kind is Kind.OLDER:
            transactions = [replace(isir, transaction=2, sai=isir.sai + 100), isir]
        transcript = Transcript(
            tax_year=2022,
            agi=_off(isir.agi, kind),
            tax_paid=isir.tax_paid,
            wages=isir.income_earned,
        )
        return Student(
            student_id=f"H-{number}",
            first_name=person.first_name,
            last_name=person.last_name,
            ssn=f"9{number:08}",
            birth_date=self.today - timedelta(days=self.random.randrange(18 * 365, 26 * 365)),
            award_year=AWARD_YEAR,
            selected_on=self.today - timedelta(days=self.random.randint(3, 40)),
            transactions=transactions,
            transcript=transcript,
            worksheet=Worksheet(
                agi=transcript.agi,
                tax_paid=isir.tax_paid,
                family_size=isir.family_size + (kind is Kind.SIZE),
            ),
        )

    def _isir(self, kind: Kind) -> Isir:
        income = Decimal(self.random.randrange(18_000, 96_000))
        return Isir(
            transaction=1,
            processed_on=self.today - timedelta(days=45),
            agi=income,
            income_earned=income - 1_250,
            tax_paid=income // 14,
            family_size=self.random.randint(1, 6),
            sai=self.random.randrange(-1_500, 9_000),
            group="V4" if kind is Kind.IDENTITY else "V1",
        )


def _off(income: Decimal, kind: Kind) -> Decimal:
    """The income as the tax office and the family have it."""
    match kind:
        case Kind.WITHIN:
            return income + TOLERANCE - _CENT
        case Kind.AT | Kind.WRONG_DIGIT:
            return income + TOLERANCE
        case Kind.OVER:
            return income + 1_200
        case _:
            return income
