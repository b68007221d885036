"""`deskhand check` reads what is to be checked again, and holds it against the runbooks."""

import json
from pathlib import Path

import pytest

from deskhand.bootstrap.projects import begin_project
from tests.practice.project import ROOT, PracticeProject

SETTINGS = f"""\
[project]
runbooks = {json.dumps(str(ROOT / "runbooks"))}
bots = {json.dumps(str(ROOT / "bots"))}
[state]
folder = "state"
"""
RULES = {
    "right": "{runbook: claims.submit, share: 2%, fields: [confirmation, total_charge]}",
    "no runbook": "{runbook: claims.sumbit, share: 2%}",
    "no field": "{runbook: claims.submit, share: 2%, fields: [confirmaton]}",
    "no rule": "{runbook: claims.submit}",
    "no queue": "{runbook: claims.submit, share: 2%, queue: ops, hold_queue: qualty}",
}
QUEUES = "queues: {ops: {within: 4h}, quality: {within: 1bd}}\n"


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """What the check says of each rule."""
    found = {}
    for name, rule in RULES.items():
        folder: Path = tmp_path_factory.mktemp("rules")
        (folder / "deskhand.toml").write_text(SETTINGS, encoding="utf-8")
        (folder / "quality.yaml").write_text(f"rechecks:\n  - {rule}\n", encoding="utf-8")
        if name == "no queue":
            (folder / "queues.yaml").write_text(QUEUES, encoding="utf-8")
        begin_project(folder)
        (ended,) = PracticeProject(folder=folder).deskhand_each([("check",)])
        found[name] = ended.stdout
    return found


def test_rules_that_fit_are_no_mistake(said: dict[str, str]) -> None:
    assert "0 mistakes" in said["right"]


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("no runbook", "rule 1: no runbook `claims.sumbit`; did you mean `claims.submit`?"),
        ("no field", "nothing is recorded of `confirmaton`; did you mean `confirmation`?"),
        ("no rule", "it chooses nothing"),
        ("no queue", "rule 1: no queue `qualty`; did you mean `quality`?"),
    ],
)
def test_a_rule_that_fits_nothing_is_a_mistake(
    said: dict[str, str], name: str, problem: str
) -> None:
    assert problem in said[name]
    assert said[name].count("rule 1: ") == 1
