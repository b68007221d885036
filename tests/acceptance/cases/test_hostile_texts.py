"""Texts that would steer a terminal, or that nobody can tell apart, on the command line."""

import json

import pytest

from tests.acceptance.cases.test_next_and_causes import NO, to_a_person
from tests.practice.project import PracticeProject

ESCAPE = "\x1b]0;owned\x07"
TURNED = "\u202e"
C1 = "\x9b31m"


@pytest.fixture
def office(project: PracticeProject) -> PracticeProject:
    with project.place() as place:
        to_a_person(place, 3, NO, queue="claims", late=False)
    return project


def harmless(text: str) -> bool:
    return text.replace("\n", "").isprintable()


@pytest.mark.parametrize("name", ["Ann\u200b", f"Ann{ESCAPE}", f"{TURNED}nnA", "Ann\nBob"])
def test_a_name_with_characters_that_cannot_be_seen_is_refused(
    office: PracticeProject, name: str
) -> None:
    ended = office.deskhand("exceptions", "take", "C-i3", "--as", name)

    assert ended.returncode == 2
    assert "characters that cannot be seen" in ended.stderr


@pytest.mark.parametrize("name", ["Zoë Ångström", "李小龍", "O'Neil-Šťastná"])
def test_a_name_in_any_script_is_taken(office: PracticeProject, name: str) -> None:
    assert office.told("exceptions", "take", "C-i3", "--as", name)["taken_by"] == name
    (mine,) = office.told("exceptions", "list", "--taken-by", name.upper())
    assert mine["reference"] == "C-i3"
    assert office.told("exceptions", "list", "--taken-by", "eve") == []


def test_what_people_typed_steers_no_terminal(office: PracticeProject) -> None:
    reason = f"call {ESCAPE}{TURNED}{C1} back"
    office.deskhand("exceptions", "snooze", "C-i3", "--for", "2h", "--reason", reason)

    (case,) = office.told("exceptions", "list")
    records = office.deskhand("audit", "show", case["item"], "--json").stdout
    missing = office.deskhand("exceptions", "show", f"C-9{ESCAPE}")

    assert harmless(office.deskhand("audit", "show", case["item"]).stdout)
    assert harmless(records)
    assert json.loads(records)[-1]["data"]["reason"] == reason
    assert missing.returncode == 1
    assert harmless(missing.stderr)


def test_bytes_that_are_no_text_are_refused_before_anything_is_looked_up(
    office: PracticeProject,
) -> None:
    ended = office.deskhand("exceptions", "show", b"C-\xff".decode(errors="surrogateescape"))

    assert (ended.returncode, ended.stdout) == (2, "")
    assert "word 5 of the command, C-?, is no text in UTF-8" in ended.stderr
    assert "Traceback" not in ended.stderr
