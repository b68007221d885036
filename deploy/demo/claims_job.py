"""The first job: claims of two clients, submitted on a practice payer portal."""

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy.demo.files import DemoFile, write_files, write_world
from deploy.demo.project import write_project
from deploy.demo.stage import DemoOptions
from deploy.demo.summary import Summary, summarise
from deploy.demo.world import make_world
from deskhand.bootstrap.answers import write_answers
from deskhand.bootstrap.deliveries import accept
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.cli.progress import ProgressDisplay
from deskhand.cli.run import perform_all
from deskhand.settings.project import load_project
from deskhand.use_cases.accept_file import Accepted
from tests.portals.payer.process import PortalProcess

ROOT = Path(__file__).parents[2]
RUNBOOK = "claims.submit"
FEWEST_ROWS: Final = 12
"""Each kind of trouble wants its row."""


def submit_claims(folder: Path, options: DemoOptions) -> Summary:
    """Play the whole job in an empty folder; return what it came to."""
    started = time.monotonic()
    today = datetime.now(UTC).date()
    world = make_world(items=options.items, seed=options.seed, today=today)
    files = write_files(world, folder / "inbox")
    write_world(world, folder / "world.json")
    with PortalProcess.start(
        data_dir=folder / "portal",
        world=folder / "world.json",
        faults=options.faults,
        seed=options.seed,
        today=today,
    ) as portal:
        options.say(f"a practice payer portal at {portal.url}, faults: {options.faults}")
        write_project(folder, root=ROOT, world=world, url=portal.url, headed=options.headed)
        place = Workplace(load_project(folder))
        accepted = [_accept(place, file, options) for file in files]
        display = ProgressDisplay(quiet=options.quiet)
        rested = asyncio.run(perform_all(place, tell=display.show))
        display.close()
        totals = {
            one.file.name: write_answers(place, one.file, target=Path(one.file.path))
            for one in accepted
        }
        return summarise(
            place,
            totals=totals,
            held=rested.held,
            ledger=portal.ledger(),
            seconds=time.monotonic() - started,
        )


def _accept(place: Workplace, file: DemoFile, options: DemoOptions) -> Accepted:
    accepted = accept(place, RUNBOOK, file.path, client=None, by=human("demo"))
    taken = accepted.file
    options.say(
        f"{file.path.name} of {taken.client}: {taken.taken_rows} rows, "
        f"{taken.rejected_rows} set aside"
    )
    return accepted
