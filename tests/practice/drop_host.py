"""`python -m tests.practice.drop_host`: a host's drop loop alone, killed at a chosen place.

Places are those of `tests.faults.boundaries`, and `claim`, `archive`, `write`: `after:claim`.
"""

import argparse
import asyncio
import os
import signal
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import deskhand.bootstrap.drops
from deskhand.bootstrap.drops import drop_loop, watched_files
from deskhand.bootstrap.workplace import Workplace
from deskhand.domain.identifiers import WorkerId
from deskhand.runtime.repeat import repeat
from deskhand.runtime.store_thread import StoreThread
from deskhand.settings.project import load_project
from deskhand.triggers.drop_folders import PolledFolders
from deskhand.use_cases import accept_file
from deskhand.use_cases.reap_worker import reap_every_other
from deskhand.use_cases.register_worker import register_worker
from tests.faults import boundaries
from tests.making import a_worker

boundaries.PLACES.update(
    claim=(PolledFolders, "claim"),
    archive=(PolledFolders, "archive"),
    write=(deskhand.bootstrap.drops._Answers, "write"),
)


def main() -> None:
    """Watch the project's drop folders until killed."""
    parser = argparse.ArgumentParser(prog="python -m tests.practice.drop_host", description=__doc__)
    parser.add_argument("project", type=Path)
    parser.add_argument("--at", default="")
    parser.add_argument("--beside", action="store_true", help="let other hosts live")
    parser.add_argument("--rows-a-batch", type=int, default=accept_file.BATCH_ROWS)
    options = parser.parse_args()
    accept_file.BATCH_ROWS = options.rows_a_batch
    # What a killed one held shall run out while a test waits.
    accept_file.LEASE = timedelta(seconds=2)
    place = Workplace(load_project(options.project))
    worker = WorkerId(str(uuid4()))
    register_worker(a_worker(worker), store=place.store, clock=place.clock)
    if not options.beside:
        reap_every_other(worker, store=place.store, clock=place.clock, cancel=lambda _: None)
    loop = drop_loop(place, watched_files(place), thread=StoreThread(), holder=worker)
    if options.at:
        boundaries.strike(options.at, lambda: os.kill(os.getpid(), signal.SIGKILL))
    asyncio.run(repeat(loop.tick, every=loop.every, observer=place.observer))


if __name__ == "__main__":
    main()
