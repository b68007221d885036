"""`./run demo`: the main job, end to end, against a practice portal on this machine."""

import argparse
import asyncio
import json
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from deploy.demo.files import DemoFile, write_files, write_world
from deploy.demo.project import write_project
from deploy.demo.summary import Summary, summarise
from deploy.demo.world import make_world
from deskhand.bootstrap.answers import write_answers
from deskhand.bootstrap.deliveries import accept
from deskhand.bootstrap.workplace import Workplace, human
from deskhand.cli.progress import ProgressDisplay
from deskhand.cli.run import perform_all
from deskhand.errors import DeskhandError
from deskhand.settings.project import load_project
from deskhand.use_cases.accept_file import Accepted
from tests.portals.payer.process import PortalProcess

ROOT = Path(__file__).parents[2]
RUNBOOK = "claims.submit"
_MARK = ".made-by-demo"
_FEWEST = 12


def main() -> None:
    """Run the demo as the command line says."""
    options = _options()
    try:
        folder = _fresh_folder(options.dir)
        summary = _demo(folder, options)
    except DeskhandError as error:
        sys.exit(f"demo: {error}")
    if options.json:
        print(json.dumps(summary.facts()))
    else:
        print(summary.text())
    if summary.audit != "verified" or summary.portal_duplicates:
        sys.exit(1)


def _demo(folder: Path, options: argparse.Namespace) -> Summary:
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
        _say(options, f"a practice portal at {portal.url}, faults: {options.faults}")
        write_project(folder, root=ROOT, world=world, url=portal.url, headed=options.headed)
        place = Workplace(load_project(folder))
        accepted = [_accept(place, file, options) for file in files]
        display = ProgressDisplay(quiet=options.json)
        rested = asyncio.run(perform_all(place, tell=display.show))
        display.close()
        totals = {one.file.name: write_answers(place, one.file) for one in accepted}
        return summarise(
            place,
            totals=totals,
            held=rested.held,
            ledger=portal.ledger(),
            seconds=time.monotonic() - started,
        )


def _accept(place: Workplace, file: DemoFile, options: argparse.Namespace) -> Accepted:
    accepted = accept(place, RUNBOOK, file.path, client=None, by=human("demo"))
    taken = accepted.file
    _say(
        options,
        f"{file.path.name} of {taken.client}: {taken.taken_rows} rows, "
        f"{taken.rejected_rows} set aside",
    )
    return accepted


def _say(options: argparse.Namespace, text: str) -> None:
    if not options.json:
        print(text, file=sys.stderr)


def _fresh_folder(folder: Path) -> Path:
    """Return an empty folder; one that an earlier demo made is made anew, others are left."""
    folder = folder.resolve()
    if folder.exists() and any(folder.iterdir()):
        if not (folder / _MARK).exists():
            sys.exit(f"demo: {folder} holds files that are not the demo's; name another --dir")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / _MARK).touch()
    return folder


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run demo",
        description="Claims of two clients, submitted on a practice payer portal.",
    )
    parser.add_argument(
        "--items", type=int, default=64, help=f"rows in all files, at least {_FEWEST}; default 64"
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same story")
    parser.add_argument(
        "--faults", default="default", help="none, default, all, stops, or a list of faults"
    )
    parser.add_argument("--headed", action="store_true", help="show the browser's window")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument(
        "--dir", type=Path, default=ROOT / ".deskhand" / "demo", help="where everything is kept"
    )
    options = parser.parse_args()
    if options.items < _FEWEST:
        parser.error(f"--items needs at least {_FEWEST}: each kind of trouble wants its row")
    return options


if __name__ == "__main__":
    main()
