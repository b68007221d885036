"""A simulated day of 2,000 items: what is not at rest, not told of, or does not add up.

Eight files of two clients come in over a Friday, each with a repeat, a conflict and a broken row.
The product's own performer works on them at nine attempts a minute of simulated time; the portal
is a ledger in memory, which refuses members, breaks, loses submissions and takes others without
saying so. People of four roles are handed cases by `deskhand next`'s use case, keep office hours,
look at the ledger and decide; the sweeper looks every minute. It ends when nothing waits any more:
on the Monday after the clocks have changed.

What the clocks of cases should have told is counted minute by minute on the wall clock, without
the arithmetic of business hours; the control totals are held against the files and the ledger.
"""

import random
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.figures import Figure, at_least, at_most, told
from tests.practice.workday.day import Workday

ITEMS = 2000


def measure() -> list[Figure]:
    """Let the day pass."""
    with TemporaryDirectory() as folder:
        day = Workday(
            folder=Path(folder) / "project",
            items=ITEMS,
            chance=random.Random(7),  # noqa: S311 - no secret
        ).run()
    return [
        at_least("day, items", day.items, "items", bar=ITEMS),
        at_most("day, items not at rest", day.not_at_rest, "items", bar=0),
        at_most("day, events of clocks missed", day.sla_missed, "events", bar=0),
        at_most("day, events of clocks told twice", day.sla_double, "events", bar=0),
        at_most("day, control totals that do not balance", len(day.unbalanced), "totals", bar=0),
        at_most("day, claims submitted twice", day.submitted_twice, "claims", bar=0),
        at_most("day, findings in the audit log", day.findings, "findings", bar=0),
        told("day, items that needed a person", 100 * day.with_a_case / day.items, "%"),
        told("day, cases", day.cases, "cases"),
        told("day, cases at risk", day.at_risk, "cases"),
        told("day, cases overdue", day.overdue, "cases"),
    ]
