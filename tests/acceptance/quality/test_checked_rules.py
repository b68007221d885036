"""What `deskhand check` says of what is to be checked again, held against the runbooks."""

import json
from pathlib import Path

import pytest

from deskhand.bootstrap.checks import check_settings
from deskhand.bootstrap.projects import begin_project
from tests.practice.project import ROOT, PracticeProject

SETTINGS = f"""\
[project]
runbooks = {json.dumps(str(ROOT / "runbooks"))}
bots = {json.dumps(str(ROOT / "bots"))}
[state]
folder = "state"
"""
QUEUES = "queues: {ops: {within: 4h}, quality: {within: 1bd}}\n"


def said_of(folder: Path, rule: str) -> list[str]:
    """What the check says of a project with this rule."""
    (folder / "deskhand.toml").write_text(SETTINGS, encoding="utf-8")
    (folder / "queues.yaml").write_text(QUEUES, encoding="utf-8")
    (folder / "quality.yaml").write_text(f"rechecks:\n  - {rule}\n", encoding="utf-8")
    begin_project(folder)
    with PracticeProject(folder=folder).place() as place:
        _, found = check_settings(place)
    assert {Path(one.file) for one in found} <= {folder / "quality.yaml"}
    return [one.message for one in found]


def test_rules_that_fit_are_no_mistake(tmp_path: Path) -> None:
    rule = "{runbook: claims.submit, share: 2%, fields: [confirmation, total_charge], queue: ops}"

    assert said_of(tmp_path, rule) == []


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        (
            "{runbook: claims.sumbit, share: 2%}",
            "rule 1: no runbook `claims.sumbit`; did you mean `claims.submit`?",
        ),
        (
            "{runbook: claims.submit, share: 2%, fields: [confirmaton]}",
            "rule 1: nothing is recorded of `confirmaton`; did you mean `confirmation`?",
        ),
        (
            "{runbook: claims.submit, share: 2%, queue: ops, hold_queue: qualty}",
            "rule 1: no queue `qualty`; did you mean `quality`?",
        ),
        (
            '{runbook: aid.verify, all_above: "100.00"}',
            "rule 1: `all_above` counts amounts, and the runbook's items have no `amount`",
        ),
        (
            "{runbook: claims.submit}",
            "rule 1: it chooses nothing; say share, first_of_version, all_above, "
            "or several of them",
        ),
    ],
)
def test_a_rule_that_fits_nothing_is_a_mistake(tmp_path: Path, rule: str, problem: str) -> None:
    assert said_of(tmp_path, rule) == [problem]
