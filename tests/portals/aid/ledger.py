"""What the portal took in, in one SQLite file: the records, and the ledger of commits as oracle."""

import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

_SCHEMA = """
create table if not exists ledger(
  seq integer primary key autoincrement, at text not null, kind text not null,
  student_id text not null, award_year text not null, trn integer not null,
  school text not null, user text not null, session text not null,
  reference text not null unique, received text not null, held_differs text not null
);
create table if not exists verification(
  student_id text not null, award_year text not null, trn integer not null,
  reference text not null unique, primary key (student_id, award_year, trn)
);
create table if not exists correction(
  reference text primary key, student_id text not null, award_year text not null,
  against integer not null, agi text not null, due_at text not null
);
create table if not exists document(
  student_id text not null, award_year text not null, name text not null, kind text not null,
  size integer not null, reference text not null unique
);
"""
_PREFIXES = {"verification": "VER", "correction": "COR", "document": "DOC"}


@dataclass(frozen=True, slots=True, kw_only=True)
class File:
    """Whose file an act is about: a student's in one award year, at one transaction."""

    student_id: str
    award_year: str
    transaction: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Officer:
    """Who acts, and in which login session."""

    user: str
    school: str
    session: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A correction as it is held; it becomes a transaction of its own when it is due."""

    reference: str
    against: int
    agi: Decimal
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document on file."""

    reference: str
    name: str
    kind: str
    size: int


class Ledger:
    """The portal's database; every commit is one transaction."""

    def __init__(self, file: Path) -> None:
        self._sql = sqlite3.connect(file, isolation_level=None, check_same_thread=False)
        self._sql.row_factory = sqlite3.Row
        self._sql.execute("pragma journal_mode=wal")
        self._sql.execute("pragma synchronous=normal")
        self._sql.executescript(_SCHEMA)

    def close(self) -> None:
        """Close the file."""
        self._sql.close()

    def verify(self, file: File, by: Officer, *, at: datetime) -> str:
        """Note a transaction as verified; give the reference number."""
        with self._committing("verification", file, by, at=at, received={}) as reference:
            self._sql.execute(
                "insert into verification values (?,?,?,?)",
                (file.student_id, file.award_year, file.transaction, reference),
            )
        return reference

    def correct(
        self, file: File, by: Officer, *, agi: Decimal, held: Decimal, at: datetime, due: datetime
    ) -> str:
        """Take a correction in, and hold what will be held of it; give the reference number."""
        differs = ["agi"] if held != agi else []
        received = {"agi": str(agi)}
        with self._committing(
            "correction", file, by, at=at, received=received, differs=differs
        ) as reference:
            self._sql.execute(
                "insert into correction values (?,?,?,?,?,?)",
                (
                    reference,
                    file.student_id,
                    file.award_year,
                    file.transaction,
                    str(held),
                    due.isoformat(),
                ),
            )
        return reference

    def attach(
        self, file: File, by: Officer, *, document: tuple[str, str, int], at: datetime
    ) -> str:
        """Put a document on file: its name, its kind, its size; give the reference number."""
        name, kind, size = document
        received = {"name": name, "kind": kind, "size": size}
        with self._committing("document", file, by, at=at, received=received) as reference:
            self._sql.execute(
                "insert into document values (?,?,?,?,?,?)",
                (file.student_id, file.award_year, name, kind, size, reference),
            )
        return reference

    def verification(self, file: File) -> str | None:
        """Give the reference of a transaction's verification."""
        row = self._sql.execute(
            "select reference from verification where student_id=? and award_year=? and trn=?",
            (file.student_id, file.award_year, file.transaction),
        ).fetchone()
        return None if row is None else str(row["reference"])

    def corrections(self, student_id: str, award_year: str) -> Sequence[Correction]:
        """Give the corrections of a student's file, oldest first."""
        rows = self._sql.execute(
            "select * from correction where student_id=? and award_year=? order by reference",
            (student_id, award_year),
        )
        return [
            Correction(
                reference=row["reference"],
                against=row["against"],
                agi=Decimal(row["agi"]),
                due_at=datetime.fromisoformat(row["due_at"]),
            )
            for row in rows
        ]

    def documents(self, student_id: str, award_year: str) -> Sequence[Document]:
        """Give the documents of a student's file, oldest first."""
        rows = self._sql.execute(
            "select * from document where student_id=? and award_year=? order by reference",
            (student_id, award_year),
        )
        return [
            Document(
                reference=row["reference"], name=row["name"], kind=row["kind"], size=row["size"]
            )
            for row in rows
        ]

    def rows(self) -> list[dict[str, Any]]:
        """Give the ledger: every commit since the practice began, oldest first."""
        rows = [dict(row) for row in self._sql.execute("select * from ledger order by seq")]
        for row in rows:
            row["received"] = msgspec.json.decode(row["received"])
            row["held_differs"] = msgspec.json.decode(row["held_differs"])
        return rows

    @contextmanager
    def _committing(
        self,
        kind: str,
        file: File,
        by: Officer,
        *,
        at: datetime,
        received: Mapping[str, object],
        differs: Sequence[str] = (),
    ) -> Iterator[str]:
        """Lend a new reference; write its row of the ledger and what the block adds, or nothing."""
        self._sql.execute("begin immediate")
        try:
            number = self._sql.execute("select count(*) from ledger").fetchone()[0] + 1
            reference = f"{_PREFIXES[kind]}-{number:07}"
            self._sql.execute(
                "insert into ledger(at, kind, student_id, award_year, trn, school, user, session,"
                " reference, received, held_differs) values (?,?,?,?,?,?,?,?,?,?,?)",
                (
                    *(at.isoformat(), kind, file.student_id, file.award_year, file.transaction),
                    *(by.school, by.user, by.session, reference, _json(received), _json(differs)),
                ),
            )
            yield reference
        except BaseException:
            self._sql.execute("rollback")
            raise
        self._sql.execute("commit")


def _json(value: object) -> str:
    return msgspec.json.encode(value).decode()
