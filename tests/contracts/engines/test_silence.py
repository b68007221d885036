"""A database that nothing reaches any more is noticed, by the store and by the engine."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from sqlalchemy import make_url

from tests.contracts.engines.desk import EngineDesk

LONGEST_SECONDS = 20
FILES = Path("/proc/self/fd")


@pytest.mark.asyncio
@pytest.mark.skipif(sys.platform != "linux", reason="looks at this process's sockets in /proc")
async def test_every_connection_to_the_database_ends_soon_after_its_last_answer(
    desk: EngineDesk, url: str
) -> None:
    port = make_url(url).port
    if port is None:  # SQLite is a file
        return
    async with desk.running() as engine:
        desk.enqueue(engine, ["i1:1"])
        await desk.performances.until_done(1)
        patience = [
            (
                connection.getsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE),
                connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT) / 1000,
                connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPIDLE)
                + connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPINTVL)
                * connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_KEEPCNT),
            )
            for connection in connections_to(port)
        ]

    assert len(patience) >= 2
    assert set(patience) == {(1, LONGEST_SECONDS, LONGEST_SECONDS)}


def connections_to(port: int) -> Iterator[socket.socket]:
    """Lend every connection of this process to a port, one after the other."""
    for file in FILES.iterdir():
        with suppress(OSError):
            if not str(file.readlink()).startswith("socket:"):
                continue
        with suppress(OSError), socket.socket(fileno=os.dup(int(file.name))) as connection:
            internet = connection.family in (socket.AF_INET, socket.AF_INET6)
            if internet and connection.getpeername()[1] == port:
                yield connection
