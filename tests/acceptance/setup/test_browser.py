import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import playwright
import pytest
from playwright.sync_api import sync_playwright

import deskhand
from deskhand.browsers import provision
from deskhand.browsers.machine import THIS_MACHINE
from deskhand.browsers.provision import find_browser, launch_arguments
from tests.acceptance.setup.door import TOOLS, write_program

pytestmark = pytest.mark.timeout(90)

APT_INSTALL = "install -y -q -o DPkg::Lock::Timeout=300"
BROWSER = '#!/bin/sh\necho "Chromium 1"\n'
FAILURE = "#!/bin/sh\nexit 1\n"

root_on_debian = pytest.mark.skipif(
    not (THIS_MACHINE.is_root and THIS_MACHINE.is_debian),
    reason="packages are installed by root on Debian alone",
)


@dataclass(frozen=True, kw_only=True)
class BareMachine:
    """A machine with this Python and no browser, whose installers the test writes."""

    folder: Path

    @property
    def downloaded(self) -> Path:
        """Where Playwright would put its headless shell."""
        driver = THIS_MACHINE.playwright_driver
        assert driver
        listed = json.loads((driver / "browsers.json").read_text(encoding="utf-8"))["browsers"]
        revisions = {browser["name"]: browser["revision"] for browser in listed}
        kind = "chromium-headless-shell"
        folder = self.folder / "downloads" / f"chromium_headless_shell-{revisions[kind]}"
        return folder / provision._playwright_executable(kind, on=THIS_MACHINE.platform)

    def program(self, name: str, script: str = BROWSER) -> Path:
        path = self.folder / "bin" / name
        write_program(path, script)
        return path

    def installer(self, name: str, *, brings: Path, when: str) -> None:
        """Make a program that puts a browser there when it is asked in these words."""
        browser = self.folder / "browser"
        write_program(browser, BROWSER)
        bring = f'mkdir -p "{brings.parent}" && cp "{browser}" "{brings}"'
        self.program(name, f'#!/bin/sh\n[ "$*" != "{when}" ] || {{ {bring}; }}\n')

    def provision(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        libraries = [Path(module.__path__[0]).parent for module in (deskhand, playwright)]
        environment = {
            "PATH": str(self.folder / "bin"),
            "HOME": str(self.folder),
            "PYTHONPATH": os.pathsep.join(map(str, libraries)),
            "PLAYWRIGHT_BROWSERS_PATH": str(self.folder / "downloads"),
        }
        return subprocess.run(
            [self.folder / "bin" / "python", "-m", "deskhand.browsers.provision", *arguments],
            env={**environment, **variables},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )


@pytest.fixture
def machine(tmp_path: Path) -> BareMachine:
    (tmp_path / "bin").mkdir()
    for tool in (*TOOLS, "sh"):
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    (tmp_path / "bin" / "python").symlink_to(Path(sys.executable).resolve())
    machine = BareMachine(folder=tmp_path)
    machine.program("playwright", FAILURE)
    machine.program("apt-get", FAILURE)
    return machine


def test_a_browser_that_is_there_is_printed_without_a_word_more(machine: BareMachine) -> None:
    chromium = machine.program("chromium")

    ended = machine.provision()

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, f"{chromium}\n", "")


def test_a_wrong_path_in_the_environment_is_a_clear_error(machine: BareMachine) -> None:
    machine.program("chromium")

    ended = machine.provision(DESKHAND_BROWSER="/opt/no-such-chrome")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "DESKHAND_BROWSER names /opt/no-such-chrome, which is no executable" in ended.stderr


def test_a_missing_browser_is_downloaded_by_this_pythons_playwright(machine: BareMachine) -> None:
    machine.installer("playwright", brings=machine.downloaded, when="install --only-shell chromium")

    ended = machine.provision()

    assert ended.stdout == f"{machine.downloaded}\n"


@root_on_debian
def test_a_failed_download_falls_back_to_the_package(machine: BareMachine) -> None:
    shell = machine.folder / "bin" / "chromium-headless-shell"
    machine.installer("apt-get", brings=shell, when=f"{APT_INSTALL} chromium-headless-shell")

    ended = machine.provision()

    assert ended.stdout == f"{shell}\n"


@root_on_debian
def test_a_browser_that_can_show_a_window_comes_as_the_full_package(machine: BareMachine) -> None:
    machine.program("chromium-headless-shell")
    chromium = machine.folder / "bin" / "chromium"
    machine.installer("apt-get", brings=chromium, when=f"{APT_INSTALL} chromium")

    ended = machine.provision("--headed")

    assert ended.stdout == f"{chromium}\n"


def test_without_a_network_the_real_download_fails_and_the_error_says_what_to_do(
    machine: BareMachine,
) -> None:
    (machine.folder / "bin" / "playwright").unlink()

    ended = machine.provision(PLAYWRIGHT_DOWNLOAD_HOST="http://127.0.0.1:9")

    assert (ended.returncode, ended.stdout) == (1, "")
    assert "playwright install --only-shell chromium" in ended.stderr
    assert "DESKHAND_BROWSER" in ended.stderr


@pytest.mark.browser
def test_the_browser_of_this_machine_starts_with_our_arguments() -> None:
    browser_file = find_browser()

    with sync_playwright() as driver:
        browser = driver.chromium.launch(
            executable_path=browser_file.path, args=list(launch_arguments())
        )
        page = browser.new_page()
        page.set_content("<h1>Claim 17</h1>")
        heading = page.get_by_role("heading").inner_text()
        browser.close()

    assert heading == "Claim 17"
