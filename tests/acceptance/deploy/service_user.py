"""The user that services run as: not root, whoever runs the tests."""

import grp
import os
import pwd
import shutil
import subprocess
import sys
from pathlib import Path

_NOBODY = 65534
_READS_ALL = "dac_read_search"


def user_and_group() -> tuple[str, str]:
    """Return the names of the user that stands for the service's."""
    number, group = (_NOBODY, _NOBODY) if os.geteuid() == 0 else (os.geteuid(), os.getegid())
    return pwd.getpwuid(number).pw_name, grp.getgrgid(group).gr_name


def as_service_user() -> list[str]:
    """Return the words that start a program as that user, without privilege.

    Where the tests' own Python lies in a folder of root's, the user may read there, too.
    """
    if os.geteuid() != 0:
        return []
    kept = f",+{_READS_ALL}" if _is_in_roots_own_folder(Path(sys.executable).resolve()) else ""
    words = ["setpriv", f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups"]
    words += ["--no-new-privs", f"--bounding-set=-all{kept}", f"--inh-caps=-all{kept}"]
    return [*words, f"--ambient-caps=-all{kept}"] if kept else words


def sandbox_can_be_made() -> bool:
    """Whether this machine lets that user make user namespaces."""
    if shutil.which("unshare") is None:
        return False
    words = [*as_service_user(), "unshare", "--user", "--map-root-user", "true"]
    return subprocess.run(words, capture_output=True, check=False).returncode == 0


def _is_in_roots_own_folder(file: Path) -> bool:
    return any(not folder.stat().st_mode & 0o001 for folder in file.parents)
