"""The practice world of the aid office, and the files that are written of it."""

import csv
import sqlite3
from contextlib import closing
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from deploy.demo.aid.files import write_aid_files
from deploy.demo.aid.isir_writer import isir_record
from deploy.demo.aid.world import TOLERANCE, AidWorld, Kind, make_aid_world
from deskhand.intake.isir import IsirReader
from deskhand.ports.reader import Row
from tests.portals.aid.world import load_world

TODAY = date(2026, 11, 25)


@pytest.fixture(scope="module")
def world() -> AidWorld:
    return make_aid_world(today=TODAY)


def test_the_same_seed_makes_the_same_world(world: AidWorld) -> None:
    assert make_aid_world(today=TODAY) == world
    assert make_aid_world(today=TODAY, seed=2) != world


def test_there_is_a_file_of_every_kind_and_no_number_that_could_be_given_out(
    world: AidWorld, tmp_path: Path
) -> None:
    loaded = load_world(world.portal.save(tmp_path / "world.json"))

    assert {file.kind for file in world.files} == set(Kind)
    assert all(student.ssn.startswith("9") for student in loaded.students)
    assert len(loaded.students) == len(world.files) - 1


@pytest.mark.parametrize(
    ("kind", "off"),
    [
        (Kind.AGREES, Decimal(0)),
        (Kind.WITHIN, Decimal("24.99")),
        (Kind.AT, TOLERANCE),
        (Kind.OVER, Decimal(1200)),
    ],
)
def test_the_incomes_of_a_kind_differ_by_what_it_says(
    world: AidWorld, kind: Kind, off: Decimal
) -> None:
    for file in world.of(kind):
        student = file.student
        assert student.transcript is not None
        assert student.transcript.agi - student.transactions[0].agi == off


def test_whoever_answers_does_not_approve_the_answer(world: AidWorld) -> None:
    assert all(answer.by != answer.approved_by for answer in world.answers)
    assert all(
        (answer.approved_by is not None) == (answer.gives["decision"] == "correct")
        for answer in world.answers
    )


def test_the_files_say_what_the_world_says(world: AidWorld, tmp_path: Path) -> None:
    files = write_aid_files(world, tmp_path)

    records = list(IsirReader().rows(files.isir))
    with files.export.open(newline="") as export:
        rows = list(csv.DictReader(export))
    with closing(sqlite3.connect(files.ledger)) as sql:
        waiting = sql.execute("select count(*) from aid_file where result is null").fetchone()[0]

    assert all(isinstance(record, Row) for record in records)
    assert [row["student_id"] for row in rows] == [f.student.student_id for f in world.files]
    assert rows[0]["worksheet.agi"] == f"{world.files[0].worksheet.agi:.2f}"
    assert waiting == len(world.files)
    assert [record.values["ssn"] for record in records if isinstance(record, Row)] == [
        student.ssn for student in world.portal.students for _ in student.transactions
    ]


def test_a_value_that_does_not_fit_its_place_is_not_written() -> None:
    with pytest.raises(ValueError, match="agi is longer than its 10 characters"):
        isir_record({"agi": "12345678901"})
