"""A machine with bash, a practice Python, and a copy of the project's one door."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
DOOR = ROOT / "run"
TOOLS = ("bash", "cp", "mkdir", "mktemp", "rm", "cat", "env")

# Both keep a diary of what they were asked. The first stands for a Python of the machine; the
# second for the one of the virtual environment, with its pip.
BASE_PYTHON = """#!/usr/bin/env bash
case "$*" in
    *version_info*3,*11*) [[ ! -e "$PRACTICE/old" ]] ;;
    *"import ensurepip"*) [[ ! -e "$PRACTICE/no-ensurepip" ]] ;;
    "-m venv "*)
        echo "venv" >>"$PRACTICE/diary"
        mkdir -p "$3/bin"
        for tool in python ruff mypy lint-imports; do
            cp "$PRACTICE/venv-tool" "$3/bin/$tool"
        done
        ;;
    *) exec "$REAL_PYTHON" "$@" ;;
esac
"""
VENV_TOOL = """#!/usr/bin/env bash
asked="${0##*/} $*"
echo "$asked" >>"$PRACTICE/diary"
if [[ "$asked" == *"--require-hashes"* && -e "$PRACTICE/gate" ]]; then
    echo waiting >"$PRACTICE/reached"
    cat "$PRACTICE/gate" >/dev/null
fi
[[ ! -e "$PRACTICE/failing" || "$asked" != *"$(<"$PRACTICE/failing")"* ]]
"""
APT_GET = """#!/usr/bin/env bash
echo "apt-get $*" >>"$PRACTICE/diary"
[[ "$*" != *install* ]] || rm -f "$PRACTICE/no-ensurepip"
"""


@dataclass(frozen=True, kw_only=True)
class Machine:
    """A machine with bash, a practice Python and a copy of the project's door."""

    project: Path
    practice: Path

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": str(self.practice / "bin"),
            "HOME": str(self.practice),
            "PRACTICE": str(self.practice),
            "REAL_PYTHON": sys.executable,
        }

    def run(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["bash", self.project / "run", *arguments],
            env={**self.environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            ["bash", self.project / "run", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run_as(self, functions: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the door with some of its questions about the machine answered by the test."""
        script = f'source "$1"; {functions}; shift; main "$@"'
        return subprocess.run(
            ["bash", "-c", script, "test", self.project / "run", *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def diary(self) -> list[str]:
        """What was asked of the tools since the last look."""
        file = self.practice / "diary"
        lines = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return [" ".join(line.replace(str(self.project), "PROJECT").split()) for line in lines]

    def close_gate(self) -> None:
        """Let the installation of packages stop half-way, until the gate opens."""
        os.mkfifo(self.practice / "gate")
        os.mkfifo(self.practice / "reached")

    def wait_at_gate(self) -> None:
        (self.practice / "reached").read_text(encoding="utf-8")

    def open_gate(self) -> None:
        gate = self.practice / "gate"
        with gate.open("w", encoding="utf-8"):
            gate.unlink()


def write_program(path: Path, text: str) -> None:
    """Make an executable script."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o755)


def make_machine(folder: Path) -> Machine:
    """Put the machine together in an empty folder."""
    project, practice = folder / "project", folder / "practice"
    (practice / "bin").mkdir(parents=True)
    project.mkdir()
    shutil.copy(DOOR, project / "run")
    (project / "requirements.txt").write_text("a==1\n", encoding="utf-8")
    (project / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    for tool in TOOLS:
        found = shutil.which(tool)
        assert found
        (practice / "bin" / tool).symlink_to(found)
    write_program(practice / "bin" / "python3.12", BASE_PYTHON)
    write_program(practice / "bin" / "apt-get", APT_GET)
    write_program(practice / "venv-tool", VENV_TOOL)
    return Machine(project=project, practice=practice)
