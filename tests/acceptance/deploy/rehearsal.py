"""Follows the how-to of deployment on this machine, in a folder that stands for another one.

Folders of the machine are folders below the clean one. Root's commands are run as whoever runs
the tests, the service's as its user. What the how-to says of containers is done without them, by
the same command with the same environment.
"""

import os
import re
import shlex
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
import textwrap
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from deskhand.browsers.provision import find_browser
from tests.acceptance.deploy.service_user import (
    as_service_user,
    sandbox_can_be_made,
    user_and_group,
)
from tests.docs.pages import DOCS, ROOT, Block, blocks, text_of
from tests.docs.reader import difference

PAGE = DOCS / "how-to" / "deploy.md"
PACKED = ("framework", "deploy", "runbooks", "bots", "pyproject.toml", "README.md", "LICENSE")
TYPED = "a practice word\n"
PORT = "port = 8470"
ENDS_WITHIN_SECONDS = 30

_NEW_ENVIRONMENT = re.compile(r"-m venv --without-pip (\S+)")
_SERVICES_OWN = ("deskhand ", "docker ")


def steps(section: str, *, running: bool) -> list[Block]:
    """Return the blocks of a section that are rehearsed, before or while the service runs."""
    text = text_of(PAGE)
    lines = text.splitlines()
    found = []
    for block in blocks(PAGE):
        heading = next(line for line in lines[: block.line][::-1] if line.startswith("## "))
        if heading == f"## {section}" and "rehearsed" in block.words:
            found.append(block)
    return [block for block in found if ("running" in block.words) is running]


