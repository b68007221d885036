"""What people see of drop folders, and do with their triggers."""

import json
from pathlib import Path

import pytest

from deskhand.ports.case_store import CaseFilter
from tests.acceptance.drops.dropping import drop, drop_host, drop_project, inbox
from tests.practice.drop_office import BROKEN, GOOD, TRIGGER, write_runbook
from tests.practice.project import PracticeProject
from tests.practice.waiting import eventually


@pytest.fixture
def project(tmp_path: Path) -> PracticeProject:
    return drop_project(tmp_path / "project")


def test_drop_folders_are_listed_with_what_lies_in_them(project: PracticeProject) -> None:
    drop(project, GOOD)
    (project.folder / "inbox" / "nobody" / "entries").mkdir(parents=True)

    as_json, as_text = project.deskhand_each([["triggers", "list", "--json"], ["triggers", "list"]])
    (told,) = json.loads(as_json.stdout)
    shown = as_text.stdout.splitlines()

    assert (told["trigger"], told["state"], told["waiting"], told["claimed"]) == (
        TRIGGER,
        "working",
        1,
        0,
    )
    assert told["folders"] == ["inbox/harbor/entries"]
    assert told["last_look"] is None
    assert shown[2].startswith(f"{TRIGGER}  working  inbox/harbor/entries  1        0        -")
    assert shown[3] == "no account for inbox/nobody/entries: its files are not taken in"


def test_a_drop_folder_is_paused_and_resumed(project: PracticeProject) -> None:
    paused, listed, resumed, told = project.deskhand_each(
        [
            ["triggers", "pause", TRIGGER, "--reason", "audit week", "--as", "ann"],
            ["triggers", "list"],
            ["triggers", "resume", TRIGGER, "--reason", "over", "--as", "ann"],
            ["audit", "show", f"trigger:{TRIGGER}", "--json"],
        ]
    )

    assert paused.stdout == f"{TRIGGER} is paused\n"
    assert listed.stdout.splitlines()[2].split()[1] == "paused"
    assert listed.stdout.splitlines()[2].endswith("ann        audit week")
    assert resumed.stdout == f"{TRIGGER} is working\n"
    assert [one["type"] for one in json.loads(told.stdout)] == [
        "trigger.paused",
        "trigger.resumed",
    ]


def test_a_refused_file_is_a_case_that_a_person_closes(project: PracticeProject) -> None:
    drop(project, BROKEN)
    refused = inbox(project) / "refused"
    with drop_host(project):
        eventually(lambda: len(list(refused.glob("*-day.csv*"))) == 2, what="the file is refused")
    with project.place() as place, place.store.reading() as tx:
        (case,) = tx.cases.find(CaseFilter(), limit=10)

    shown, rejected, closed, left = project.deskhand_each(
        [
            ["exceptions", "show", case.id],
            ["exceptions", "reject", case.id, "--reason", "no"],
            ["exceptions", "close", case.id, "--reason", "told them", "--as", "ann"],
            ["exceptions", "list", "--json"],
        ]
    )

    assert (case.code, case.kind.value) == ("FILE_REFUSED", "business")
    assert "day.csv was refused: line 2: a quote that opens" in shown.stdout
    assert "is about a drop folder inbox/harbor/entries" in rejected.stderr
    assert (closed.returncode, json.loads(left.stdout)) == (0, [])


def test_the_check_says_which_runbooks_want_the_same_files(project: PracticeProject) -> None:
    write_runbook(project.folder, name="ledger.other", pattern="inbox/*/entries/d*.csv")

    ended = project.deskhand("check")

    assert ended.returncode == 1
    assert "a file could fit `inbox/*/entries/d*.csv`, and `inbox/{client}/entries/" in ended.stdout
