"""What the tests of the fault kit share."""

from collections.abc import Callable
from typing import Any

import pytest

from deskhand.testing import FaultPlan
from tests.unit.testing.tiny_portal import Asker, TinyPortal


@pytest.fixture
def asking() -> Callable[..., Asker]:
    """Build a client for a plan in its text form."""

    def build(text: str, *, seed: int = 7, **options: Any) -> Asker:
        return Asker(FaultPlan.parse(text, seed=seed, **options), TinyPortal())

    return build