@dataclass(frozen=True, kw_only=True)
class Rehearsal:
    """A clean folder, and how the how-to's words are meant in it.

    `here` is where root types, `project` where the service's user does. `variables` are that
    user's own.
    """

    folder: Path
    here: Path
    project: Path
    words: Mapping[str, str]
    port: int
    variables: Mapping[str, str] = field(default_factory=dict)

    def follow(self, block: Block) -> str:
        """Type a block's commands; return how what was printed differs from it, or nothing."""
        told = textwrap.dedent(block.text)
        shown = ""
        for line in told.splitlines():
            if line.startswith("$ "):
                shown += f"{line}\n{self._as_told(self.typed(line.removeprefix('$ ')))}"
        return difference(expected=told, printed=shown)

    def typed(self, command: str) -> str:
        """Run one command as who types it; return what it printed."""
        of_the_service = command.startswith(_SERVICES_OWN)
        ended = subprocess.run(
            [*(as_service_user() if of_the_service else []), "bash", "-c", self.meant(command)],
            cwd=self.project if of_the_service else self.here,
            env=self.environment if of_the_service else self._roots_environment,
            input=TYPED,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=120,
        )
        for made in _NEW_ENVIRONMENT.findall(self.meant(command)):
            self._lend_packages(self.here / made)
        self._settle_port()
        return ended.stdout

    def command(self, words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
        """Run a command of the service's, to its end."""
        return subprocess.run(
            [*as_service_user(), *shlex.split(self.meant(words))],
            cwd=self.project,
            env={**self.environment, **variables},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    @contextmanager
    def service(self, words: str) -> Iterator["Service"]:
        """Run the service beside the test, as its keeper would."""
        log = self.folder / "service.log"
        with log.open("w", encoding="utf-8") as stream:
            process = subprocess.Popen(
                [*as_service_user(), *shlex.split(self.meant(words))],
                cwd=self.project,
                env=self.environment,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
            )
        try:
            yield Service(process, log)
        finally:
            process.kill()
            process.communicate()

    def meant(self, text: str) -> str:
        """Put this rehearsal's folders and names in the place of the how-to's."""
        for told, own in self.words.items():
            text = text.replace(told, own)
        return text

    def where(self, path: str) -> Path:
        """Return where a path of the how-to is here."""
        return Path(self.meant(path))

    @property
    def environment(self) -> dict[str, str]:
        """What the service's user has set."""
        programs = self.where("/opt/deskhand/bin")
        own = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.where("/var/lib/deskhand")),
            "DESKHAND_BROWSER": str(find_browser().path),
            "PYTHONUNBUFFERED": "1",
        }
        if not sandbox_can_be_made():
            own["DESKHAND_SANDBOX"] = "off"
        return own | {name: self.meant(value) for name, value in self.variables.items()}

    @property
    def _roots_environment(self) -> dict[str, str]:
        programs = Path(sys.executable).parent
        return {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.folder),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        }

    def _as_told(self, printed: str) -> str:
        for told, own in self.words.items():
            if told.startswith("/"):
                printed = printed.replace(own, told)
        return printed

    def _lend_packages(self, environment: Path) -> None:
        """Put the packages of the tests in the place of those that would be downloaded."""
        lent = self.folder / "packages"
        if not lent.is_dir():
            lent.mkdir()
            for package in Path(sysconfig.get_path("purelib")).iterdir():
                if "deskhand" not in package.name and package.suffix != ".pth":
                    (lent / package.name).symlink_to(package)
        (own,) = environment.glob("lib/python*/site-packages")
        (own / "lent.pth").write_text(f"{lent}\n", encoding="utf-8")

    def _settle_port(self) -> None:
        """Let the project's settings mean this rehearsal's folders, and a port that is free."""
        file = self.project / "deskhand.toml"
        text = file.read_text(encoding="utf-8") if file.is_file() else ""
        if PORT in text:
            own = self.meant(text).replace(PORT, f"port = {self.port}")
            file.write_text(own, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Service:
    """The service's process, and the file that its standard error goes to."""

    process: "subprocess.Popen[str]"
    log: Path

    def ended_by(self, number: signal.Signals) -> tuple[int, str]:
        """Tell it to end; return its exit code and all that it printed."""
        self.process.send_signal(number)
        out, _ = self.process.communicate(timeout=ENDS_WITHIN_SECONDS)
        return self.process.returncode, out

    def told(self) -> str:
        """Return its operations log up to now."""
        return self.log.read_text(encoding="utf-8")

    def browsers(self) -> list[str]:
        """Return the command lines of the browser's processes that are its children."""
        parents, lines = {}, {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                status = (folder / "stat").read_text(encoding="utf-8")
                line = (folder / "cmdline").read_text(encoding="utf-8", errors="replace")
            except OSError:  # it has just ended
                continue
            parents[int(folder.name)] = int(status.rpartition(")")[2].split()[1])
            lines[int(folder.name)] = line.replace("\0", " ")
        return [
            lines[one]
            for one in parents
            if self.process.pid in _above(one, parents) and "--type=" in lines[one]
        ]


def _above(process: int, parents: Mapping[int, int]) -> Iterator[int]:
    while process := parents.get(process, 0):
        yield process


def clean_machine(folder: Path) -> Rehearsal:
    """Copy what a clone of the repository has into the folder; the rest is the how-to's work."""
    clone = folder / "clone"
    clone.mkdir()
    for name in PACKED:
        if (ROOT / name).is_dir():
            left_out = shutil.ignore_patterns("__pycache__", "secrets", "project")
            shutil.copytree(ROOT / name, clone / name, ignore=left_out)
        else:
            shutil.copy(ROOT / name, clone)
    user, group = user_and_group()
    me = "root" if os.geteuid() == 0 else user
    words = {
        "sudo ": "",
        # The pip that is lent does as well, and is there at once.
        "-m venv ": "-m venv --without-pip ",
        "--owner root --group deskhand": f"--owner {me} --group {group}",
        "--owner deskhand --group deskhand": f"--owner {user} --group {group}",
        "deskhand:deskhand": f"{user}:{group}",
    }
    for path in ("/opt/deskhand", "/srv/project", "/etc/deskhand", "/var/lib/deskhand"):
        words[path] = f"{folder}{path}"
    project = folder / "srv" / "project"
    return Rehearsal(folder=folder, here=clone, project=project, words=words, port=_free_port())


def with_variables(rehearsal: Rehearsal, variables: Mapping[str, str]) -> Rehearsal:
    """Return the same rehearsal, with other variables of the service's user."""
    return replace(rehearsal, variables=variables)


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        return port
