"""`python -m tests.faults.worker`: a worker of a project, which is struck at a chosen place.

It says on standard output where it was struck, just before; then it performs on to rest, if it
still can. On SIGUSR1 it tells on standard error where each of its threads is.
"""

import argparse
import asyncio
import faulthandler
import os
import signal
import sys
from pathlib import Path

from deskhand.bootstrap.workplace import Workplace
from deskhand.cli.run import perform_all
from deskhand.settings.project import load_project
from tests.faults.boundaries import strike


def main() -> None:
    """Perform the project's items to rest."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.worker", description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--at", default="", help="where, such as after:intend")
    parser.add_argument("--blow", choices=("kill", "stop", "kill-browser"), default="kill")
    parser.add_argument("--browsers", type=Path, help="the file with the browsers' process groups")
    options = parser.parse_args()
    faulthandler.register(signal.SIGUSR1, all_threads=True)
    if options.at:
        strike(options.at, lambda: _blow(options.blow, options.at, browsers=options.browsers))
    place = Workplace(load_project(options.project))
    rested = asyncio.run(perform_all(place, tell=lambda _: None))
    sys.stdout.write(f"rested: {rested.counts}\n")


def _blow(kind: str, at: str, *, browsers: Path | None) -> None:
    sys.stdout.write(f"struck: {kind} at {at}\n")
    sys.stdout.flush()
    if browsers is not None and kind == "kill-browser":
        for group in browsers.read_text(encoding="ascii").split():
            os.killpg(int(group), signal.SIGKILL)
        return
    os.kill(os.getpid(), signal.SIGSTOP if kind == "stop" else signal.SIGKILL)


if __name__ == "__main__":
    main()
