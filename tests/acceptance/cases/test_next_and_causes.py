"""Cases on the command line: handed out, snoozed, counted by cause, retried together."""

import asyncio
import json
import os
import pwd
from datetime import timedelta
from typing import Any

import pytest

from deskhand.bootstrap.clocks import sweeper_loop
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import RecordType
from deskhand.domain.work_item import ItemState, WorkItem
from deskhand.runtime.store_thread import StoreThread
from deskhand.use_cases.open_case import CaseOpener
from tests.making import ANN, RUNBOOK, an_entry, an_item
from tests.practice.project import PracticeProject

QUEUES = """\
queues:
  claims: {role: reviewer}
  ops: {role: engineer}
"""
PEOPLE = """\
people:
  - {name: ann, roles: [reviewer]}
  - {name: bob, roles: [engineer]}
"""
MOVED = Cause(kind=CauseKind.SYSTEM, code=SystemCode.LAYOUT_CHANGED, step="find_claim")
NO = Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND", message="no such member")
GROUP = "system/LAYOUT_CHANGED/find_claim@payer_portal"


def to_a_person(place: Workplace, number: int, cause: Cause, *, queue: str, late: bool) -> None:
    """Let an item go to a person; a late one went there days ago."""
    now = place.clock.now() - (timedelta(days=9) if late else timedelta(0))
    item: WorkItem = an_item(f"i{number}", accepted_at=now, changed_at=now)
    with place.store.transaction() as tx:
        tx.runbooks.add(RUNBOOK, name="claims-submit", source="runbook: …", by="ann", at=now)
        tx.record_first([an_entry(item.stream, "item", "waiting", type=RecordType.ITEM_CREATED)])
        tx.items.add([item])
        for state in (ItemState.PERFORMING, ItemState.WITH_PERSON):
            seq = tx.record(an_entry(item.stream, "item", state.value))
            item = item.moved_to(state, audit_seq=seq, at=now)
            tx.items.save(item)
        opener = CaseOpener(seal=place.seal, actor=ANN, at=now, book=place.book)
        opener.about_item(tx, item, cause, queue=queue, attempt=None)


@pytest.fixture
def office(project: PracticeProject) -> PracticeProject:
    """Three cases of a moved page for bob, the second one overdue; one wrong member for ann."""
    (project.folder / "queues.yaml").write_text(QUEUES, encoding="utf-8")
    (project.folder / "people.yaml").write_text(PEOPLE, encoding="utf-8")
    with project.place() as place:
        for number in range(3):
            to_a_person(place, number, MOVED, queue="ops", late=number == 1)
        to_a_person(place, 3, NO, queue="claims", late=False)
    return project


def references(cases: Any) -> list[str]:
    return [case["reference"] for case in cases]


def test_people_are_handed_what_is_due_first_and_for_them(office: PracticeProject) -> None:
    bobs = [office.told("next", "--as", "bob") for _ in range(4)]
    anns = office.told("next", "--as", "ann", "--client", "lakeside")
    said = office.deskhand("next", "--as", "eve")

    assert [case and case["reference"] for case in bobs] == ["C-i1", "C-i0", "C-i2", None]
    assert (anns["reference"], anns["taken_by"]) == ("C-i3", "ann")
    assert anns["message"] == "no such member"
    assert said.stdout == "nothing waits for you\n"
    assert said.stderr == "people.yaml lists no eve: queues with a role are not for them\n"


def test_the_sweeper_of_a_project_tells_of_what_is_overdue(office: PracticeProject) -> None:
    with office.place() as place:
        thread = StoreThread()
        asyncio.run(sweeper_loop(place, thread).tick())
        thread.close()

    told = {case["reference"]: case["told"] for case in office.told("exceptions", "list")}

    assert told == {"C-i0": "nothing", "C-i1": "overdue", "C-i2": "nothing", "C-i3": "nothing"}


def test_a_case_is_not_taken_by_who_may_not(office: PracticeProject) -> None:
    ended = office.deskhand("exceptions", "take", "C-i3", "--as", "bob")

    assert ended.returncode == 1
    assert "role reviewer" in ended.stderr
    assert "who may: ann" in ended.stderr


def test_a_name_of_blanks_is_nobodys(office: PracticeProject) -> None:
    ended = office.deskhand("next", "--as", " ")

    assert ended.returncode == 2
    assert "say who you are, or leave it out" in ended.stderr


