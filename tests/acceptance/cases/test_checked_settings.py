"""`deskhand check` reads what a project lays down about queues, people, calendars and receivers."""

import json

import pytest

from tests.practice.project import PracticeProject

FILES = {
    "calendars.yaml": """\
calendars:
  us-office:
    timezone: America/New_York
    week: {mon-fri: "08:00-17:00"}
    holidays: US-NY
clients: {lakeside: us-office}
""",
    "queues.yaml": """\
queues:
  claims-review: {role: reviewer, within: 1bd, risk_at: 80%, escalate_to: supervisors}
  supervisors: {role: supervisor, within: 4h, clock: always}
""",
    "people.yaml": """\
people:
  - {name: ann, roles: [reviewer], clients: [lakeside]}
  - {name: bob, roles: [reviewer, supervisor]}
""",
    "receivers.yaml": "receivers: []\n",
}


def write(project: PracticeProject, **changed: str) -> None:
    for name, text in FILES.items():
        told = changed.get(name.removesuffix(".yaml"), text)
        (project.folder / name).write_text(told, encoding="utf-8")


def test_files_that_are_right_are_nothing_to_tell(project: PracticeProject) -> None:
    write(project)

    ended = project.deskhand("check")

    assert (ended.returncode, ended.stdout) == (0, "0 runbooks checked, 0 mistakes\n")


@pytest.mark.parametrize(
    ("file", "text", "problem"),
    [
        ("queues", "queues: {a: {rolle: x}}", "queue a: unknown key `rolle`"),
        ("people", "people: [{name: ann}]", "nobody in people.yaml has the role `reviewer`"),
        ("calendars", "calendars: {a: {timezone: UTC}}", "calendar a: `week` is missing"),
        ("receivers", "receivers: [{nam: a}]", "receiver 1: unknown key `nam`"),
        ("queues", "queues:\n  a: {role: x", "line 2, column 14: not valid YAML: "),
    ],
)
def test_a_mistake_is_told_with_its_file(
    project: PracticeProject, file: str, text: str, problem: str
) -> None:
    write(project, **{file: text})

    ended = project.deskhand("check", "--json")

    told = json.loads(ended.stdout)
    assert ended.returncode == 1
    assert any(problem in one["message"] for one in told)
    assert all(one["file"].endswith(".yaml") for one in told)


def test_a_portal_that_is_never_open_while_its_client_works_is_a_mistake(
    project: PracticeProject,
) -> None:
    calendars = """\
calendars:
  office: {timezone: America/New_York, week: {mon-fri: "08:00-17:00"}}
  weekend: {timezone: America/New_York, week: {sat-sun: "08:00-17:00"}}
clients: {lakeside: office}
portals: {payer: weekend}
"""
    account = "{client: lakeside, portal: payer, url: https://payer.example, login: payer/lakeside}"
    write(project, calendars=calendars)
    (project.folder / "accounts.yaml").write_text(f"accounts:\n  - {account}\n", encoding="utf-8")

    ended = project.deskhand("check")

    assert ended.returncode == 1
    assert "portals.payer: it is never open while lakeside works" in ended.stdout
