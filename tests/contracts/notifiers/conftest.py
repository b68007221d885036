"""Real servers that notifiers talk to."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.making import HandClock
from tests.practice.mailbox import Certified, Mailbox, certified, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    folder: Path = tmp_path_factory.mktemp("certificate")
    return certified(folder)


@pytest.fixture
def mailbox() -> Iterator[Mailbox]:
    """A mail server in clear, on this machine."""
    with serving(Mailbox()) as box:
        yield box


@pytest.fixture
def now_clock() -> HandClock:
    """A clock that goes as the receiver's, which checks signatures by the machine's."""
    return HandClock(datetime.now(UTC))
