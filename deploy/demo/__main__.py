"""`./run demo`: both jobs, end to end, against practice portals on this machine."""

import argparse
import json
import sys
from pathlib import Path
from typing import Final

from deploy.demo.aid.job import FEWEST_FILES, verify_aid
from deploy.demo.claims_job import FEWEST_ROWS, ROOT, submit_claims
from deploy.demo.stage import DemoOptions, fresh_folder, mark_new
from deskhand.errors import DeskhandError

_ITEMS: Final = {"claims": 64, "aid": 14}
_FEWEST: Final = {"claims": FEWEST_ROWS, "aid": FEWEST_FILES}


def main() -> None:
    """Run the demo as the command line says."""
    given = _given()
    jobs = [given.job] if given.job else ["claims", "aid"]
    facts: dict[str, object] = {}
    holds = True
    try:
        for job in jobs:
            told, fine = _play(job, given)
            # The first job's figures stand at the top, those of the next under its name.
            facts |= {job: told} if facts else told
            holds = holds and fine
    except DeskhandError as error:
        sys.exit(f"demo: {error}")
    if given.json:
        print(json.dumps(facts))
    if not holds:
        sys.exit(1)


def _play(job: str, given: argparse.Namespace) -> tuple[dict[str, object], bool]:
    """Play one job; return its figures, and whether they are as they must be."""
    items = given.items if given.items and job == (given.job or "claims") else _ITEMS[job]
    options = DemoOptions(
        items=items, seed=given.seed, faults=given.faults, headed=given.headed, quiet=given.json
    )
    if job == "claims":
        claims = submit_claims(fresh_folder(given.dir), options)
        _tell(claims.text(), options)
        return claims.facts(), claims.audit == "verified" and not claims.portal_duplicates
    mark_new(given.dir)
    aid = verify_aid(fresh_folder(given.dir / "aid"), options)
    _tell(aid.text(), options)
    return aid.facts(), aid.holds


def _tell(text: str, options: DemoOptions) -> None:
    if not options.quiet:
        print(text, flush=True)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="./run demo",
        description="Claims of two clients on a practice payer portal, then students' aid files "
        "on a practice aid portal.",
    )
    parser.add_argument("job", nargs="?", choices=list(_ITEMS), help="only this one; default both")
    parser.add_argument(
        "--items",
        type=int,
        help=f"rows in all files; for claims at least {_FEWEST['claims']}, default "
        f"{_ITEMS['claims']}; for aid at least {_FEWEST['aid']}, default {_ITEMS['aid']}; "
        "with both jobs it is about claims",
    )
    parser.add_argument("--seed", type=int, default=1, help="the same seed, the same story")
    parser.add_argument(
        "--faults", default="default", help="none, default, all, stops, or a list of faults"
    )
    parser.add_argument("--headed", action="store_true", help="show the browser's window")
    parser.add_argument("--json", action="store_true", help="one JSON object as the last line")
    parser.add_argument(
        "--dir",
        type=Path,
        default=ROOT / ".deskhand" / "demo",
        help="where everything is kept; the aid office below it, in aid",
    )
    given = parser.parse_args()
    fewest = _FEWEST[given.job or "claims"]
    if given.items is not None and given.items < fewest:
        parser.error(f"--items needs at least {fewest}: each kind of trouble wants its row")
    return given


if __name__ == "__main__":
    main()
