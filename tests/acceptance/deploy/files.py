"""The files of `deploy/`, as their tests read them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.acceptance.deploy.dockerfile import Dockerfile, read_dockerfile
from tests.docs.pages import ROOT

DEPLOY = ROOT / "deploy"
EXAMPLES = DEPLOY / "examples"
SECCOMP = DEPLOY / "container" / "seccomp.json"
UNIT = DEPLOY / "systemd" / "deskhand.service"
DROP_IN = DEPLOY / "systemd" / "database.conf"


def dockerfile() -> Dockerfile:
    """Read the image's recipe."""
    return read_dockerfile(DEPLOY / "container" / "Dockerfile")


def compose() -> Any:
    """Read the compose file, with its anchors filled in."""
    return YAML(typ="safe").load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Unit:
    """The settings of a unit file, in order: section, name, value."""

    settings: Sequence[tuple[str, str, str]]

    def values(self, name: str) -> list[str]:
        """Return every value that a setting is given."""
        return [value for _, found, value in self.settings if found == name]

    def value(self, name: str) -> str:
        """Return the value of a setting that is given once."""
        (value,) = self.values(name)
        return value

    @property
    def environment(self) -> dict[str, str]:
        """The variables that it sets."""
        words = [word for value in self.values("Environment") for word in value.split()]
        return dict(word.split("=", 1) for word in words)


def unit(file: Path = UNIT) -> Unit:
    """Read a unit file."""
    return Unit([*_settings(file.read_text(encoding="utf-8"))])


def _settings(text: str) -> Iterator[tuple[str, str, str]]:
    section = ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif line.strip() and not line.startswith("#"):
            name, _, value = line.partition("=")
            yield section, name, value


def in_the_context(path: str) -> bool:
    """Whether `.dockerignore` lets a path of the repository, or a folder of it, be copied."""
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    let_in = False
    for line in lines:
        pattern = line.strip()
        if not pattern or pattern.startswith("#"):
            continue
        again = pattern.startswith("!")
        if _covers(pattern.removeprefix("!"), path):
            let_in = again
    return let_in


def _covers(pattern: str, path: str) -> bool:
    parts = path.split("/")
    above = ["/".join(parts[: count + 1]) for count in range(len(parts))]
    if pattern.startswith("**/"):
        return any(fnmatch(part, pattern.removeprefix("**/")) for part in parts)
    return any(fnmatch(one, pattern) and one.count("/") == pattern.count("/") for one in above)
