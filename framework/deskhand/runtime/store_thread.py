"""One thread for everything that touches the store.

Use cases are plain functions; SQLite has one writer. A transaction that has begun commits or
rolls back as a whole even when the coroutine that waits for it is cancelled.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Returned = TypeVar("Returned")


class StoreThread:
    """Runs plain functions beside the event loop, in order."""

    def __init__(self) -> None:
        self._executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    async def run(
        self,
        act: Callable[Parameters, Returned],
        *args: Parameters.args,
        **kwargs: Parameters.kwargs,
    ) -> Returned:
        """Run `act` in the store's thread. A cancelled caller still waits for it to end.

        What was begun is known to have happened or not when this returns or raises.
        """
        loop = asyncio.get_running_loop()
        running = loop.run_in_executor(self._executor, partial(act, *args, **kwargs))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            await asyncio.wait([running])
            if not running.cancelled():
                running.exception()  # nobody else asks for it: it would be told of as lost
            raise

    def close(self) -> None:
        """Wait for what runs, then end the thread."""
        self._executor.shutdown(wait=True)
