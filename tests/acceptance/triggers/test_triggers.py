"""`deskhand triggers`: what people see of time tables, and do with them."""

from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.domain.identifiers import TriggerName
from deskhand.domain.schedule import KnownTrigger
from tests.acceptance.triggers.ledger import TRIGGER, enter, ledger_project
from tests.making_triggers import pause
from tests.practice.project import PracticeProject

FIRST = {"number": "E-1", "amount": "12.10"}
SECOND = {"number": "E-2", "amount": "7.00"}
FAULTY = {"number": "no number", "amount": "7.00"}


@pytest.fixture
def project(tmp_path: Path) -> PracticeProject:
    return ledger_project(tmp_path / "project", cron="30 2 * * *")


def test_a_trigger_is_fired_by_hand_and_its_rows_become_items(project: PracticeProject) -> None:
    enter(project, [FIRST, SECOND])

    (slot,) = project.told("triggers", "fire", TRIGGER, "--as", "ann")

    assert (slot["state"], slot["accepted"], slot["client"]) == ("fired", 2, "harbor")
    assert [item["state"] for item in project.told("items", "list")] == ["waiting"] * 2
    again = project.deskhand("triggers", "fire", TRIGGER, "--client", "harbor")
    assert again.stdout == "harbor: 0 new, 2 repeats, 0 conflicts, 0 rejected\n"
    assert project.told("audit", "verify")["clean"]


def test_rows_that_do_not_fit_are_a_case_that_a_person_closes(project: PracticeProject) -> None:
    enter(project, [FIRST, FAULTY])
    project.told("triggers", "fire", TRIGGER)

    (case,) = project.told("exceptions", "list")
    shown = project.deskhand("exceptions", "show", case["id"])
    refused = project.deskhand("exceptions", "reject", case["id"], "--reason", "no")
    project.told("exceptions", "close", case["id"], "--reason", "corrected", "--as", "ann")

    assert (case["kind"], case["code"]) == ("business", "ROWS_REJECTED")
    assert "1 of 2 rows do not fit and were set aside; row 2: number: does not" in shown.stdout
    assert "no number" not in shown.stdout
    assert "deskhand exceptions close" in refused.stderr
    assert project.told("exceptions", "list") == []


def test_a_trigger_is_listed_paused_and_resumed(project: PracticeProject) -> None:
    (before,) = project.told("triggers", "list")
    project.told("triggers", "pause", TRIGGER, "--reason", "audit week", "--as", "ann")
    (paused,) = project.told("triggers", "list")
    shown = project.deskhand("triggers", "next", "--days", "2").stdout
    project.told("triggers", "resume", TRIGGER, "--reason", "over", "--as", "ann")
    (after,) = project.told("triggers", "list")

    assert (before["state"], before["last"], before["clients"]) == ("working", None, ["harbor"])
    assert before["next"].endswith("T02:30")
    assert (paused["state"], paused["paused_by"], paused["why"]) == (
        "paused",
        "ann",
        "audit week",
    )
    assert (after["state"], after["paused_by"]) == ("working", None)
    assert shown.endswith(f"{TRIGGER}: skipped, paused by ann: audit week\n")
    told = project.told("audit", "show", f"trigger:{TRIGGER}")
    assert [record["type"] for record in told] == ["trigger.paused", "trigger.resumed"]
    listed = project.deskhand("triggers", "list").stdout
    assert listed.splitlines()[2].startswith(f"{TRIGGER}  working  30 2 * * * America/New_York  -")


def test_a_trigger_that_is_ahead_is_listed_so_until_a_person_has_it_begin_anew(
    project: PracticeProject,
) -> None:
    with project.place() as place, place.store.transaction() as tx:
        far = place.clock.now() + timedelta(days=3)
        tx.triggers.save(KnownTrigger(name=TriggerName(TRIGGER), decided_to=far))

    (ahead,) = project.told("triggers", "list")
    coming = project.told("triggers", "next", TRIGGER, "--days", "9")
    for do in ("pause", "resume"):
        project.told("triggers", do, TRIGGER, "--reason", "the clock is right", "--as", "ann")
    (after,) = project.told("triggers", "list")

    assert (ahead["state"], after["state"]) == ("ahead", "working")
    assert ahead["next"] > after["next"]
    assert [bool(slot["skipped"]) for slot in coming][:5] == [True, True, True, False, False]
    assert "whose clock was ahead" in coming[0]["skipped"]


