import socket
from pathlib import Path

import pytest

from tests.docs.pages import DOCS, blocks
from tests.docs.reader import Reader

TUTORIAL = DOCS / "tutorial" / "first-runbook.md"
ITS_PORT = "8765"


def free_port() -> str:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return str(taken.getsockname()[1])


@pytest.mark.browser
def test_who_follows_the_tutorial_sees_what_it_shows(tmp_path: Path) -> None:
    port = free_port()

    with Reader(folder=tmp_path, told={ITS_PORT: port}) as reader:
        for block in blocks(TUTORIAL):
            differs = reader.follow(block)

            assert not differs, f"{block.place}\n{differs}"
        heard = reader.leave()

    assert sorted(heard) == ["booked R-1001", "booked R-1002", "booked R-1003"]
