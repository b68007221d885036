"""The browser's own sandbox, under what containers and systemd allow the process around it."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.browsers.provision import find_browser
from tests.acceptance.deploy import filtered
from tests.acceptance.deploy.files import SECCOMP, unit
from tests.acceptance.deploy.service_user import as_service_user, sandbox_can_be_made
from tests.docs.pages import ROOT

ANALYZER = shutil.which("systemd-analyze")
TRYING = """\
import ctypes, errno, sys
libc = ctypes.CDLL(None, use_errno=True)
for call, words in (
    (libc.mount, (b"none", b"/mnt", b"tmpfs", 0, None)),
    (libc.ptrace, (0, 0, 0, 0)),
    (libc.socket, (40, 1, 0)),
    (libc.unshare, (0x10000000,)),
):
    ended = call(*words)
    print(call.__name__, errno.errorcode[ctypes.get_errno()] if ended < 0 else "allowed")
"""
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not filtered.can_filter(), reason="there is no libseccomp"),
    pytest.mark.skipif(not sandbox_can_be_made(), reason="the machine forbids user namespaces"),
]


def under(profile: Path, *command: str) -> "subprocess.CompletedProcess[str]":
    """Run a command as the service's user, under a filter of system calls."""
    return subprocess.run(
        [sys.executable, "-m", filtered.__name__, str(profile), *as_service_user(), *command],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def page_shown_under(profile: Path, *, home: Path) -> str:
    """Let the browser show a page; it has no leave to do without its sandbox."""
    options = ["--headless", "--disable-dev-shm-usage", "--disable-gpu", "--dump-dom"]
    page = "data:text/html,<p>shown in a sandbox"
    folder = home / "browser"
    folder.mkdir()
    folder.chmod(0o777)
    browser = [str(find_browser().path), f"--user-data-dir={folder}", *options, page]
    shown = under(profile, *browser)
    return shown.stdout or shown.stderr


def systemd_names(words: str) -> Iterator[str]:
    """Spell out the system calls of systemd's groups, as its manager does."""
    for word in words.split():
        if not word.startswith("@"):
            yield word
            continue
        told = subprocess.run(
            [str(ANALYZER), "syscall-filter", word], capture_output=True, text=True, check=True
        )
        for line in told.stdout.splitlines()[1:]:
            if line.strip() and not line.strip().startswith("#"):
                yield from systemd_names(line.strip())


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that others may reach; the tests' own folders are closed to them."""
    with tempfile.TemporaryDirectory(prefix="deskhand-home-", ignore_cleanup_errors=True) as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


def test_the_browser_shows_pages_in_its_sandbox_under_the_containers_filter(home: Path) -> None:
    assert "<p>shown in a sandbox" in page_shown_under(SECCOMP, home=home)


def test_the_containers_filter_refuses_what_is_not_needed() -> None:
    tried = under(SECCOMP, sys.executable, "-c", TRYING)

    assert tried.stdout.splitlines() == [
        "mount EPERM",
        "ptrace EPERM",
        "socket EPERM",
        "unshare allowed",
    ]


def test_without_user_namespaces_the_browser_would_not_have_started(home: Path) -> None:
    profile = json.loads(SECCOMP.read_text(encoding="utf-8"))
    (plain,) = [rule for rule in profile["syscalls"] if "unshare" in rule["names"]]
    plain["names"].remove("chroot")
    narrow = home / "narrow.json"
    narrow.write_text(json.dumps(profile), encoding="utf-8")

    assert "shown in a sandbox</p>" not in page_shown_under(narrow, home=home)


@pytest.mark.skipif(ANALYZER is None, reason="systemd-analyze is not there")
def test_the_browser_shows_pages_in_its_sandbox_under_the_units_filter(home: Path) -> None:
    allowed, denied = unit().values("SystemCallFilter")
    names = {*systemd_names(f"@default {allowed}")} - {*systemd_names(denied.removeprefix("~"))}
    rules = [{"names": sorted(names), "action": "SCMP_ACT_ALLOW"}]
    profile = home / "unit.json"
    profile.write_text(
        json.dumps({"defaultAction": "SCMP_ACT_ERRNO", "defaultErrnoRet": 1, "syscalls": rules}),
        encoding="utf-8",
    )

    assert "<p>shown in a sandbox" in page_shown_under(profile, home=home)
