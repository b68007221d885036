"""From a client's file to receipts and answers."""

import csv
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deploy.demo.values import Claim
from tests.practice.portal import Practice
from tests.practice.project import RUNBOOK, PracticeProject

CLIENT = "lakeside"


class Delivered:
    """A file of two good claims and one bad one, performed to rest."""

    def __init__(self, practice: Practice) -> None:
        self.practice = practice
        self.project = practice.empty_project()
        self.good = practice.deal(CLIENT, 2)
        (bad,) = practice.deal(CLIENT, 1)
        self.bad = replace(bad, total_charge=bad.total_charge + 1)
        self.file = self.project.deliver(CLIENT, [*self.good, self.bad])
        self.told = self.project.run(self.file)

    def answers(self, kind: str) -> list[dict[str, str]]:
        with self.file.with_name(f"{self.file.name}.{kind}.csv").open(newline="") as answers:
            return [*csv.DictReader(answers)]

    def commits(self) -> Mapping[str, Sequence[str]]:
        """The portal's confirmations, by the number of each claim of the file."""
        return commits_of(self.practice, [*self.good, self.bad])


@pytest.fixture(scope="module")
def delivered(practice: Practice) -> Delivered:
    return Delivered(practice)


@pytest.mark.browser
def test_each_row_is_answered_with_the_portals_receipt(delivered: Delivered) -> None:
    results = delivered.answers("results")

    assert [row["status"] for row in results] == ["done", "done", "rejected"]
    for claim, row in zip(delivered.good, results, strict=False):
        assert claim.claim_number in row["reference"]
        assert delivered.commits()[claim.claim_number] == [row["portal_number"]]
    assert delivered.commits()[delivered.bad.claim_number] == []


@pytest.mark.browser
def test_a_rejected_row_is_answered_with_its_place_and_reason(delivered: Delivered) -> None:
    (reject,) = delivered.answers("rejects")

    assert (reject["row"], reject["line"]) == ("3", "4")
    assert "TOTAL_WRONG" in reject["reason"]


@pytest.mark.browser
def test_the_control_totals_balance(delivered: Delivered) -> None:
    totals = {row["name"]: row for row in delivered.answers("totals")}

    counts = {name: int(row["count"]) for name, row in totals.items()}
    amounts = {name: Decimal(row["amount"]) for name, row in totals.items()}
    parts = ("done", "duplicate", "rejected_by_person", "with_person", "open")
    assert counts["rows"] == counts["accepted"] + counts["rejected"] == 3
    for balanced in (counts, amounts):
        assert balanced["accepted"] == sum(balanced[part] for part in parts)
    assert amounts["done"] == sum(claim.total_charge for claim in delivered.good)
    assert delivered.told["items"] == {"done": 2}


@pytest.mark.browser
def test_the_same_file_once_more_submits_nothing_again(delivered: Delivered) -> None:
    ended = delivered.project.deskhand("run", RUNBOOK, "--input", delivered.file)

    assert ended.returncode == 0, ended.stderr
    assert "was taken in before" in ended.stderr
    assert Counter(map(len, delivered.commits().values())) == {1: 2, 0: 1}


@pytest.mark.browser
def test_the_log_verifies_and_names_the_record_that_was_tampered_with(delivered: Delivered) -> None:
    project = delivered.project
    clean = project.deskhand("audit", "verify")
    stream, seq = _tamper(project)

    tampered = project.deskhand("audit", "verify")

    assert (clean.returncode, tampered.returncode) == (0, 1)
    assert "NOT verified" in tampered.stdout
    assert stream in tampered.stdout
    assert str(seq) in tampered.stdout


@pytest.mark.browser
def test_a_file_whose_intake_was_killed_is_gone_on_with(practice: Practice) -> None:
    project = practice.empty_project()
    claims = practice.deal(CLIENT, 3)
    file = project.deliver(CLIENT, claims)
    killed = project.struck("run", RUNBOOK, "--input", file, at="after:commit#3", rows_a_batch=1)
    begun = project.told("files", "list")

    project.run(file)

    assert killed == -9
    assert [(each["state"], each["rows"] in (1, 2)) for each in begun] == [("taking", True)]
    assert {len(found) for found in commits_of(practice, claims).values()} == {1}
    (taken,) = project.told("files", "list")
    assert (taken["state"], taken["rows"]) == ("taken", 3)


@pytest.mark.parametrize(
    ("name", "content", "problem"),
    [
        ("claims.csv", b"", "empty"),
        ("claims.csv", "PatientControlNo,Payer\nCLM-1,Müller\n".encode("utf-16"), "UTF-8"),
        ("claims.csv", bytes(range(256)) * 8, ""),
        ("claims.json", b'{"claims": [{"claim_number": ', ""),
        ("claims.837", b"ISA*00*          *00*     ", ""),
        ("claims.txt", b"claims", "no reader"),
    ],
    ids=["empty", "another encoding", "garbage", "half a JSON", "half an 837", "unknown kind"],
)
def test_a_file_that_cannot_be_read_is_refused_whole(
    practice: Practice, name: str, content: bytes, problem: str
) -> None:
    project = practice.empty_project()
    file = project.folder / "inbox" / CLIENT / "claims" / name
    file.parent.mkdir(parents=True)
    file.write_bytes(content)

    ended = project.deskhand("run", RUNBOOK, "--input", file)

    assert ended.returncode == 1
    assert name in ended.stderr
    assert problem in ended.stderr
    assert "Traceback" not in ended.stderr
    assert project.told("items", "list") == []


def commits_of(practice: Practice, claims: Sequence[Claim]) -> Mapping[str, Sequence[str]]:
    """The portal's confirmations, by claim number."""
    ledger: Sequence[Mapping[str, Any]] = practice.portal.ledger()
    return {
        claim.claim_number: [
            row["confirmation"] for row in ledger if row["claim_number"] == claim.claim_number
        ]
        for claim in claims
    }


def _tamper(project: PracticeProject) -> tuple[str, int]:
    """Change a record as somebody who owns the file could; return which one."""
    database: Path = project.state / "deskhand.db"
    with closing(sqlite3.connect(database)) as sql:
        sql.execute("drop trigger audit_record_update_guard")
        position, stream, seq, body = sql.execute(
            "select position, stream, seq, body from audit_record"
            " where type = 'bot.submit_confirmed' limit 1"
        ).fetchone()
        forged = body.replace(b'"by_proof":false', b'"by_proof":true')
        assert forged != body
        sql.execute("update audit_record set body = ? where position = ?", [forged, position])
        sql.commit()
    return str(stream), int(seq)
