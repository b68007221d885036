"""What `deskhand run` says and does when something around it is wrong."""

import json
import os
import re
import shutil
import socket
import sqlite3
import subprocess
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from deskhand.bootstrap.state_folder import only_worker
from deskhand.errors import StoreBusyError
from tests.practice.portal import Practice, practice_portal
from tests.practice.project import ROOT, RUNBOOK, PracticeProject

CLIENT = "lakeside"
ACCOUNT = "payer_portal/lakeside"
NOBODY = 65534


@pytest.mark.browser
def test_a_portal_that_is_down_holds_the_account_with_one_case_until_a_person_releases_it(
    tmp_path: Path, practice: Practice
) -> None:
    port = _free_port()
    project = practice.empty_project()
    _be_impatient(project)
    _move_portal(project, practice, f"http://127.0.0.1:{port}")
    claims = practice.deal(CLIENT, 2)
    down = project.run(project.deliver(CLIENT, claims))
    cases = project.told("exceptions", "list")
    released = project.told("accounts", "release", ACCOUNT, "--reason", "the portal is up again")

    with practice_portal(tmp_path, port=port) as portal:
        up = project.run()
        committed = sorted(row["claim_number"] for row in portal.ledger())

    assert down["held"] == [ACCOUNT]
    assert down["items"] == {"waiting": 2}
    assert [(case["kind"], case["account"], case["item"]) for case in cases] == [
        ("system", ACCOUNT, None)
    ]
    assert released == {"account": ACCOUNT, "state": "working"}
    assert up["items"] == {"done": 2}
    assert up["held"] == []
    assert committed == [claim.claim_number for claim in claims]
    assert project.told("exceptions", "list") == []


@pytest.mark.browser
def test_a_captcha_holds_the_account_at_once_and_the_items_wait(
    tmp_path: Path, practice: Practice
) -> None:
    project = practice.empty_project()
    with practice_portal(tmp_path, faults="captcha") as portal:
        _move_portal(project, practice, portal.url)

        told = project.run(project.deliver(CLIENT, practice.deal(CLIENT, 2)))

        assert portal.ledger() == []
    assert (told["held"], told["items"]) == ([ACCOUNT], {"waiting": 2})
    assert [case["code"] for case in project.told("exceptions", "list")] == ["CAPTCHA"]
    assert sorted(item["attempts"] for item in project.told("items", "list")) == [0, 1]


def test_a_browser_that_is_not_there_is_named_and_the_items_wait(practice: Practice) -> None:
    project = practice.empty_project()
    file = project.deliver(CLIENT, practice.deal(CLIENT, 1))
    nowhere = {"DESKHAND_BROWSER": "/nowhere/browser"}

    ended = project.deskhand("run", RUNBOOK, "--input", file, variables=nowhere)

    assert ended.returncode == 1
    assert "DESKHAND_BROWSER names /nowhere/browser" in ended.stderr
    _assert_plain(ended)
    assert [item["state"] for item in project.told("items", "list")] == ["waiting"]


@pytest.mark.browser
def test_a_login_that_is_not_in_the_vault_is_named(practice: Practice) -> None:
    project = practice.empty_project()
    accounts = project.folder / "accounts.yaml"
    accounts.write_text(
        accounts.read_text().replace(f"client: {CLIENT}\n", f"client: {CLIENT}\n    login: lost\n")
    )

    project.run(project.deliver(CLIENT, practice.deal(CLIENT, 1)))

    (case,) = project.told("exceptions", "list")
    shown = project.told("exceptions", "show", case["id"])
    assert (shown["kind"], shown["code"]) == ("system", "CONFIGURATION")
    assert "lost/user" in shown["message"]
    assert "deskhand vault set" in shown["message"]


def test_a_second_worker_on_the_same_folder_is_told_who_holds_it(practice: Practice) -> None:
    project = practice.empty_project()
    with project.place() as place, place.worker():
        ended = project.deskhand("run")

    assert ended.returncode == 1
    assert f"another worker (process {os.getpid()}) is using {project.state}" in ended.stderr
    _assert_plain(ended)


