"""An aid office's files, from its export to the portal's receipts and its own ledger."""

import csv
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest

from deploy.demo.aid.files import AidFiles, write_aid_files
from deploy.demo.aid.people import ScriptedPeople
from deploy.demo.aid.project import write_aid_project
from deploy.demo.aid.world import AidWorld, Kind, make_aid_world
from deskhand.ports.item_store import ItemFilter
from tests.acceptance.sealed.marked import forms, found_in
from tests.portals.aid.process import AidPortalProcess
from tests.practice.project import ROOT, PracticeProject

pytestmark = pytest.mark.browser

RUNBOOKS = ROOT / "runbooks"
VERIFIED = (Kind.AGREES, Kind.WITHIN)
CORRECTED = (Kind.AT, Kind.OVER)
CASES = {
    Kind.OLDER: "OLDER_TRANSACTION",
    Kind.NOT_FOUND: "STUDENT_NOT_FOUND",
    Kind.IDENTITY: "IDENTITY_TO_CHECK",
    Kind.WRONG_DIGIT: "CORRECTION_DIFFERS",
}
TROUBLES = "drop-after-commit%40,timeout-after-commit%20,field-wiped,dialog"


@dataclass(slots=True)
class Verified:
    """A world whose files were all performed to rest."""

    world: AidWorld
    files: AidFiles
    project: PracticeProject
    people: ScriptedPeople
    commits: list[dict[str, Any]]

    def result_of(self, student_id: str) -> str | None:
        """What the school's ledger says of a student."""
        with closing(sqlite3.connect(self.files.ledger)) as sql:
            row = sql.execute("select result from aid_file where student_id=?", (student_id,))
            result: str | None = row.fetchone()[0]
        return result

    def statuses(self) -> Mapping[str, tuple[str, str]]:
        """What was answered of each row, in the export's order: its status and its reason."""
        with self.files.export.with_name(f"{self.files.export.name}.results.csv").open() as rows:
            answered = [(row["status"], row["reason"]) for row in csv.DictReader(rows)]
        students = [file.student.student_id for file in self.world.files]
        return dict(zip(students, answered, strict=True))


@pytest.fixture(scope="module")
def verified(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verified]:
    folder = tmp_path_factory.mktemp("aid")
    world = make_aid_world(today=datetime.now(UTC).date(), agreeing=3)
    files = write_aid_files(world, folder)
    with AidPortalProcess.start(
        data_dir=folder / "portal",
        world=world.portal,
        faults=f"{TROUBLES},wrong-digit",
        today=world.today,
        options=["--correction-seconds=1"],
    ) as portal:
        write_aid_project(
            folder, content=RUNBOOKS, world=world, url=portal.url, ledger=files.ledger
        )
        project = PracticeProject(folder=folder)
        run = ("run", "aid.verify", "--input", files.export)
        project.told(*run)
        with project.place() as place:
            people = ScriptedPeople(place, world, say=lambda _: None)
            while people.speak():
                project.told(*run)
        yield Verified(world, files, project, people, portal.ledger())


def test_every_file_ends_as_it_must(verified: Verified) -> None:
    statuses = verified.statuses()

    for file in verified.world.files:
        status, reason = statuses[file.student.student_id]
        if file.kind in CASES:
            assert (status, CASES[file.kind]) == ("with_person", reason), file.kind
        else:
            assert status == "done", (file.kind, reason)


def test_every_question_was_answered_and_every_correction_approved(verified: Verified) -> None:
    corrections = len(verified.world.of(*CORRECTED, Kind.WRONG_DIGIT))

    assert verified.people.answers == corrections + len(verified.world.of(Kind.SIZE))
    assert verified.people.approvals == corrections


def test_nobody_approved_their_own_answer(verified: Verified) -> None:
    with verified.project.place() as place, place.store.reading() as tx:
        answers = [
            {answer.step: answer.by for answer in tx.answers.of_item(item.id)}
            for item in tx.items.find(ItemFilter(), limit=1000)
        ]

    pairs = [(of["answer"], of["aid_corrections"]) for of in answers if "aid_corrections" in of]
    assert pairs
    assert all(answered != approved for answered, approved in pairs)


def test_each_act_reached_the_portal_once(verified: Verified) -> None:
    acts = [(row["student_id"], row["kind"]) for row in verified.commits]

    expected = [
        *((file.student.student_id, "verification") for file in verified.world.of(*VERIFIED)),
        *(
            (file.student.student_id, "correction")
            for file in verified.world.of(*CORRECTED, Kind.WRONG_DIGIT)
        ),
    ]
    assert sorted(acts) == sorted(expected)


def test_a_correction_is_to_the_cent_what_the_transcript_says(verified: Verified) -> None:
    sent = {
        row["student_id"]: row["received"]["agi"]
        for row in verified.commits
        if row["kind"] == "correction"
    }

    for file in verified.world.of(*CORRECTED):
        assert file.student.transcript is not None
        assert sent[file.student.student_id] == f"{file.student.transcript.agi:.2f}"


def test_the_schools_ledger_notes_what_came_of_each_file(verified: Verified) -> None:
    for file in verified.world.files:
        expected = {**dict.fromkeys(VERIFIED, "verified"), **dict.fromkeys(CORRECTED, "corrected")}
        assert verified.result_of(file.student.student_id) == expected.get(file.kind), file.kind


def test_nothing_of_a_student_lies_in_the_clear(verified: Verified) -> None:
    values: list[object] = []
    for file in verified.world.files:
        assert file.student.transcript is not None
        values += [file.student.student_id, file.student.name, file.student.transcript.agi]
    kept = [path for path in verified.project.state.rglob("*") if path.is_file()]

    assert kept
    for path in kept:
        assert found_in(path.read_bytes(), forms(values)) == [], path.name


def test_the_audit_log_holds(verified: Verified) -> None:
    ended = verified.project.deskhand("audit", "verify")

    assert ended.returncode == 0, ended.stdout
