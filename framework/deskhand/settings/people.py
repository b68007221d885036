"""`people.yaml`: who decides cases, in which roles."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deskhand.domain.person_name import same_person
from deskhand.domain.queue import Person
from deskhand.errors import SettingsError
from deskhand.settings.yaml_file import Entry, read_yaml

KEYS = ("name", "roles", "queues", "clients", "skills")


def load_people(file: Path) -> Mapping[str, Person]:
    """Read the people by name; a missing file has none. Raises `SettingsError`."""
    content = read_yaml(file)
    if content is None:
        return {}
    listed = content.get("people") if isinstance(content, dict) else None
    if not isinstance(listed, list) or len(content) > 1:
        raise SettingsError("expected `people:` with a list of people, and nothing else", file=file)
    people: dict[str, Person] = {}
    for number, told in enumerate(listed, start=1):
        person = _person(told, file=file, where=f"person {number}")
        if any(same_person(person.name, other) for other in people):
            raise SettingsError(
                f"{person.name} is listed twice", file=file, where=f"person {number}"
            )
        people[person.name] = person
    return people


def _person(told: Any, *, file: Path, where: str) -> Person:
    entry = Entry(told, known=KEYS, file=file, where=where)
    return Person(
        name=entry.text("name"),
        roles=frozenset(entry.texts("roles")),
        queues=_limit(entry, "queues"),
        clients=_limit(entry, "clients"),
        skills=frozenset(entry.texts("skills")),
    )


def _limit(entry: Entry, key: str) -> frozenset[str]:
    names = frozenset(entry.texts(key))
    if key in entry and not names:
        raise entry.mistake(f"`{key}` names none; leave it out for all of them")
    return names