def test_a_second_worker_on_the_same_database_is_refused_whatever_its_folder(
    practice: Practice, tmp_path: Path
) -> None:
    project = practice.empty_project()
    with project.place() as place, place.worker():
        other = replace(place.project, state=tmp_path / "elsewhere")

        with (
            pytest.raises(StoreBusyError, match=rf"process {os.getpid()}\) is using .*\.db"),
            only_worker(other),
        ):
            pass


def test_a_state_of_a_newer_version_is_not_touched(practice: Practice) -> None:
    project = practice.empty_project()
    assert project.told("items", "list") == []
    with closing(sqlite3.connect(project.state / "deskhand.db")) as sql:
        sql.execute("update alembic_version set version_num = '9999'")
        sql.commit()

    ended = project.deskhand("run")

    assert ended.returncode == 1
    assert "is of version 9999" in ended.stderr
    _assert_plain(ended)


def test_a_state_folder_that_cannot_be_written_is_named(practice: Practice) -> None:
    project = practice.empty_project()
    project.told("items", "list")
    _make_readable_for_all(practice.folder.parent, project.folder)
    if os.geteuid() == 0 and not _nobody_may_run(project):
        pytest.skip("nothing is read-only for root, and nobody else can run this checkout")

    ended = _as_nobody(project, "run")

    assert ended.returncode == 1
    assert str(project.state) in ended.stderr
    _assert_plain(ended)


@pytest.mark.browser
def test_a_shadow_run_shows_what_it_would_submit_and_submits_nothing(practice: Practice) -> None:
    project = practice.empty_project()
    (claim,) = practice.deal(CLIENT, 1)
    file = project.deliver(CLIENT, [claim])

    ended = project.deskhand("run", RUNBOOK, "--input", file, "--shadow", "--json")

    assert ended.returncode == 0, ended.stderr
    (shown,) = json.loads(ended.stdout)
    assert (shown["outcome"], shown["step"]) == ("shadowed", "submit_claim")
    assert str(claim.total_charge) in shown["seen"]["read_review"]
    assert claim.member_id not in ended.stdout
    assert claim.claim_number not in {row["claim_number"] for row in practice.portal.ledger()}
    assert project.told("items", "list") == []


def _assert_plain(ended: "subprocess.CompletedProcess[str]") -> None:
    """One clear line, and no traceback."""
    assert "Traceback" not in ended.stderr
    assert re.search(r"^deskhand: ", ended.stderr, re.MULTILINE)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
        return port


def _move_portal(project: PracticeProject, practice: Practice, url: str) -> None:
    accounts = project.folder / "accounts.yaml"
    accounts.write_text(accounts.read_text().replace(practice.portal.url, url))


def _be_impatient(project: PracticeProject) -> None:
    """Give the project runbooks of its own, whose first step pauses for no seconds."""
    runbooks = shutil.copytree(ROOT / "runbooks", project.folder / "runbooks")
    claims = runbooks / "claims-submit.yaml"
    step = "  - use: find_claim  "
    text = claims.read_text(encoding="utf-8")
    assert step in text
    retry = f"{step.rstrip()}\n    retry: {{tries: 1}}  "
    claims.write_text(text.replace(step, retry, 1), encoding="utf-8")
    settings = project.folder / "deskhand.toml"
    told = settings.read_text(encoding="utf-8")
    settings.write_text(told.replace(str(ROOT / "runbooks"), "runbooks"), encoding="utf-8")


def _make_readable_for_all(*folders: Path) -> None:
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    for parent in folders[0].parents:
        if parent.stat().st_uid == os.geteuid() and parent != Path(parent.anchor):
            parent.chmod(parent.stat().st_mode | 0o055)


def _nobody_may_run(project: PracticeProject) -> bool:
    return shutil.which("setpriv") is not None and _as_nobody(project, "--version").returncode == 0


def _as_nobody(project: PracticeProject, *words: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as a user who may read the project and write nothing of it."""
    if os.geteuid() != 0:
        for path in (project.state, *project.state.rglob("*")):
            path.chmod(0o555 if path.is_dir() else 0o444)
        return project.deskhand(*words)
    become = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"]
    return subprocess.run(
        [*become, *project.command(*words)],
        env=project.environment,
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
