"""`python -m tests.portals.aid`: the practice aid portal in a process of its own."""

import argparse
import logging
from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path

from deskhand.testing import FaultPlan
from tests.portals.aid.app import create_app
from tests.portals.aid.ledger import Ledger
from tests.portals.aid.portal import Portal
from tests.portals.aid.world import load_world
from tests.portals.serving import serve


def main(arguments: Sequence[str] | None = None) -> None:
    """Serve until SIGTERM, or until the parent dies."""
    options = _options(arguments)
    options.data.mkdir(parents=True, exist_ok=True)
    logging.basicConfig(
        filename=options.data / "portal.log",
        level=logging.INFO,
        format="%(asctime)s %(levelname)s %(message)s",
    )
    world = load_world(options.world)
    ledger = Ledger(options.data / "portal.sqlite")
    portal = Portal(
        world,
        ledger,
        today=options.today,
        session_lasts=timedelta(seconds=options.session_seconds),
        correction_takes=timedelta(seconds=options.correction_seconds),
    )
    plan = FaultPlan.parse(
        options.faults, seed=options.seed, subjects={"wrong-digit": world.wrong_digit}
    )
    app = create_app(portal, plan)
    serve(app, host=options.host, port=options.port, parent=options.with_parent)
    ledger.close()


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.portals.aid", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--data", type=Path, required=True, help="folder for database and log")
    parser.add_argument("--world", type=Path, required=True, help="the practice world, JSON")
    parser.add_argument("--faults", default="none", help="a fault plan, for example default")
    parser.add_argument("--seed", type=int, default=0, help="draws the faults")
    parser.add_argument("--today", type=date.fromisoformat, default=date.today())  # noqa: DTZ011
    parser.add_argument("--session-seconds", type=float, default=1200, help="idle time-out")
    parser.add_argument(
        "--correction-seconds", type=float, default=2, help="a correction becomes a transaction"
    )
    parser.add_argument("--with-parent", type=int, help="end when this process ends")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    main()
