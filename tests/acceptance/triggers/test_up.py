"""`deskhand up`: one process that performs items and watches what starts them."""

import json
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.domain.identifiers import SlotId, TriggerName
from deskhand.domain.schedule import KnownTrigger
from tests.acceptance.triggers.ledger import TRIGGER, enter, ledger_project
from tests.making_triggers import a_slot, add_slot
from tests.practice.project import PracticeProject
from tests.practice.waiting import eventually

pytestmark = pytest.mark.browser

FIRST = {"number": "E-1", "amount": "12.10"}
SECOND = {"number": "E-2", "amount": "7.00"}


@contextmanager
def up(project: PracticeProject) -> Iterator["subprocess.Popen[str]"]:
    """Run `deskhand up` beside the test; it is killed if it does not end by itself."""
    process = subprocess.Popen(
        project.command("up"),
        env=project.environment,
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def ended(process: "subprocess.Popen[str]", number: signal.Signals) -> str:
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    return out


def states(project: PracticeProject) -> list[str]:
    return sorted(item["state"] for item in project.told("items", "list"))


def seen_minutes_ago(project: PracticeProject, minutes: int) -> None:
    """Let the trigger have been seen for the last time some minutes ago."""
    with project.place() as place, place.store.transaction() as tx:
        ago = place.clock.now() - timedelta(minutes=minutes)
        tx.triggers.save(KnownTrigger(name=TriggerName(TRIGGER), decided_to=ago))


def test_slots_that_come_start_items_which_are_performed(tmp_path: Path) -> None:
    project = ledger_project(tmp_path / "project")
    enter(project, [FIRST, SECOND])
    seen_minutes_ago(project, 3)

    with up(project) as process:
        eventually(lambda: states(project) == ["done", "done"], what="both are done")
        said = ended(process, signal.SIGTERM)

    first, second, *_ = said.splitlines()
    assert first == "up: a worker with 2 lanes, triggers, sources, sweeper, verifier, outbox"
    assert second.startswith(f"  {TRIGGER}: next ")
    assert said.endswith("stopped\n")
    assert project.told("audit", "verify")["clean"]
    exported = map(json.loads, project.deskhand("audit", "export").stdout.splitlines())
    by_itself, by_hand = [one for one in exported if one["type"] == "audit.verified"]
    assert (by_itself["actor"]["id"], by_itself["data"]["clean"]) == ("verifier", True)
    assert by_hand["actor"]["kind"] == "human"
    (listed,) = project.told("triggers", "list")
    assert listed["ended"] == "fired"


def test_other_commands_work_beside_it(tmp_path: Path) -> None:
    project = ledger_project(tmp_path / "project", cron="0 3 1 1 *")

    with up(project) as process:
        eventually((project.state / "worker.lock").is_file, what="it is up")
        enter(project, [FIRST])
        (slot,) = project.told("triggers", "fire", TRIGGER)
        project.told("triggers", "pause", TRIGGER, "--reason", "audit week")
        eventually(lambda: states(project) == ["done"], what="it is done")
        second = project.deskhand("up")
        said = ended(process, signal.SIGINT)

    assert (slot["state"], slot["accepted"]) == ("fired", 1)
    assert second.returncode == 1
    assert "another worker (process " in second.stderr
    assert said.endswith("stopped\n")


def test_what_it_hosts_is_told_as_json_too(tmp_path: Path) -> None:
    project = ledger_project(tmp_path / "project", cron="0 3 1 1 *")
    process = subprocess.Popen(
        project.command("up", "--json"),
        env=project.environment,
        cwd=project.folder,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        eventually((project.state / "worker.lock").is_file, what="it is up")
        assert process.stdout is not None
        lines = [process.stdout.readline()]
        while lines[-1] != "}\n":
            lines.append(process.stdout.readline())
        process.send_signal(signal.SIGTERM)

    told = json.loads("".join(lines))
    assert told["hosts"] == ["triggers", "sources", "sweeper", "verifier", "outbox"]
    assert list(told["next"]) == [TRIGGER]


def test_what_is_due_of_a_trigger_that_was_renamed_ends_with_a_case(tmp_path: Path) -> None:
    project = ledger_project(tmp_path / "project", cron="0 3 1 1 *")
    with project.place() as place, place.store.transaction() as tx:
        due = a_slot(id=SlotId(f"{TRIGGER}@then/harbor"), trigger=TriggerName(TRIGGER), slot="then")
        add_slot(tx, replace(due, client="harbor"))
    file = project.folder / "runbooks" / "check.yaml"
    text = file.read_text(encoding="utf-8").replace("name: entries", "name: others")
    file.write_text(text, encoding="utf-8")

    with up(project) as process:
        eventually(lambda: len(project.told("exceptions", "list")) == 1, what="its case is open")
        said = ended(process, signal.SIGTERM)

    (case,) = project.told("exceptions", "list")
    assert (case["code"], case["reference"]) == ("TRIGGER_GONE", f"trigger {TRIGGER}")
    assert "ledger.check/others: next " in said
    project.told("exceptions", "close", case["id"], "--reason", "fired by hand", "--as", "ann")
    assert project.told("audit", "verify")["clean"]
