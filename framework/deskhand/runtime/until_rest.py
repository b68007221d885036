"""Work until nothing moves any more without a person."""

import asyncio
from collections.abc import Callable

from deskhand.errors import StoreUnavailableError
from deskhand.runtime.worker import Worker
from deskhand.use_cases.watch_progress import Progress, progress

LOOK_EVERY_SECONDS = 0.5
LOOK_SHARE = 20
"""A look counts every item of the store: it may take one part in so many of the store's time."""
LONGEST_PAUSE_SECONDS = 10.0


async def work_until_rest(
    worker: Worker, *, tell: Callable[[Progress], None], stop: asyncio.Event
) -> Progress:
    """Perform everything that can be performed; return where the items are then.

    `tell` hears how far it has come. Setting `stop` ends early: what runs is finished, what
    waits goes on waiting. A store that is away is waited for. Raises what `Worker.start` raises.
    """
    try:
        await worker.start()
        while True:
            # Cleared before looking: what settles while we look is looked at again.
            worker.changed.clear()
            began = asyncio.get_running_loop().time()
            try:
                now = await worker.thread.run(
                    progress, store=worker.store, accounts=tuple(worker.accounts)
                )
            except StoreUnavailableError as error:
                if stop.is_set():
                    raise
                worker.observer.tell("store_unavailable", problem=str(error))
            else:
                tell(now)
                if now.at_rest or stop.is_set() or worker.given_up.is_set():
                    return now
            took = asyncio.get_running_loop().time() - began
            pause = min(took * LOOK_SHARE, LONGEST_PAUSE_SECONDS)
            await _first_of(stop, worker.given_up, within=pause)
            await _first_of(worker.changed, stop, within=LOOK_EVERY_SECONDS)
    finally:
        await worker.stop()


async def _first_of(*events: asyncio.Event, within: float) -> None:
    waiting = [asyncio.create_task(event.wait()) for event in events]
    await asyncio.wait(waiting, timeout=within, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
