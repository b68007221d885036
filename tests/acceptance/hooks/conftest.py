"""A desk with hooks for each test, whose log and states must agree when the test is over."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.triggers.hook_desk import HookDesk, open_desk


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[HookDesk]:
    with open_desk(tmp_path) as opened:
        yield opened
