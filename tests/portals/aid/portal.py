"""The portal as a whole: its students, its database, its clock, and its strict rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from deskhand.testing import AppFaults
from tests.portals.aid.ledger import Correction, File, Ledger, Officer
from tests.portals.aid.sessions import Sessions
from tests.portals.aid.world import Isir, Student, World

REPORTED_WITHIN = timedelta(days=60)
"""After a student was selected, the outcome is taken for so long."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why the portal does not take something: a code for programs, a text for people."""

    code: str
    text: str


class Portal:
    """Everything behind the pages."""

    def __init__(
        self,
        world: World,
        ledger: Ledger,
        *,
        today: date,
        session_lasts: timedelta,
        correction_takes: timedelta,
    ) -> None:
        self.ledger = ledger
        self.today = today
        self.sessions = Sessions(world.logins, lasts=session_lasts)
        self.years = sorted({student.award_year for student in world.students}, reverse=True)
        self._closed = frozenset(world.closed_years)
        self._correction_takes = correction_takes
        self._students = {(one.student_id, one.award_year): one for one in world.students}

    def now(self) -> datetime:
        """The portal's clock."""
        return datetime.now(UTC)

    def search(self, beginning: str, award_year: str) -> Sequence[Student]:
        """Give the students of a year whose id or last name begins so, by name."""
        wanted = beginning.casefold()
        found = [
            student
            for student in self._students.values()
            if student.award_year == award_year
            and any(
                text.casefold().startswith(wanted)
                for text in (student.student_id, student.last_name)
            )
        ]
        return sorted(found, key=lambda student: (student.name, student.student_id))

    def student(self, student_id: str, award_year: str) -> Student | None:
        """Give a student's file of a year."""
        return self._students.get((student_id, award_year))

    def transactions(self, student: Student) -> Sequence[Isir]:
        """Give the student's transactions in the order of the record: not that of their numbers."""
        known = {isir.transaction: isir for isir in student.transactions}
        made: list[Isir] = []
        for correction in self.ledger.corrections(student.student_id, student.award_year):
            if correction.due_at <= self.now():
                isir = replace(
                    known[correction.against],
                    transaction=max(known) + 1,
                    processed_on=self.today,
                    source="School correction",
                    agi=correction.agi,
                )
                known[isir.transaction] = isir
                made.append(isir)
        return [*reversed(made), *student.transactions]

    def newest(self, student: Student) -> int:
        """Give the number of the newest transaction."""
        return max(isir.transaction for isir in self.transactions(student))

    def pending(self, student: Student) -> Correction | None:
        """Give the correction that is still being processed, if there is one."""
        corrections = self.ledger.corrections(student.student_id, student.award_year)
        now = self.now()
        return next((one for one in corrections if one.due_at > now), None)

    def mark_verified(self, student: Student, transaction: int, by: Officer) -> Refusal | str:
        """Mark a transaction as verified; give the reference number, or why not."""
        file = _file(student, transaction)
        refusal = self._not_open(student, transaction) or self._not_to_be_marked(student, file)
        return refusal or self.ledger.verify(file, by, at=self.now())

    def correct(
        self, student: Student, transaction: int, agi: Decimal, by: Officer, faults: AppFaults
    ) -> Refusal | str:
        """Take a corrected income in; give the reference number, or why not."""
        refusal = self._not_open(student, transaction)
        if refusal is not None:
            return refusal
        current = next(i for i in self.transactions(student) if i.transaction == transaction)
        if current.agi == agi:
            return Refusal(code="NO_CHANGE", text="The corrected amount is the one on record.")
        wrong = faults.strike("wrong-digit", student.student_id)
        now = self.now()
        return self.ledger.correct(
            _file(student, transaction),
            by,
            agi=agi,
            held=_another_amount(agi) if wrong else agi,
            at=now,
            due=now + self._correction_takes,
        )

    def _not_open(self, student: Student, transaction: int) -> Refusal | None:
        """Say why nothing can be reported for this file at this transaction."""
        if student.award_year in self._closed:
            text = f"Award year {student.award_year} is closed."
            return Refusal(code="YEAR_CLOSED", text=text)
        if self.pending(student) is not None:
            text = "A correction of this record is being processed."
            return Refusal(code="CORRECTION_PENDING", text=text)
        newest = self.newest(student)
        if transaction != newest:
            text = f"Transaction {transaction:02} is not the newest one; that is {newest:02}."
            return Refusal(code="NOT_NEWEST", text=text)
        last = student.selected_on + REPORTED_WITHIN
        if self.today > last:
            text = f"The {REPORTED_WITHIN.days} days for reporting ended on {last:%d-%b-%Y}."
            return Refusal(code="PAST_REPORTING", text=text)
        return None

    def _not_to_be_marked(self, student: Student, file: File) -> Refusal | None:
        reference = self.ledger.verification(file)
        if reference is not None:
            text = f"This transaction was marked verified before, as {reference}."
            return Refusal(code="ALREADY_VERIFIED", text=text)
        groups = {isir.transaction: isir.group for isir in self.transactions(student)}
        if groups[file.transaction] != "V1":
            text = f"Group {groups[file.transaction]} needs an identity result first."
            return Refusal(code="IDENTITY_RESULT_MISSING", text=text)
        return None


def _file(student: Student, transaction: int) -> File:
    return File(
        student_id=student.student_id, award_year=student.award_year, transaction=transaction
    )


def _another_amount(amount: Decimal) -> Decimal:
    """The amount with its last dollar digit wrong."""
    return amount + 1 if int(amount) % 10 != 9 else amount - 1
