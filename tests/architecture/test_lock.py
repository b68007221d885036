import re
import tomllib

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from tests.architecture.source import ROOT

LOCK = (ROOT / "requirements.txt").read_text(encoding="utf-8")
RUNS_ON = (ROOT / "deploy" / "requirements.txt").read_text(encoding="utf-8")
BUILT_WITH = (ROOT / "deploy" / "requirements-build.txt").read_text(encoding="utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PIN = re.compile(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;]+)(?P<rest>(?:.*\\\n)*.*)$", re.MULTILINE)


def pins(lock: str = LOCK) -> dict[str, str]:
    return {canonicalize_name(pin["name"]): pin["version"] for pin in PIN.finditer(lock)}


def names(*groups: list[str]) -> set[str]:
    return {canonicalize_name(Requirement(line).name) for group in groups for line in group}


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


def test_a_deployment_installs_the_locks_versions_and_none_of_the_tools() -> None:
    everything, installed, building = pins(), pins(RUNS_ON), pins(BUILT_WITH)
    project, groups = PROJECT["project"], PROJECT["dependency-groups"]

    needed = names(project["dependencies"], *project["optional-dependencies"].values())
    tools = names(groups["test"], groups["check"], groups["build"])

    assert installed.items() | building.items() <= everything.items()
    assert needed <= installed.keys()
    assert names(PROJECT["build-system"]["requires"]) <= building.keys()
    assert tools & installed.keys() == set()


@pytest.mark.parametrize("lock", [LOCK, RUNS_ON, BUILT_WITH], ids=["all", "runs", "builds"])
def test_every_pin_of_a_lock_has_a_hash(lock: str) -> None:
    without = [pin["name"] for pin in PIN.finditer(lock) if "--hash=sha256:" not in pin["rest"]]

    assert without == []


@pytest.mark.parametrize("lock", [LOCK, RUNS_ON, BUILT_WITH], ids=["all", "runs", "builds"])
def test_a_lock_names_no_address(lock: str) -> None:
    options = [line for line in lock.splitlines() if "://" in line or line.startswith("-")]

    assert options == []
