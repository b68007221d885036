"""The ledger's SQLite file: one row a student and award year, and every statement on it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path

from deskhand import Sealed

from .records import Noted, UnverifiedFile, Worksheet  # noqa: TID252 (loaded by its path)

SCHEMA = """
create table if not exists aid_file(
  student_id text not null, award_year text not null, trn integer not null,
  selected_on text not null, verification_group text not null,
  agi text not null, tax_paid text not null, family_size integer not null,
  identity_seen integer not null, result text, reference text,
  primary key (student_id, award_year)
)
"""
"""The table, as a school's export makes it; amounts are decimal text."""

_UNVERIFIED = """
select * from aid_file where result is null order by selected_on, student_id, award_year
"""
_FOUND = "select trn, result, reference from aid_file where student_id = ? and award_year = ?"
_NOTED = """
update aid_file set result = ?, reference = ?
where student_id = ? and award_year = ? and trn = ? and result is null
"""
_PATIENCE_SECONDS = 10


@dataclass(frozen=True, slots=True)
class LedgerFile:
    """The ledger's file; every question and every change opens it anew."""

    path: Path

    def unverified(self) -> list[UnverifiedFile]:
        """Return the files without a result, the one that waits longest first."""
        with self._opened() as sql:
            return [_file(row) for row in sql.execute(_UNVERIFIED)]

    def noted(self, student_id: str, award_year: str, transaction: int) -> Noted | None:
        """Return what is noted of a file; raises `LookupError` where the ledger has no such.

        A file of another transaction is another one: a newer one has yet to be verified.
        """
        with self._opened() as sql:
            row = sql.execute(_FOUND, (student_id, award_year)).fetchone()
        if row is None:
            raise LookupError("the ledger has no such file")
        if row["trn"] != transaction:
            raise LookupError(f"the ledger has transaction {row['trn']} of this file by now")
        if row["result"] is None:
            return None
        return Noted(result=row["result"], reference=row["reference"])

    def note(self, student_id: str, award_year: str, transaction: int, noted: Noted) -> bool:
        """Note a result where there is none; return whether it was noted."""
        values = (noted.result, noted.reference, student_id, award_year, transaction)
        with self._opened() as sql:
            changed = sql.execute(_NOTED, values)
        return changed.rowcount == 1

    @contextmanager
    def _opened(self) -> Iterator[sqlite3.Connection]:
        """Lend the file in a transaction of its own; a missing one is not made."""
        address = f"{self.path.as_uri()}?mode=rw"
        with closing(sqlite3.connect(address, uri=True, timeout=_PATIENCE_SECONDS)) as sql, sql:
            sql.row_factory = sqlite3.Row
            yield sql


def _file(row: sqlite3.Row) -> UnverifiedFile:
    return UnverifiedFile(
        student_id=Sealed(row["student_id"]),
        award_year=row["award_year"],
        transaction=row["trn"],
        selected_on=date.fromisoformat(row["selected_on"]),
        group=row["verification_group"],
        worksheet=Worksheet(
            agi=Sealed(Decimal(row["agi"])),
            tax_paid=Sealed(Decimal(row["tax_paid"])),
            family_size=row["family_size"],
            identity_seen=bool(row["identity_seen"]),
        ),
    )
