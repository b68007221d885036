"""One item through deskhand, against the same item through plain Playwright.

Both submit claims that take the same work, to one practice portal without faults, with browsers
of one kind, in one event loop, one at a time. A round submits one claim each way, after a
warm-up; a ratio is the median of the ratios within the rounds, so what slows the machine for a
while slows both sides of it.

- deskhand, without and with its default evidence: the attempt's own time, from `begin_attempt`
  to the end of `settle_attempt`; a fresh context with the saved login for each.
- plain (`plain_claims.submit_plain`): the same fills, waits, settling and one read-back a page;
  a fresh context with a saved login for each, made and closed within the time.

Beside them stands the plain script in one context that it keeps for all claims, as a quick
script would. `throughput` tells what a whole lane takes, feeder and engine included.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from playwright.async_api import Browser, StorageState

from deploy.demo.values import Claim
from deskhand.runtime.performer import EvidenceWanted
from tests.bench.figures import Figure, at_most, told
from tests.bench.lane import WORKER, Lane, open_lane
from tests.bench.plain_browser import logged_in, plain_browser
from tests.bench.plain_claims import submit_plain
from tests.bench.plain_login import plain_login
from tests.bench.portal_run import PortalRun, running_portal
from tests.bench.practice import Practice, as_plain, take_in

ROUNDS = 16
_WARM_UP = 2
_CLIENT = "lakeside"

Ways = Mapping[str, Callable[[], Awaitable[float]]]
"""The ways to submit a claim; each takes the next claim and returns the seconds that it took."""


def measure() -> list[Figure]:
    """Submit claims each way in turn; compare."""
    practice = Practice(today=datetime.now(UTC).date())
    rounds = ROUNDS + _WARM_UP
    ours = practice.alike(practice.clinics[0], count=2 * rounds)
    theirs = practice.alike(practice.clinics[0], count=2 * rounds)
    with (
        TemporaryDirectory() as folder,
        running_portal(practice, Path(folder), clients=[_CLIENT]) as run,
    ):
        take_in(run.place, ours, client=_CLIENT, name="claims")
        times = asyncio.run(_in_turn(run, practice, iter(theirs)))
    return _figures({way: taken[_WARM_UP:] for way, taken in times.items()})


def _figures(times: Mapping[str, list[float]]) -> list[Figure]:
    plain = times["plain"]
    return [
        at_most("item, evidence off / plain", _ratio(times["off"], plain), "x", bar=1.15),
        at_most("item, default evidence / plain", _ratio(times["on"], plain), "x", bar=1.25),
        told("item, evidence off", median(times["off"]), "s"),
        told("item, default evidence", median(times["on"]), "s"),
        told("item, plain", median(plain), "s"),
        told("item, plain in a context that is kept", median(times["kept"]), "s"),
    ]


def _ratio(ours: list[float], theirs: list[float]) -> float:
    return median(mine / other for mine, other in zip(ours, theirs, strict=True))


async def _in_turn(
    run: PortalRun, practice: Practice, claims: Iterator[Claim]
) -> dict[str, list[float]]:
    login = practice.logins[f"{_CLIENT}-plain"]
    async with (
        open_lane(run.place, lambda thread: run.place.stage(WORKER, thread)) as lane,
        plain_browser() as browser,
    ):
        state = await plain_login(browser, url=run.url, login=login)
        ways = {**_ours(lane), **await _plain(browser, run.url, state, claims)}
        return await _timed(ways)


async def _timed(ways: Ways) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {way: [] for way in ways}
    order = deque(ways)
    for _ in range(ROUNDS + _WARM_UP):
        for way in order:
            times[way].append(await ways[way]())
        order.rotate()  # nobody always comes after the same one
    return times


def _ours(lane: Lane) -> Ways:
    performer = lane.performer()
    without = replace(performer, evidence=EvidenceWanted.NEVER)
    return {
        "off": lambda: lane.perform_next(without),
        "on": lambda: lane.perform_next(performer),
    }


async def _plain(browser: Browser, url: str, state: StorageState, claims: Iterator[Claim]) -> Ways:
    kept = await logged_in(browser, url=url, state=state)

    async def in_fresh_context() -> float:
        claim = as_plain(next(claims))
        started = time.perf_counter()
        context = await logged_in(browser, url=url, state=state)
        await submit_plain(context, claim)
        await context.close()
        return time.perf_counter() - started

    async def in_kept_context() -> float:
        claim = as_plain(next(claims))
        started = time.perf_counter()
        await submit_plain(kept, claim)
        taken = time.perf_counter() - started
        for page in kept.pages:
            await page.close()
        return taken

    return {"plain": in_fresh_context, "kept": in_kept_context}
