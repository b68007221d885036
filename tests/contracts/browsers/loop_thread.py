"""One event loop for all async tests, in a thread of its own.

The sync Playwright of other tests keeps a loop running in the main thread: none can run beside it.
"""

import asyncio
import atexit
import threading
from collections.abc import Awaitable, Callable, Coroutine
from functools import cache, wraps
from typing import Any, ParamSpec, TypeVar

Parameters = ParamSpec("Parameters")
Answer = TypeVar("Answer")


class LoopThread:
    """Runs coroutines in its thread's loop, and waits for them."""

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def run(self, coroutine: Coroutine[Any, Any, Answer]) -> Answer:
        """Run a coroutine to its end."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def stop(self) -> None:
        """End the loop and its thread."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


@cache
def loop_thread() -> LoopThread:
    """The loop that all tests share; it ends with the process."""
    shared = LoopThread()
    atexit.register(shared.stop)
    return shared


def in_loop(test: Callable[Parameters, Awaitable[None]]) -> Callable[Parameters, None]:
    """Make an async test a sync one that runs in the shared loop."""

    @wraps(test)
    def run(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        async def awaited() -> None:
            await test(*args, **kwargs)

        loop_thread().run(awaited())

    return run
