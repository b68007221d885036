from collections.abc import Mapping
from pathlib import Path

import pytest

from deskhand.domain.queue import Person
from deskhand.errors import SettingsError
from deskhand.settings.book import disagreements, load_book
from deskhand.settings.people import load_people
from deskhand.settings.project import Project, load_project


def load(folder: Path, text: str) -> Mapping[str, Person]:
    file = folder / "people.yaml"
    file.write_text(text, encoding="utf-8")
    return load_people(file)


def project(folder: Path, **files: str) -> Project:
    for name, text in files.items():
        (folder / f"{name}.yaml").write_text(text, encoding="utf-8")
    (folder / "deskhand.toml").touch()
    return load_project(folder, environment={})


def test_people_are_read_by_their_name(tmp_path: Path) -> None:
    people = load(
        tmp_path,
        """
        people:
          - {name: ann, roles: [reviewer], queues: [claims], clients: [lakeside], skills: [es]}
          - name: bob
        """,
    )

    assert people == {
        "ann": Person(
            name="ann",
            roles=frozenset({"reviewer"}),
            queues=frozenset({"claims"}),
            clients=frozenset({"lakeside"}),
            skills=frozenset({"es"}),
        ),
        "bob": Person(name="bob"),
    }


def test_without_the_file_nobody_is_listed(tmp_path: Path) -> None:
    assert load_people(tmp_path / "people.yaml") == {}


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("people: {}", "expected `people:` with a list of people"),
        ("5", "expected `people:` with a list of people"),
        ("people: []\nteam: x", "and nothing else"),
        ("people: [ann]", "person 1: expected keys such as `name: …`"),
        ("people: [{role: x}]", "person 1: unknown key `role`; did you mean `roles`?"),
        ("people: [{roles: [x]}]", "person 1: `name` is missing or no text"),
        ("people: [{name: ann, roles: x}]", "person 1: `roles` is a list of names"),
        ("people: [{name: ann, clients: []}]", "person 1: `clients` names none; leave it out"),
        ("people: [{name: ann, queues: }]", "person 1: `queues` says nothing; leave it out"),
        ("people: [{name: ann}, {name: ann}]", "person 2: ann is listed twice"),
        ("people: [{name: ann}, {name: Ann}]", "person 2: Ann is listed twice"),
    ],
)
def test_each_mistake_is_told_with_its_person(tmp_path: Path, text: str, problem: str) -> None:
    with pytest.raises(SettingsError) as refusal:
        load(tmp_path, text)

    assert problem in str(refusal.value)


def test_what_the_files_say_of_each_other_must_be_so(tmp_path: Path) -> None:
    wrong = project(
        tmp_path,
        queues="queues: {claims: {role: reviewer}, ops: {role: engineer}}",
        people="people: [{name: ann, roles: [engineer], queues: [op, claims]}]",
    )

    told = [str(one) for one in disagreements(wrong, load_book(wrong))]

    assert [text.partition(".yaml: ")[2] for text in told] == [
        "queue claims: nobody in people.yaml has the role `reviewer`: nobody may take its cases",
        "person ann: no queue `op`; did you mean `ops`?",
    ]


def test_a_queue_for_a_few_does_not_escalate_to_everybody(tmp_path: Path) -> None:
    wrong = project(
        tmp_path,
        queues="queues: {claims: {role: reviewer, escalate_to: late}, late: {escalate_to: claims}}",
        people="people: [{name: ann, roles: [reviewer]}]",
    )

    (told,) = disagreements(wrong, load_book(wrong))

    assert "queue claims: cases that only the role `reviewer` may decide" in str(told)
    assert "escalate to `late`, where anybody may" in str(told)


def test_queues_that_lie_where_nobody_reads_them_are_refused(tmp_path: Path) -> None:
    astray = project(tmp_path)
    (tmp_path / "runbooks").mkdir()
    (tmp_path / "runbooks" / "queues.yaml").write_text("queues: {}", encoding="utf-8")

    with pytest.raises(SettingsError, match="it is not read here; move it to"):
        load_book(astray)
