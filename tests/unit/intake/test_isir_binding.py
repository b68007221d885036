"""An ISIR record → the fields of an item."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.demo.aid.isir_writer import isir_record
from deskhand.intake.isir import IsirReader
from deskhand.ports.reader import Row
from deskhand.ports.runbook_library import Bound, Rejected
from deskhand.runbooks.library import Library
from tests.unit.runbooks.bots import BOTS

NOW = datetime(2026, 2, 1, 12, tzinfo=UTC)
RUNBOOK = """\
deskhand: 1
runbook: aid.note
portal: aid_portal
item:
  reference: [fafsa_uuid, transaction]
  fields:
    fafsa_uuid: string
    transaction: int
    student_id: {type: string, pattern: "[0-9]{9}", sensitivity: pii}
    birth_date: birth_date
    award_year: string
    group: {type: choice, options: [V1, V4, V5]}
    family_size: int
    agi: {type: money, sensitivity: fti}
    irs_agi: {type: money, sensitivity: fti}
triggers:
  - file: inbox/{client}/isir/*.{isir,dat}
    map:
      student_id: row.ssn
      group: row.verification_group
      family_size: default(row.family_size, row.parent_family_size)
steps:
  - use: read_award
"""
RECORD = {
    "fafsa_uuid": "00000000-0000-4000-8000-000000001001",
    "transaction": "02",
    "ssn": "911001001",
    "birth_date": "20060307",
    "verification_group": "V1",
    "parent_family_size": "5",
    "agi": "-700",
    "irs_agi": "52300",
}


def bound(folder: Path, **changes: str) -> Bound | Rejected:
    file = folder / "records.dat"
    file.write_text(isir_record({**RECORD, **changes}) + "\r\n", encoding="utf-8")
    [row] = IsirReader().rows(file)
    assert isinstance(row, Row)
    library = Library(BOTS)
    runbook = library.compile(RUNBOOK, file="aid-note.yaml")
    binder = library.binder(runbook, runbook.triggers[0])
    return binder.bind(row.values, today=NOW.date(), now=NOW)


def test_a_record_becomes_an_item(tmp_path: Path) -> None:
    item = bound(tmp_path)

    assert isinstance(item, Bound)
    assert item.values == {
        "fafsa_uuid": RECORD["fafsa_uuid"],
        "transaction": 2,
        "student_id": "911001001",
        "birth_date": date(2006, 3, 7),
        "award_year": "2024-25",
        "group": "V1",
        "family_size": 5,
        "agi": Decimal("-700.00"),
        "irs_agi": Decimal("52300.00"),
    }


@pytest.mark.parametrize("reserved", ["V2", "V3", "V6"])
def test_a_reserved_group_is_rejected(tmp_path: Path, reserved: str) -> None:
    rejected = bound(tmp_path, verification_group=reserved)

    assert isinstance(rejected, Rejected)
    assert "V1, V4, V5" in str(rejected)
    assert "911001001" not in str(rejected)
