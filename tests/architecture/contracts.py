"""The contracts of `.importlinter`, and a copy of the framework to break them in."""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from configparser import ConfigParser
from pathlib import Path

from tests.architecture.source import FRAMEWORK, ROOT

PREFIX = "importlinter:contract:"
LINTER = Path(sys.executable).with_name("lint-imports")


def contracts() -> Mapping[str, Mapping[str, str]]:
    """Read the contracts by their short names."""
    parser = ConfigParser()
    parser.read(ROOT / ".importlinter", encoding="utf-8")
    return {
        section.removeprefix(PREFIX): parser[section]
        for section in parser.sections()
        if section.startswith(PREFIX)
    }


def copy_framework(folder: Path) -> Path:
    """Copy what the linter reads, and return the copied package's folder."""
    shutil.copy(ROOT / ".importlinter", folder)
    package = folder / FRAMEWORK.name
    shutil.copytree(FRAMEWORK, package, ignore=shutil.ignore_patterns("__pycache__"))
    return package


def lint(folder: Path, *, contract: str) -> subprocess.CompletedProcess[str]:
    """Check one contract on a copy of the framework."""
    return subprocess.run(
        [LINTER, "--no-logo", "--no-cache", "--contract", contract],
        cwd=folder,
        # Ahead of the editable install, so that the copy is what is read; wide, for whole lines.
        env={**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "300"},
        capture_output=True,
        text=True,
        check=False,
    )
