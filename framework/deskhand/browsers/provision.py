"""A browser for the bots: found where there is one, installed where there is none.

The order: `DESKHAND_BROWSER`, Playwright's own browser, the system's; then, when asked to provide
one, `playwright install`, then `apt-get install` as root on Debian. The last resort is an error
that says what to do. As a program (`python -m deskhand.browsers.provision`) it prints the path.
"""

import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from pathlib import Path

from deskhand.browsers.machine import THIS_MACHINE, Machine
from deskhand.errors import BrowserUnavailableError

VARIABLE = "DESKHAND_BROWSER"
SANDBOX_VARIABLE = "DESKHAND_SANDBOX"
_DOWNLOAD_TIMEOUT = timedelta(seconds=300)
_APT_TIMEOUT = timedelta(seconds=900)

_SYSTEM_SHELLS = ("chromium-headless-shell",)
_SYSTEM_BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
)
_MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
)
_MAC_TESTING_APPLICATION = "Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"
_APT_INSTALL = ("apt-get", "install", "-y", "-q", "-o", "DPkg::Lock::Timeout=300")
_QUIET_ARGUMENTS = (
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_PASSED_ON = frozenset(
    {
        "HOME", "LANG", "LANGUAGE", "LD_LIBRARY_PATH", "LOGNAME", "PATH", "SHELL", "TEMP", "TMP",
        "TMPDIR", "TZ", "USER", "DISPLAY", "WAYLAND_DISPLAY", "XAUTHORITY",
        "DBUS_SESSION_BUS_ADDRESS", "http_proxy", "https_proxy", "all_proxy", "no_proxy",
        "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY",
    }
)  # fmt: skip
_PASSED_ON_BEGINNINGS = ("LC_", "XDG_", "FONTCONFIG_", "CHROME_", "GTK_", "GDK_")


class BrowserSource(Enum):
    """Who brought the browser."""

    CONFIGURED = "configured"
    PLAYWRIGHT = "playwright"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True, kw_only=True)
class Browser:
    """A Chromium-like browser's executable file."""

    path: Path
    source: BrowserSource


def find_browser(*, headed: bool = False, machine: Machine = THIS_MACHINE) -> Browser:
    """The first browser there is, in the order of this module; installs nothing.

    A headless shell is preferred, but cannot show a window: `headed` passes it over.
    Raises `BrowserUnavailableError`, which says what to do.
    """
    for browser in _candidates(headed=headed, machine=machine):
        return browser
    raise BrowserUnavailableError(_advice(headed=headed, machine=machine))


def provision_browser(*, headed: bool = False, machine: Machine = THIS_MACHINE) -> Browser:
    """A browser that starts: found, or else installed.

    Raises `BrowserUnavailableError`, which says what to do.
    """
    browser = _first_that_starts(headed=headed, machine=machine)
    for install in (_install_with_playwright, _install_with_apt):
        if browser is not None:
            return browser
        if install(headed=headed, machine=machine):
            browser = _first_that_starts(headed=headed, machine=machine)
    if browser is None:
        raise BrowserUnavailableError(_advice(headed=headed, machine=machine))
    return browser


def is_sandboxed(machine: Machine = THIS_MACHINE) -> bool:
    """Whether a browser started here has Chromium's sandbox around its pages.

    It is given up for root, for whom Chromium would not start with it, and where
    `DESKHAND_SANDBOX=off` says so; never because it failed. Raises `BrowserUnavailableError`.
    """
    said = machine.environment.get(SANDBOX_VARIABLE) or "on"
    if said not in ("on", "off"):
        raise BrowserUnavailableError(f"{SANDBOX_VARIABLE} is on or off, not {said!r}")
    return said == "on" and not machine.is_root


def launch_arguments(machine: Machine = THIS_MACHINE) -> tuple[str, ...]:
    """Chromium's command-line arguments for a quiet browser that calls nobody but the portal.

    Raises `BrowserUnavailableError` when `DESKHAND_SANDBOX` is neither on nor off.
    """
    return _QUIET_ARGUMENTS if is_sandboxed(machine) else ("--no-sandbox", *_QUIET_ARGUMENTS)


def browser_environment(machine: Machine = THIS_MACHINE) -> dict[str, str]:
    """The environment variables that a browser gets: those that it is known to read.

    It runs strangers' programs. Ours may hold the vault's key, and others' secrets.
    """
    return {
        name: value
        for name, value in machine.environment.items()
        if name in _PASSED_ON or name.startswith(_PASSED_ON_BEGINNINGS)
    }


def _candidates(*, headed: bool, machine: Machine) -> Iterator[Browser]:
    configured = machine.environment.get(VARIABLE)
    if configured:
        yield _configured(Path(configured), headed=headed, machine=machine)
        return
    for path in _playwright_paths(headed=headed, machine=machine):
        if machine.is_executable(path):
            yield Browser(path=path, source=BrowserSource.PLAYWRIGHT)
    for path in _system_paths(headed=headed, machine=machine):
        if machine.is_executable(path):
            yield Browser(path=path, source=BrowserSource.SYSTEM)


