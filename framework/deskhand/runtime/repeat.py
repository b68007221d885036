"""Doing something again and again, for as long as a process lives."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta

from deskhand.errors import StoreError
from deskhand.ports.observer import Observer


async def repeat(
    act: Callable[[], Awaitable[None]],
    *,
    every: timedelta,
    observer: Observer,
    wake: asyncio.Event | None = None,
) -> None:
    """Act every so often, sooner when woken, until cancelled. A store that is away is waited for.

    Nothing that `act` raises ends the loop: a loop that ends unseen would leave a process that
    lives and does nothing.
    """
    woken = wake or asyncio.Event()
    while True:
        woken.clear()
        try:
            await act()
        except StoreError as error:
            observer.tell("store_troubled", problem=str(error))
        except Exception as error:  # noqa: BLE001 - the loop's outermost edge
            observer.tell("loop_failed", error=type(error).__name__)
        # Not `wait_for`: woken and cancelled at once, it would swallow the cancellation.
        with suppress(TimeoutError):
            async with asyncio.timeout(every.total_seconds()):
                await woken.wait()
