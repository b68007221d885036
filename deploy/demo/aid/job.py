"""The second job: students' aid files, verified on a practice aid portal, with their people."""

import asyncio
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from deploy.demo.aid.files import write_aid_files
from deploy.demo.aid.people import ScriptedPeople
from deploy.demo.aid.project import write_aid_project
from deploy.demo.aid.summary import AidSummary, summarise_aid
from deploy.demo.aid.world import Kind, make_aid_world
from deploy.demo.stage import DemoOptions
from deskhand.bootstrap.triggers import fire_now, watched_trigger
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.cli.progress import ProgressDisplay
from deskhand.cli.run import perform_all
from deskhand.domain.schedule import TriggerSlot
from deskhand.settings.project import load_project
from deskhand.use_cases.watch_progress import Progress
from tests.portals.aid.process import AidPortalProcess

RUNBOOKS = Path(__file__).parents[3] / "runbooks"
TRIGGER = "aid.verify/nightly"
FEWEST_FILES: Final = len(Kind)
"""One of each kind."""


def verify_aid(folder: Path, options: DemoOptions) -> AidSummary:
    """Play the whole job in an empty folder; return what it came to."""
    started = time.monotonic()
    world = make_aid_world(
        today=datetime.now(UTC).date(),
        seed=options.seed,
        agreeing=options.items - FEWEST_FILES + 1,
    )
    files = write_aid_files(world, folder)
    with AidPortalProcess.start(
        data_dir=folder / "portal",
        world=world.portal,
        faults=options.faults,
        seed=options.seed,
        today=world.today,
    ) as portal:
        options.say(f"a practice aid portal at {portal.url}, faults: {options.faults}")
        write_aid_project(
            folder,
            content=RUNBOOKS,
            world=world,
            url=portal.url,
            ledger=files.ledger,
            headed=options.headed,
        )
        place = Workplace(load_project(folder))
        slots = _ask_the_ledger(place)
        options.say(f"the school's ledger lists {sum(slot.accepted for slot in slots)} files")
        people = ScriptedPeople(place, world, options.say)
        rested = _until_nobody_is_asked(place, people, options)
        return summarise_aid(
            place,
            people,
            slots=slots,
            held=rested.held,
            ledger=portal.ledger(),
            seconds=time.monotonic() - started,
        )


def _ask_the_ledger(place: Workplace) -> Sequence[TriggerSlot]:
    """Fire the time table now, by hand: nobody wants to wait for the evening."""
    watched, by = watched_trigger(place, TRIGGER), human("demo")
    return asyncio.run(fire_now(place, watched, watched.clients, by=by))


def _until_nobody_is_asked(
    place: Workplace, people: ScriptedPeople, options: DemoOptions
) -> Progress:
    """Let bots and people take turns until all items rest and no question is open."""
    while True:
        display = ProgressDisplay(quiet=options.quiet)
        rested = asyncio.run(perform_all(place, tell=display.show))
        display.close()
        if not people.speak():
            return rested