def _configured(path: Path, *, headed: bool, machine: Machine) -> Browser:
    if not machine.is_executable(path):
        raise BrowserUnavailableError(
            f"{VARIABLE} names {path}, which is no executable file; correct it, or unset it"
        )
    if headed and "headless" in path.name:
        raise BrowserUnavailableError(
            f"{VARIABLE} names {path}, which cannot show a window; name a full browser, or unset it"
        )
    return Browser(path=path, source=BrowserSource.CONFIGURED)


def _playwright_paths(*, headed: bool, machine: Machine) -> Iterator[Path]:
    driver = machine.playwright_driver
    if driver is None:
        return
    kinds = ("chromium",) if headed else ("chromium-headless-shell", "chromium")
    listed = json.loads((driver / "browsers.json").read_text(encoding="utf-8"))["browsers"]
    revisions = {browser["name"]: browser["revision"] for browser in listed}
    for kind in kinds:
        folder = _playwright_folder(driver, machine=machine)
        folder /= f"{kind.replace('-', '_')}-{revisions[kind]}"
        yield folder / _playwright_executable(kind, on=machine.platform)


def _playwright_folder(driver: Path, *, machine: Machine) -> Path:
    chosen = machine.environment.get("PLAYWRIGHT_BROWSERS_PATH")
    if chosen == "0":
        return driver / ".local-browsers"
    if chosen:
        return Path(chosen)
    home = Path(machine.environment.get("HOME", "/"))
    if machine.platform.startswith("mac"):
        return home / "Library" / "Caches" / "ms-playwright"
    return Path(machine.environment.get("XDG_CACHE_HOME") or home / ".cache") / "ms-playwright"


def _playwright_executable(kind: str, *, on: str) -> Path:
    # Playwright names the folders so, but for one that has no processor's dash.
    build = "linux64" if on == "linux-x64" else on
    if kind == "chromium-headless-shell":
        return Path(f"chrome-headless-shell-{build}", "chrome-headless-shell")
    name = _MAC_TESTING_APPLICATION if on.startswith("mac") else "chrome"
    return Path(f"chrome-{build}", name)


def _system_paths(*, headed: bool, machine: Machine) -> Iterator[Path]:
    names = _SYSTEM_BROWSERS if headed else _SYSTEM_SHELLS + _SYSTEM_BROWSERS
    for name in names:
        if path := machine.which(name):
            yield path
    if machine.platform.startswith("mac"):
        yield from (Path(application) for application in _MAC_APPLICATIONS)


def _first_that_starts(*, headed: bool, machine: Machine) -> Browser | None:
    # A downloaded browser may lack the system's libraries: only its start tells.
    for browser in _candidates(headed=headed, machine=machine):
        if machine.starts(browser.path):
            return browser
        if browser.source is BrowserSource.CONFIGURED:
            raise BrowserUnavailableError(
                f"{VARIABLE} names {browser.path}, which does not start; correct it, or unset it"
            )
    return None


def _install_with_playwright(*, headed: bool, machine: Machine) -> bool:
    if machine.playwright_driver is None:
        return False
    machine.tell("browser: downloading Chromium with Playwright (5 minutes at most)")
    build = "--no-shell" if headed else "--only-shell"
    command = [*machine.playwright, "install", build, "chromium"]
    return machine.run(command, timeout=_DOWNLOAD_TIMEOUT)


def _install_with_apt(*, headed: bool, machine: Machine) -> bool:
    if not (machine.is_root and machine.is_debian):
        return False
    machine.tell("browser: installing Chromium with apt-get")
    # A source that fails to update need not be the one that has the browser.
    machine.run(["apt-get", "update", "-q"], timeout=_APT_TIMEOUT)
    packages = ["chromium"] if headed else ["chromium-headless-shell", "chromium"]
    if any(machine.run([*_APT_INSTALL, name], timeout=_APT_TIMEOUT) for name in packages):
        return True
    # Ubuntu has no such package: there, a downloaded browser may only lack its libraries.
    libraries = [*machine.playwright, "install-deps", "chromium"]
    return machine.run(libraries, timeout=_APT_TIMEOUT)


def _advice(*, headed: bool, machine: Machine) -> str:
    kind = "browser that can show a window" if headed else "browser"
    install = (
        "playwright install chromium" if headed else "playwright install --only-shell chromium"
    )
    if machine.is_debian:
        install += ", or as root: apt-get install chromium"
    return (
        f"no {kind} was found on this machine; install one ({install}), "
        f"or name the executable of a Chromium, Chrome or Edge in {VARIABLE}"
    )


def main(arguments: Sequence[str]) -> int:
    """Print the path of a browser that starts; with `--headed`, of one that can show a window."""
    try:
        browser = provision_browser(headed="--headed" in arguments)
    except BrowserUnavailableError as error:
        THIS_MACHINE.tell(f"browser: {error}")
        return 1
    sys.stdout.write(f"{browser.path}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
