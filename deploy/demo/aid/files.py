"""Writes what an aid office has: its ledger, its export of files to verify, its ISIR file."""

import csv
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_URL, uuid5

from deploy.demo.aid.isir_writer import write_isir
from deploy.demo.aid.world import CLIENT, AidFile, AidWorld
from tests.portals.aid.world import Isir, Student

_HEADING: Final = (
    "student_id",
    "award_year",
    "transaction",
    "selected_on",
    "group",
    "worksheet.agi",
    "worksheet.tax_paid",
    "worksheet.family_size",
    "worksheet.identity_seen",
)
# As bots/ledger/database.py has it.
_TABLE: Final = """
create table aid_file(
  student_id text not null, award_year text not null, trn integer not null,
  selected_on text not null, verification_group text not null,
  agi text not null, tax_paid text not null, family_size integer not null,
  identity_seen integer not null, result text, reference text,
  primary key (student_id, award_year)
)
"""
_INSERT: Final = "insert into aid_file values (?,?,?,?,?,?,?,?,?,null,null)"


@dataclass(frozen=True, slots=True, kw_only=True)
class AidFiles:
    """Where the files were written; `export` lies where the runbook's trigger looks for it."""

    ledger: Path
    export: Path
    isir: Path


def write_aid_files(world: AidWorld, folder: Path) -> AidFiles:
    """Write the ledger, and what the school and the federal office send, below a folder."""
    inbox = folder / "inbox" / CLIENT
    files = AidFiles(
        ledger=folder / "ledger.sqlite",
        export=inbox / "aid" / "files-to-verify.csv",
        isir=inbox / "isir" / "records.isir",
    )
    for file in (files.export, files.isir):
        file.parent.mkdir(parents=True, exist_ok=True)
    _write_ledger(world, files.ledger)
    with files.export.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(_HEADING)
        writer.writerows(_cells(file) for file in world.files)
    with files.isir.open("w", encoding="utf-8", newline="") as stream:
        write_isir(
            stream,
            [
                _record(student, isir)
                for student in world.portal.students
                for isir in student.transactions
            ],
        )
    return files


def _write_ledger(world: AidWorld, file: Path) -> None:
    with closing(sqlite3.connect(file)) as sql, sql:
        sql.execute(_TABLE)
        sql.executemany(_INSERT, [_cells(one) for one in world.files])


def _cells(file: AidFile) -> tuple[str | int, ...]:
    signed = file.worksheet
    return (
        file.student.student_id,
        file.student.award_year,
        file.transaction,
        file.student.selected_on.isoformat(),
        file.student.transactions[0].group,
        f"{signed.agi:.2f}",
        f"{signed.tax_paid:.2f}",
        signed.family_size,
        int(signed.identity_seen),
    )


def _record(student: Student, isir: Isir) -> dict[str, str]:
    fafsa = uuid5(NAMESPACE_URL, student.student_id)
    return {
        "fafsa_uuid": str(fafsa),
        "transaction_uuid": str(uuid5(fafsa, str(isir.transaction))),
        "transaction": f"{isir.transaction:02}",
        "dependency": "I",
        "processed_on": f"{isir.processed_on:%Y%m%d}",
        "sai": str(isir.sai),
        "first_name": student.first_name,
        "last_name": student.last_name,
        "birth_date": f"{student.birth_date:%Y%m%d}",
        "ssn": student.ssn,
        "family_size": str(isir.family_size),
        "income_earned": f"{isir.income_earned:.0f}",
        "agi": f"{isir.agi:.0f}",
        "tax_paid": f"{isir.tax_paid:.0f}",
        "verification_group": isir.group,
        "selected": "Y",
        "c_flag": "Y" if isir.c_flag else "",
    }
