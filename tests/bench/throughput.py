"""Items a minute through a whole worker, against the plain script on as many contexts.

deskhand: `deskhand run` as a process of its own, two lanes, two accounts with one session each,
default evidence; feeder, engine (DBOS on SQLite), records and journal included. Plain: one
browser, one context an account with a saved login, kept for all of its claims.

The two alternate in blocks of claims that take the same work, on one portal. A block's rate is
counted from the end of its third item to the end of its last, so that neither a start nor a first
login is in it. The figure is the median of the ratios within the rounds.

The CPU time of an item is that of all processes of one way (Python, driver, browser) over the
same span; the portal's is left out. Where others use the machine it tells more than the rates.

A lane's time is how long an account's next item takes to end after the one before has: the
attempt itself, and the way through feeder and engine between two.
"""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.async_api import StorageState

from deploy.demo.json_writer import write_jsonl
from deploy.demo.values import Claim
from tests.bench.figures import Figure, at_least, told
from tests.bench.plain_browser import logged_in, plain_browser
from tests.bench.plain_claims import submit_plain
from tests.bench.plain_login import plain_login
from tests.bench.portal_run import PortalRun, running_portal
from tests.bench.practice import PORTAL, RUNBOOK, BenchFailedError, Practice, as_plain
from tests.bench.processor import UsedProcessor

ROUNDS = 4
CLAIMS_AN_ACCOUNT = 10
_LEFT_OUT = 2
_ENDS = """
select attempt.account, attempt.started_at / 1e6, attempt.ended_at / 1e6
from attempt join item on item.id = attempt.item join intake_file on intake_file.id = item.file
where intake_file.name = ? and attempt.outcome = 'done' order by attempt.ended_at
"""

Block = dict[str, list[Claim]]
"""Claims of one block, by client."""

Through = tuple[list["Ended"], float]
"""What became of a block: when its items ended, and the CPU seconds of one that was counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """When an item of an account was begun, and when it was through; in seconds."""

    account: str
    started: float
    ended: float


def measure() -> list[Figure]:
    """Submit blocks of claims both ways in turn; compare."""
    practice = Practice(today=datetime.now(UTC).date())
    ours, theirs = ([_block(practice) for _ in range(ROUNDS)] for _ in range(2))
    clients = [clinic.client for clinic in practice.clinics]
    with (
        TemporaryDirectory() as folder,
        running_portal(practice, Path(folder), clients=clients) as run,
    ):
        states = asyncio.run(_plain_logins(run, practice))
        rounds = []
        for number, (mine, other) in enumerate(zip(ours, theirs, strict=True)):
            through = _through_deskhand(run, mine, name=f"block-{number}.jsonl")
            rounds.append((through, asyncio.run(_through_plain(run, other, states))))
    return _figures(rounds)


def _block(practice: Practice) -> Block:
    return {
        clinic.client: practice.alike(clinic, count=CLAIMS_AN_ACCOUNT)
        for clinic in practice.clinics
    }


def _figures(rounds: Sequence[tuple[Through, Through]]) -> list[Figure]:
    ours = [_rate(mine) for (mine, _), _ in rounds]
    theirs = [_rate(other) for _, (other, _) in rounds]
    ratio = median(mine / other for mine, other in zip(ours, theirs, strict=True))
    through = [mine for (mine, _), _ in rounds]
    return [
        at_least("throughput, two lanes / plain", ratio, "x", bar=0.85),
        told("throughput, two lanes", median(ours), "items/min"),
        told("throughput, plain on two contexts", median(theirs), "items/min"),
        told("CPU an item, two lanes / plain", median(m / o for (_, m), (_, o) in rounds), "x"),
        told("CPU an item, two lanes", median(mine for (_, mine), _ in rounds), "s"),
        told("lane time an item", median(_lane_times(through)), "s"),
        told("hand-over between two attempts", median(_hand_overs(through)), "s"),
    ]


def _with_cpu(block: list[Ended], cpu: UsedProcessor) -> Through:
    counted = [one.ended for one in block[_LEFT_OUT:]]
    return block, cpu.between(counted[0], counted[-1]) / (len(counted) - 1)


def _rate(block: list[Ended]) -> float:
    counted = [one.ended for one in block[_LEFT_OUT:]]
    return 60 * (len(counted) - 1) / (counted[-1] - counted[0])


def _lane_times(blocks: Sequence[list[Ended]]) -> list[float]:
    return [after.ended - before.ended for before, after in _neighbours(blocks)]


def _hand_overs(blocks: Sequence[list[Ended]]) -> list[float]:
    return [after.started - before.ended for before, after in _neighbours(blocks)]


def _neighbours(blocks: Sequence[list[Ended]]) -> list[tuple[Ended, Ended]]:
    """Pair each item with the next one of its account."""
    pairs: list[tuple[Ended, Ended]] = []
    for block in blocks:
        for account in {one.account for one in block}:
            pairs += pairwise(one for one in block if one.account == account)
    return pairs


def _through_deskhand(run: PortalRun, block: Block, *, name: str) -> Through:
    project = run.place.project.folder
    files = []
    for client, claims in block.items():
        file = project / "inbox" / client / "claims" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("w", encoding="utf-8") as stream:
            write_jsonl(stream, claims)
        files.append(f"--input={file}")
    deskhand = str(Path(sys.executable).with_name("deskhand"))
    command = [deskhand, f"--project={project}", "run", RUNBOOK, *files, "--json"]
    nothing = subprocess.DEVNULL
    with (
        subprocess.Popen(command, stdout=nothing, stderr=nothing) as process,
        UsedProcessor(process.pid) as cpu,
    ):
        if process.wait():
            raise BenchFailedError(f"deskhand run ended with status {process.returncode}")
    store = sqlite3.connect(project / "state" / "deskhand.db")
    ended = [
        Ended(account=account, started=started, ended=end)
        for account, started, end in store.execute(_ENDS, (name,))
    ]
    store.close()
    wanted = sum(map(len, block.values()))
    if len(ended) != wanted:
        raise BenchFailedError(f"{len(ended)} of {wanted} items were done")
    return _with_cpu(ended, cpu)


async def _plain_logins(run: PortalRun, practice: Practice) -> dict[str, StorageState]:
    async with plain_browser() as browser:
        return {
            clinic.client: await plain_login(
                browser, url=run.url, login=practice.logins[f"{clinic.client}-plain"]
            )
            for clinic in practice.clinics
        }


async def _through_plain(run: PortalRun, block: Block, states: dict[str, StorageState]) -> Through:
    ended: list[Ended] = []
    with UsedProcessor(os.getpid()) as cpu:
        async with plain_browser() as browser:

            async def submit_all(client: str, claims: list[Claim]) -> None:
                context = await logged_in(browser, url=run.url, state=states[client])
                for claim in claims:
                    started = time.time()
                    await submit_plain(context, as_plain(claim))
                    for page in context.pages:
                        await page.close()
                    account = f"{PORTAL}/{client}"
                    ended.append(Ended(account=account, started=started, ended=time.time()))

            await asyncio.gather(*(submit_all(client, claims) for client, claims in block.items()))
    return _with_cpu(ended, cpu)
