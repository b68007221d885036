"""What finding and installing a browser asks of the machine, and the real machine's answers."""

import os
import platform
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol

_START_TIMEOUT = timedelta(seconds=30)
_STDERR = 2  # stdout is for the answer alone


class Machine(Protocol):
    """What finding and installing a browser asks of the machine."""

    @property
    def environment(self) -> Mapping[str, str]:
        """The process's environment variables."""

    @property
    def platform(self) -> str:
        """System and processor in Playwright's words: `linux-x64`, `mac-arm64`."""

    @property
    def is_root(self) -> bool:
        """Whether this process may install packages, and must do without Chromium's sandbox."""

    @property
    def is_debian(self) -> bool:
        """Whether packages come from apt."""

    @property
    def playwright(self) -> Sequence[str]:
        """The command that starts the Playwright of this Python environment."""

    @property
    def playwright_driver(self) -> Path | None:
        """The folder with Playwright's `browsers.json`; None without Playwright."""

    def which(self, name: str) -> Path | None:
        """Where a program of that name is on the search path."""

    def is_executable(self, path: Path) -> bool:
        """Whether there is a file that this user may execute."""

    def starts(self, browser: Path) -> bool:
        """Whether the browser can be started: it has the libraries that it needs."""

    def run(self, command: Sequence[str], *, timeout: timedelta) -> bool:
        """Whether the command ended with status 0 in time."""

    def tell(self, sentence: str) -> None:
        """Let the person who waits know what happens."""


class ThisMachine:
    """The machine that this process runs on."""

    @property
    def environment(self) -> Mapping[str, str]:
        return os.environ  # noqa: TID251 (this class is the edge)

    @property
    def platform(self) -> str:
        system = {"darwin": "mac"}.get(sys.platform, sys.platform)
        processor = platform.machine().lower()
        return f"{system}-{'arm64' if processor in {'arm64', 'aarch64'} else 'x64'}"

    @property
    def is_root(self) -> bool:
        return os.geteuid() == 0

    @property
    def is_debian(self) -> bool:
        return Path("/etc/debian_version").exists()

    @property
    def playwright(self) -> Sequence[str]:
        # Another Playwright on the search path would install another revision.
        script = Path(sys.executable).with_name("playwright")
        return [str(script)] if script.exists() else [sys.executable, "-m", "playwright"]

    @property
    def playwright_driver(self) -> Path | None:
        spec = find_spec("playwright")
        if spec is None or spec.origin is None:
            return None
        return Path(spec.origin).parent / "driver" / "package"

    def which(self, name: str) -> Path | None:
        found = shutil.which(name)
        return Path(found) if found else None

    def is_executable(self, path: Path) -> bool:
        return path.is_file() and os.access(path, os.X_OK)

    def starts(self, browser: Path) -> bool:
        try:
            subprocess.run(  # noqa: S603 (the browser that was found, no shell)
                [str(browser), "--version"],
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_START_TIMEOUT.total_seconds(),
                check=True,
            )
        except subprocess.CalledProcessError as error:
            self.tell(f"{browser} does not start: {str(error.stderr).strip()}")
            return False
        except (OSError, subprocess.TimeoutExpired) as error:
            self.tell(f"{browser} does not start: {error}")
            return False
        return True

    def run(self, command: Sequence[str], *, timeout: timedelta) -> bool:
        try:
            process = subprocess.Popen(  # noqa: S603 (fixed commands, no shell)
                command,
                stdin=subprocess.DEVNULL,
                stdout=_STDERR,
                env={**self.environment, "DEBIAN_FRONTEND": "noninteractive"},
                start_new_session=True,
            )
        except OSError as error:
            self.tell(f"{command[0]}: {error}")
            return False
        return self._ended_well(process, timeout=timeout)

    def _ended_well(self, process: subprocess.Popen[bytes], *, timeout: timedelta) -> bool:
        try:
            return process.wait(timeout.total_seconds()) == 0
        except subprocess.TimeoutExpired as error:
            self.tell(str(error))
            return False
        finally:
            # Playwright's script has a child that does the work: the whole group must go.
            if process.poll() is None:
                os.killpg(process.pid, signal.SIGTERM)
                process.wait()

    def tell(self, sentence: str) -> None:
        sys.stderr.write(f"{sentence}\n")
        sys.stderr.flush()


THIS_MACHINE = ThisMachine()
