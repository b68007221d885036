import re
import tomllib

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE)


def pins() -> dict[str, str]:
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(LOCK)}


def test_the_lock_holds_what_the_project_asks_for() -> None:
    asked = [
        Requirement(line)
        for group in (
            PROJECT["build-system"]["requires"],
            PROJECT["project"]["dependencies"],
            *PROJECT["project"]["optional-dependencies"].values(),
            *PROJECT["dependency-groups"].values(),
        )
        for line in group
    ]
    locked = pins()

    missing = [
        str(requirement)
        for requirement in asked
        if not requirement.specifier.contains(
            locked.get(canonicalize_name(requirement.name), "0"), prereleases=True
        )
    ]

    assert missing == [], "compile the lock anew: ./run lock"


def test_every_pin_of_the_lock_has_a_hash() -> None:
    without = [pin["name"] for pin in PIN.finditer(LOCK) if "--hash=sha256:" not in pin["rest"]]

    assert without == []


def test_the_lock_names_no_address() -> None:
    options = [line for line in LOCK.splitlines() if "://" in line or line.startswith("-")]

    assert options == []
