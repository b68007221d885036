from collections.abc import Mapping
from pathlib import Path

import pytest

from deskhand.browsers.provision import BrowserSource, find_browser, launch_arguments
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


def test_the_browser_that_is_named_in_the_environment_comes_first() -> None:
    named = Path("/opt/chrome")
    machine = PracticeMachine(
        environment={"DESKHAND_BROWSER": str(named)}, executables={named, SHELL}
    )

    browser = find_browser(machine=machine)

    assert browser.path == named
    assert browser.source is BrowserSource.CONFIGURED


def test_a_wrong_name_in_the_environment_is_an_error_and_not_passed_over() -> None:
    machine = PracticeMachine(
        environment={"DESKHAND_BROWSER": "/opt/no-such-chrome"}, executables={SHELL}
    )

    with pytest.raises(
        BrowserUnavailableError, match=r"DESKHAND_BROWSER names /opt/no-such-chrome"
    ):
        find_browser(machine=machine)


def test_an_empty_name_in_the_environment_is_no_name() -> None:
    machine = PracticeMachine(environment={"DESKHAND_BROWSER": ""}, executables={SHELL})

    browser = find_browser(machine=machine)

    assert browser.path == SHELL


def test_a_named_headless_shell_is_refused_when_a_window_is_wanted() -> None:
    machine = PracticeMachine(environment={"DESKHAND_BROWSER": str(SHELL)}, executables={SHELL})

    with pytest.raises(BrowserUnavailableError, match="cannot show a window"):
        find_browser(headed=True, machine=machine)


@pytest.mark.parametrize("platform", SHELL_BUILDS)
def test_the_browser_of_playwright_comes_before_the_one_of_the_system(
    driver: Path, platform: str
) -> None:
    cache = Path("/cache")
    own = cache / "chromium_headless_shell-17" / SHELL_BUILDS[platform]
    machine = PracticeMachine(
        environment={"PLAYWRIGHT_BROWSERS_PATH": str(cache)},
        platform=platform,
        playwright_driver=driver,
        executables={own, SHELL},
    )

    browser = find_browser(machine=machine)

    assert browser.path == own
    assert browser.source is BrowserSource.PLAYWRIGHT


@pytest.mark.parametrize("platform", CHROME_BUILDS)
def test_the_full_browser_of_playwright_is_found_for_a_window(driver: Path, platform: str) -> None:
    cache = Path("/cache")
    own = cache / "chromium-17" / CHROME_BUILDS[platform]
    machine = PracticeMachine(
        environment={"PLAYWRIGHT_BROWSERS_PATH": str(cache)},
        platform=platform,
        playwright_driver=driver,
        executables={own, cache / "chromium_headless_shell-17" / "any"},
    )

    browser = find_browser(headed=True, machine=machine)

    assert browser.path == own


@pytest.mark.parametrize(
    ("platform", "environment", "folder"),
    [
        ("linux-x64", {"HOME": "/home/ann"}, "/home/ann/.cache/ms-playwright"),
        ("linux-x64", {"HOME": "/home/ann", "XDG_CACHE_HOME": "/c"}, "/c/ms-playwright"),
        ("mac-arm64", {"HOME": "/Users/ann"}, "/Users/ann/Library/Caches/ms-playwright"),
        ("linux-x64", {"PLAYWRIGHT_BROWSERS_PATH": "0"}, "DRIVER/.local-browsers"),
    ],
)
def test_the_browser_of_playwright_is_looked_for_where_playwright_puts_it(
    driver: Path, platform: str, environment: Mapping[str, str], folder: str
) -> None:
    place = Path(folder.replace("DRIVER", str(driver)))
    own = place / "chromium_headless_shell-17" / SHELL_BUILDS[platform]
    machine = PracticeMachine(
        environment=environment, platform=platform, playwright_driver=driver, executables={own}
    )

    browser = find_browser(machine=machine)

    assert browser.path == own


@pytest.mark.parametrize(
    ("platform", "path"),
    [
        ("linux-x64", CHROMIUM),
        ("linux-x64", Path("/usr/bin/google-chrome-stable")),
        ("linux-x64", Path("/usr/bin/microsoft-edge")),
        ("mac-arm64", Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")),
    ],
)
def test_a_browser_of_the_system_is_found_by_its_name(platform: str, path: Path) -> None:
    machine = PracticeMachine(platform=platform, executables={path})

    browser = find_browser(machine=machine)

    assert browser.path == path
    assert browser.source is BrowserSource.SYSTEM


def test_the_headless_shell_is_preferred_and_passed_over_for_a_window() -> None:
    machine = PracticeMachine(executables={SHELL, CHROMIUM})

    headless = find_browser(machine=machine)
    headed = find_browser(headed=True, machine=machine)

    assert (headless.path, headed.path) == (SHELL, CHROMIUM)


def test_looking_for_a_browser_installs_nothing_and_says_what_to_do() -> None:
    machine = PracticeMachine(is_root=True, is_debian=True)

    with pytest.raises(
        BrowserUnavailableError, match=r"apt-get install chromium.*DESKHAND_BROWSER"
    ):
        find_browser(machine=machine)

    assert machine.ran == []


def test_the_sandbox_is_given_up_for_root_and_for_who_says_so() -> None:
    as_root = launch_arguments(PracticeMachine(is_root=True))
    as_person = launch_arguments(PracticeMachine())
    as_told = launch_arguments(PracticeMachine(environment={"DESKHAND_SANDBOX": "off"}))

    assert "--no-sandbox" in as_root
    assert "--no-sandbox" not in as_person
    assert set(as_person) < set(as_root)
    assert as_told == as_root


def test_a_word_about_the_sandbox_that_is_none_is_refused() -> None:
    machine = PracticeMachine(environment={"DESKHAND_SANDBOX": "false"})

    with pytest.raises(BrowserUnavailableError, match="DESKHAND_SANDBOX is on or off"):
        launch_arguments(machine)
