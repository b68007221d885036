"""`./run bench [GROUP…] [--json FILE]`: measurements of the whole product, against their bars.

Each group is a module whose docstring explains its method. On a shared machine trust the ratios
of one run, and CPU times, before wall times.
"""

import argparse
import json
import os
import platform
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from tests.bench import (
    cases,
    cli,
    day,
    drops,
    intake,
    item,
    outbox,
    overhead,
    throughput,
    triggers,
    verify,
    webhooks,
)
from tests.bench.figures import Figure, table

GROUPS: Mapping[str, Callable[[], list[Figure]]] = {
    "cli": cli.measure,
    "overhead": overhead.measure,
    "intake": intake.measure,
    "verify": verify.measure,
    "item": item.measure,
    "throughput": throughput.measure,
    "cases": cases.measure,
    "triggers": triggers.measure,
    "webhooks": webhooks.measure,
    "outbox": outbox.measure,
    "day": day.measure,
    "drops": drops.measure,
}


def main() -> None:
    """Measure the groups that are named, or all of them."""
    options = _options()
    _say(_machine())
    figures: list[Figure] = []
    for group in options.groups or list(GROUPS):
        _say(f"bench: {group} …")
        found = GROUPS[group]()
        figures += found
        _say(f"bench: {group}, load {_load()}")
    _print(table(figures))
    if options.json is not None:
        rows = [figure.facts() for figure in figures]
        options.json.write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./run bench", description=__doc__)
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=", ".join(GROUPS))
    parser.add_argument("--json", type=Path, metavar="FILE", help="where the figures are kept")
    options = parser.parse_args()
    unknown: Sequence[str] = [name for name in options.groups if name not in GROUPS]
    if unknown:
        parser.error(f"no group {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    return options


def _machine() -> str:
    cores = os.cpu_count() or 1
    return f"bench: {cores} cores, load {_load()}, Python {platform.python_version()}"


def _load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


def _say(text: str) -> None:
    sys.stderr.write(f"{text}\n")
    sys.stderr.flush()


def _print(text: str) -> None:
    sys.stdout.write(f"{text}\n")


if __name__ == "__main__":
    main()
