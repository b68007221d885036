"""Waiting for a condition, never for a while."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

_LOOK_EVERY_SECONDS = 0.05


def eventually(look: Callable[[], Found | None], *, what: str, within: float = 60.0) -> Found:
    """Look until something true is found, and return it; fail when it takes too long."""
    until = time.monotonic() + within
    while True:
        found = look()
        if found:
            return found
        assert time.monotonic() < until, f"{what}: not within {within:g} seconds"
        time.sleep(_LOOK_EVERY_SECONDS)
