"""A machine for the tests of finding and installing browsers."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

SHELL = Path("/usr/bin/chromium-headless-shell")
CHROMIUM = Path("/usr/bin/chromium")
SHELL_BUILDS = {
    "linux-x64": "chrome-headless-shell-linux64/chrome-headless-shell",
    "linux-arm64": "chrome-headless-shell-linux-arm64/chrome-headless-shell",
    "mac-arm64": "chrome-headless-shell-mac-arm64/chrome-headless-shell",
}
CHROME_BUILDS = {
    "linux-x64": "chrome-linux64/chrome",
    "linux-arm64": "chrome-linux-arm64/chrome",
    "mac-x64": (
        "chrome-mac-x64/Google Chrome for Testing.app/Contents/MacOS/Google Chrome for Testing"
    ),
}


@dataclass(kw_only=True)
class PracticeMachine:
    """A machine whose commands bring browsers, or fail."""

    environment: Mapping[str, str] = field(default_factory=lambda: {"HOME": "/home/ann"})
    platform: str = "linux-x64"
    is_root: bool = False
    is_debian: bool = False
    playwright: Sequence[str] = ("playwright",)
    playwright_driver: Path | None = None
    executables: set[Path] = field(default_factory=set)
    broken: set[Path] = field(default_factory=set)
    brought_by: Mapping[str, Path] = field(default_factory=dict)
    repaired_by: Mapping[str, Path] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def which(self, name: str) -> Path | None:
        path = Path("/usr/bin", name)
        return path if path in self.executables else None

    def is_executable(self, path: Path) -> bool:
        return path in self.executables

    def starts(self, browser: Path) -> bool:
        return browser not in self.broken

    def run(self, command: Sequence[str], *, timeout: timedelta) -> bool:
        assert timeout
        line = " ".join(command)
        self.ran.append(line)
        if line in self.repaired_by:
            self.broken.remove(self.repaired_by[line])
            return True
        if line in self.brought_by:
            self.executables.add(self.brought_by[line])
            return True
        return False

    def tell(self, sentence: str) -> None:
        self.told.append(sentence)


def make_driver(folder: Path) -> Path:
    """Write down which browsers Playwright wants, as its driver's folder does."""
    browsers = [
        {"name": "chromium", "revision": "17"},
        {"name": "chromium-headless-shell", "revision": "17"},
    ]
    listing = folder / "browsers.json"
    listing.write_text(json.dumps({"browsers": browsers}), encoding="utf-8")
    return folder