def test_the_slots_that_are_coming_are_shown_with_what_is_odd_about_them(
    project: PracticeProject,
) -> None:
    coming = project.told("triggers", "next", TRIGGER, "--days", "370")
    shown = project.deskhand("triggers", "next", "--days", "370").stdout

    notes = [one["note"] for one in coming if one["note"]]
    assert len(coming) in (369, 370, 371)
    assert "02:30 does not exist that day: fires at 03:00" in notes
    assert f"  {TRIGGER} (02:30 does not exist that day: fires at 03:00)" in shown


def test_half_of_a_name_is_enough_where_one_trigger_has_it(project: PracticeProject) -> None:
    by_runbook = project.deskhand("triggers", "pause", "ledger.check", "--reason", "audit week")
    by_word = project.deskhand("triggers", "resume", "entries", "--reason", "over")

    assert by_runbook.stdout == f"{TRIGGER} is paused\n"
    assert by_word.stdout == f"{TRIGGER} is working\n"


def rewrite(project: PracticeProject, old: str, new: str) -> None:
    file = project.folder / "runbooks" / "check.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


def test_the_pause_of_a_trigger_that_is_gone_is_listed_until_it_is_resumed(
    project: PracticeProject,
) -> None:
    project.told("triggers", "pause", TRIGGER, "--reason", "audit week", "--as", "ann")
    rewrite(project, "    name: entries\n", "")

    working, gone = project.told("triggers", "list")
    shown = project.deskhand("triggers", "list").stdout
    resumed = project.deskhand("triggers", "resume", TRIGGER, "--reason", "it has another name")

    assert (working["trigger"], working["state"]) == ("ledger.check/cron-30.2.x.x.x", "working")
    assert working["times"] == "30 2 * * * America/New_York"
    assert (gone["trigger"], gone["state"], gone["why"]) == (TRIGGER, "gone", "audit week")
    assert shown.endswith(f"no runbook has {TRIGGER} any more; paused by ann: audit week\n")
    assert resumed.stdout == f"{TRIGGER} is working\n"
    assert len(project.told("triggers", "list")) == 1
    assert project.told("audit", "verify")["clean"]


def test_two_triggers_of_one_name_are_refused_with_advice(project: PracticeProject) -> None:
    other = "  - {file: 'inbox/{client}/*.csv', name: entries}\nsteps:"
    rewrite(project, "steps:", other)

    checked = project.deskhand("check", "ledger.check")
    listed = project.deskhand("triggers", "list")

    assert (checked.returncode, listed.returncode) == (1, 1)
    assert f"two triggers are called `{TRIGGER}`" in checked.stdout + checked.stderr
    assert "give one of them a name of its own" in listed.stderr


def test_a_pause_from_when_places_named_triggers_is_carried_over(project: PracticeProject) -> None:
    with project.place() as place, place.store.transaction() as tx:
        now = place.clock.now()
        old = KnownTrigger(name=TriggerName("ledger.check/cron-1"), decided_to=now)
        tx.triggers.save(old)
        pause(tx, old)

    (listed,) = project.told("triggers", "list")

    assert (listed["trigger"], listed["state"], listed["paused_by"]) == (TRIGGER, "paused", "ann")
    told = project.told("audit", "show", f"trigger:{TRIGGER}")
    assert [record["type"] for record in told] == ["trigger.paused"]


def test_a_name_that_no_trigger_has_is_answered_with_those_there_are(
    project: PracticeProject,
) -> None:
    ended = project.deskhand("triggers", "fire", "ledger.check/others")
    nobody = project.deskhand("triggers", "fire", TRIGGER, "--client", "nobody")

    assert ended.returncode == 1
    assert f"no trigger 'ledger.check/others'; there are: {TRIGGER}" in ended.stderr
    assert nobody.returncode == 2
    assert f"{TRIGGER} is asked for harbor" in nobody.stderr