def test_cases_are_listed_by_due_time_with_their_clocks(office: PracticeProject) -> None:
    told = office.told("exceptions", "list")
    overdue = office.told("exceptions", "list", "--overdue")
    shown = office.deskhand("exceptions", "list").stdout

    assert references(told) == ["C-i1", "C-i0", "C-i2", "C-i3"]
    assert sorted(case["due_at"] for case in told) == [case["due_at"] for case in told]
    assert references(overdue) == ["C-i1"]
    assert "overdue" in shown.splitlines()[2]
    short = office.deskhand("exceptions", "list", "--limit", "3", "--json")
    assert references(json.loads(short.stdout)) == ["C-i1", "C-i0", "C-i2"]
    assert short.stderr == "only the first 3; see more with --limit\n"


def test_a_snoozed_case_is_shown_as_such_and_not_handed_out(office: PracticeProject) -> None:
    words = ("exceptions", "snooze", "C-i3", "--as", "ann", "--reason", "the clinic calls back")
    told = office.told(*words, "--for", "2h")
    shown = office.deskhand("exceptions", "show", "C-i3").stdout

    assert told["snoozed_until"] is not None
    assert "snoozed" in shown
    assert office.told("next", "--as", "ann") is None
    assert office.deskhand(*words).returncode == 2
    assert office.deskhand(*words, "--until", "soon").returncode == 2
    assert office.deskhand(*words, "--until", "2020-01-01").returncode == 1


def test_what_has_one_cause_is_one_line_and_one_incident(office: PracticeProject) -> None:
    counted = office.told("exceptions", "causes")
    grouped = office.told("exceptions", "list", "--by", "cause")

    assert [(cause["cause_group"], cause["cases"]) for cause in counted] == [
        (GROUP, 3),
        ("business/MEMBER_NOT_FOUND/@payer_portal/lakeside", 1),
    ]
    assert [(group["code"], group["count"]) for group in grouped] == [
        ("LAYOUT_CHANGED", 3),
        ("MEMBER_NOT_FOUND", 1),
    ]
    assert grouped[0]["incident"] in grouped[0]["cases"]
    assert grouped[1]["incident"] is None


def test_after_the_repair_all_of_a_cause_are_retried_and_the_counts_add_up(
    office: PracticeProject,
) -> None:
    office.told("exceptions", "take", "C-i2", "--as", "bob")

    refused = office.told("exceptions", "retry", "--group", GROUP, "--as", "ann")
    done = office.told("exceptions", "retry", "--group", GROUP, "--as", "bob", "--reason", "fixed")
    nothing = office.deskhand("exceptions", "retry", "--group", GROUP, "--as", "bob")

    assert (refused["cases"], len(refused["retried"]), len(refused["refused"])) == (3, 0, 3)
    assert (done["cases"], len(done["retried"]), len(done["refused"])) == (3, 3, 0)
    assert nothing.returncode == 1
    assert references(office.told("exceptions", "list")) == ["C-i3"]
    verified = office.deskhand("audit", "verify", "--json")
    assert json.loads(verified.stdout)["clean"]


@pytest.mark.parametrize("words", [(), ("C-i0", "--group", GROUP), ("--group", "g", "--not-there")])
def test_a_retry_is_of_one_case_or_of_one_cause(
    office: PracticeProject, words: tuple[str, ...]
) -> None:
    assert office.deskhand("exceptions", "retry", *words).returncode == 2


def test_the_story_of_an_item_names_the_cases_that_its_records_are_about(
    office: PracticeProject,
) -> None:
    (case,) = office.told("exceptions", "list", "--code", NO.code)

    told = office.deskhand("audit", "show", case["item"]).stdout.splitlines()

    assert f"case {case['id']}, code {NO.code}" in told[-1]


def test_what_belongs_to_nothing_else_has_a_story_of_its_own(office: PracticeProject) -> None:
    office.deskhand("audit", "verify", "--as", "eve")

    told = office.told("audit", "show", "log")

    assert told[-1]["type"] == RecordType.AUDIT_VERIFIED
    assert told[-1]["actor"]["asserted"] == "eve"


def test_who_acted_is_the_systems_user_whatever_the_environment_says(
    office: PracticeProject,
) -> None:
    forged = dict.fromkeys(("LOGNAME", "USER", "LNAME", "USERNAME"), "mallory")

    office.deskhand("audit", "verify", "--as", "eve", variables=forged)

    actor = office.told("audit", "show", "log")[-1]["actor"]
    assert actor == {"kind": "human", "id": pwd.getpwuid(os.getuid()).pw_name, "asserted": "eve"}


def test_a_user_without_a_name_is_known_by_their_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 4_000_001_234)

    assert human(None).name == "uid-4000001234"
