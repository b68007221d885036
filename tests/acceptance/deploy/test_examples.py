import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from deskhand.settings.accounts import _KNOWN as ACCOUNT_KEYS
from deskhand.settings.accounts import load_accounts
from deskhand.settings.book import disagreements, load_book
from deskhand.settings.calendars import KEYS as CALENDAR_KEYS
from deskhand.settings.calendars import load_calendars
from deskhand.settings.people import KEYS as PERSON_KEYS
from deskhand.settings.people import load_people
from deskhand.settings.project import load_project
from deskhand.settings.quality import KEYS as RECHECK_KEYS
from deskhand.settings.queues import KEYS as QUEUE_KEYS
from deskhand.settings.queues import load_queues
from deskhand.settings.receivers import _KNOWN as RECEIVER_KEYS
from deskhand.settings.receivers import load_receivers
from tests.acceptance.deploy.files import DEPLOY, EXAMPLES
from tests.docs.pages import ROOT

NAMES = ["accounts", "calendars", "people", "quality", "queues", "receivers"]
KEYS = {
    "accounts": ACCOUNT_KEYS,
    "calendars": CALENDAR_KEYS,
    "people": PERSON_KEYS,
    "quality": RECHECK_KEYS,
    "queues": QUEUE_KEYS,
    "receivers": RECEIVER_KEYS,
}


def test_each_is_read_by_the_loader_that_reads_it_in_production() -> None:
    project = load_project(EXAMPLES, environment={})

    assert [*load_accounts(project.accounts)] == [
        "payer_portal/lakeside",
        "payer_portal/northgate",
        "aid_portal/hillside",
        "ledger/hillside",
    ]
    assert load_queues(project.queues)["claims-review"].role == "reviewer"
    assert load_people(project.people)["Bob"].clients == {"hillside"}
    assert load_calendars(project.calendars).clients["hillside"] == "late-shift"
    assert [*load_receivers(project.receivers)] == ["billing", "school"]
    assert [*disagreements(project, load_book(project))] == []


@pytest.mark.parametrize("name", NAMES)
def test_each_shows_every_key_that_there_is(name: str) -> None:
    text = (EXAMPLES / f"{name}.yaml").read_text(encoding="utf-8")

    assert [key for key in KEYS[name] if f"{key}:" not in text] == []


def test_each_table_of_the_settings_is_shown() -> None:
    told = tomllib.loads((EXAMPLES / "deskhand.toml").read_text(encoding="utf-8"))

    assert [*told] == [
        "project",
        "state",
        "vault",
        "worker",
        "once",
        "http",
        "files",
        "events",
        "audit",
    ]


def test_a_project_made_of_them_passes_the_check(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    for folder in ("runbooks", "bots"):
        shutil.copytree(
            ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__")
        )

    ended = subprocess.run(
        [str(Path(sys.executable).with_name("deskhand")), "--project", str(tmp_path), "check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ended.stdout, ended.returncode) == ("2 runbooks checked, 0 mistakes\n", 0)


def test_a_mistake_in_the_receivers_is_found_by_the_check(tmp_path: Path) -> None:
    shutil.copytree(EXAMPLES, tmp_path, dirs_exist_ok=True)
    (tmp_path / "receivers.yaml").write_text("receivers: [{nam: x}]\n", encoding="utf-8")

    ended = subprocess.run(
        [str(Path(sys.executable).with_name("deskhand")), "--project", str(tmp_path), "check"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 1
    assert "receiver 1: unknown key `nam`" in ended.stdout


def test_the_environment_file_names_only_variables_that_are_known() -> None:
    text = (DEPLOY / "systemd" / "deskhand.env.example").read_text(encoding="utf-8")
    known = (ROOT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")

    named = re.findall(r"^#?(DESKHAND_\w+)=", text, re.MULTILINE)

    assert named == ["DESKHAND_DATABASE_URL", "DESKHAND_BROWSER"]
    assert [name for name in named if f"`{name}`" not in known] == []
