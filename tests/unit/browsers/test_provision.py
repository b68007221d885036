from pathlib import Path

import pytest

from deskhand.browsers.provision import provision_browser
from deskhand.errors import BrowserUnavailableError
from tests.unit.browsers.practice_machine import (
    CHROME_BUILDS,
    CHROMIUM,
    SHELL,
    SHELL_BUILDS,
    PracticeMachine,
    make_driver,
)


@pytest.fixture
def driver(tmp_path: Path) -> Path:
    return make_driver(tmp_path)


def test_nothing_is_installed_where_a_browser_starts() -> None:
    machine = PracticeMachine(executables={SHELL}, is_root=True, is_debian=True)

    browser = provision_browser(machine=machine)

    assert browser.path == SHELL
    assert machine.ran == []
    assert machine.told == []


def test_a_missing_browser_is_downloaded_by_playwright(driver: Path) -> None:
    own = Path("/cache/chromium_headless_shell-17", SHELL_BUILDS["linux-x64"])
    machine = PracticeMachine(
        environment={"PLAYWRIGHT_BROWSERS_PATH": "/cache"},
        playwright_driver=driver,
        brought_by={"playwright install --only-shell chromium": own},
    )

    browser = provision_browser(machine=machine)

    assert browser.path == own
    assert machine.ran == ["playwright install --only-shell chromium"]


def test_a_window_needs_the_full_download(driver: Path) -> None:
    own = Path("/cache/chromium-17", CHROME_BUILDS["linux-x64"])
    machine = PracticeMachine(
        environment={"PLAYWRIGHT_BROWSERS_PATH": "/cache"},
        playwright_driver=driver,
        brought_by={"playwright install --no-shell chromium": own},
    )

    browser = provision_browser(headed=True, machine=machine)

    assert browser.path == own


def test_root_on_debian_falls_back_to_a_package_when_the_download_fails(driver: Path) -> None:
    apt = "apt-get install -y -q -o DPkg::Lock::Timeout=300 chromium-headless-shell"
    machine = PracticeMachine(
        is_root=True, is_debian=True, playwright_driver=driver, brought_by={apt: SHELL}
    )

    browser = provision_browser(machine=machine)

    assert browser.path == SHELL
    assert machine.ran == [
        "playwright install --only-shell chromium",
        "apt-get update -q",
        apt,
    ]


def test_the_full_package_is_taken_where_there_is_no_headless_one() -> None:
    apt = "apt-get install -y -q -o DPkg::Lock::Timeout=300 chromium"
    machine = PracticeMachine(is_root=True, is_debian=True, brought_by={apt: CHROMIUM})

    browser = provision_browser(machine=machine)

    assert browser.path == CHROMIUM


def test_a_downloaded_browser_without_its_libraries_gets_them(driver: Path) -> None:
    own = Path("/cache/chromium_headless_shell-17", SHELL_BUILDS["linux-x64"])
    machine = PracticeMachine(
        environment={"PLAYWRIGHT_BROWSERS_PATH": "/cache"},
        is_root=True,
        is_debian=True,
        playwright_driver=driver,
        brought_by={"playwright install --only-shell chromium": own},
        broken={own},
        repaired_by={"playwright install-deps chromium": own},
    )

    browser = provision_browser(machine=machine)

    assert browser.path == own


def test_a_browser_that_does_not_start_is_passed_over_for_one_that_does() -> None:
    machine = PracticeMachine(executables={SHELL, CHROMIUM}, broken={SHELL})

    browser = provision_browser(machine=machine)

    assert browser.path == CHROMIUM


def test_a_named_browser_that_does_not_start_is_an_error() -> None:
    machine = PracticeMachine(
        environment={"DESKHAND_BROWSER": str(SHELL)}, executables={SHELL, CHROMIUM}, broken={SHELL}
    )

    with pytest.raises(BrowserUnavailableError, match="does not start"):
        provision_browser(machine=machine)


@pytest.mark.parametrize(("is_root", "is_debian"), [(False, True), (True, False)])
def test_only_root_on_debian_installs_packages(*, is_root: bool, is_debian: bool) -> None:
    machine = PracticeMachine(is_root=is_root, is_debian=is_debian)

    with pytest.raises(BrowserUnavailableError, match="playwright install --only-shell chromium"):
        provision_browser(machine=machine)

    assert machine.ran == []
