"""An office with a drop folder for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice.drop_office import DropOffice, open_drop_office


@pytest.fixture
def office(tmp_path: Path) -> Iterator[DropOffice]:
    with open_drop_office(tmp_path / "project") as opened:
        yield opened
