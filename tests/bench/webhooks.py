"""Signed requests a second: rows over HTTP, committed before they are answered.

A server in a process of its own, on SQLite; 20 connections from this process, each of which sends
its next request when the last one is answered. A request is one claim, signed; every answer must
be 202 with one accepted row. Beside it, in the same run and in the same folder, bare commits: one
row a transaction, by the driver alone, with the store's own pragmas. The bar on their ratio is for
disks that make a commit wait. Where one takes less than a millisecond, nothing is flushed: then
the ratio tells how fast Python is, not how well commits are shared, and it has no bar.
"""

import asyncio
import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from standardwebhooks.webhooks import Webhook

from deploy.demo.json_writer import claim_line
from deskhand.bootstrap.workplace import Workplace, open_file_vault
from deskhand.domain.sealed import Sealed
from deskhand.stores.database import sqlite_file
from tests.bench.figures import Figure, at_least, at_most, told
from tests.bench.practice import ROOT, BenchFailedError, Practice, write_project
from tests.practice.hook_server import HOOK

CONNECTIONS = 20
REQUESTS = 3000
_WARM_UP = 200
_BARE_SECONDS = 2.0
_FLUSHED = 1000
_CLIENT = "lakeside"
_HTTP = """
[http]
port = 0
requests_a_minute = 1000000
"""
_SECRET = "whsec_" + "b" * 43 + "="


def measure() -> list[Figure]:
    """Send claims as fast as they are answered."""
    with TemporaryDirectory() as folder:
        place = write_project(Path(folder), clients=[_CLIENT])
        open_file_vault(place.project).put(f"hooks/{_CLIENT}/{HOOK}/secret", Sealed(_SECRET))
        bodies = _bodies()
        with (Path(folder) / "deskhand.toml").open("a", encoding="utf-8") as settings:
            settings.write(_HTTP)
        place.store.close()  # its schema is there: two that make it at once would wait
        before = _bare_commits(place)
        with _server(Path(folder)) as port:
            asyncio.run(_load(port, bodies[:_WARM_UP], first=0))
            run = asyncio.run(_load(port, bodies[_WARM_UP:], first=_WARM_UP))
        bare = median([before, _bare_commits(place)])
    rate = len(run.seconds) / run.wall
    return [
        at_least("signed requests, 20 connections", rate, "requests/s", bar=150),
        _for_a_commit(rate / bare, waits=bare <= _FLUSHED),
        at_most("signed requests, 95th percentile", _percentile(run.seconds), "ms", bar=200),
        told("signed requests, median", median(run.seconds) * 1000, "ms"),
        told("bare commits", bare, "commits/s"),
    ]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """How long each request took, and all of them together."""

    seconds: Sequence[float]
    wall: float


def _for_a_commit(ratio: float, *, waits: bool) -> Figure:
    name = "signed requests for a bare commit"
    return at_least(name, ratio, "", bar=0.5) if waits else told(name, ratio, "")


def _percentile(seconds: Sequence[float]) -> float:
    return quantiles(seconds, n=20)[-1] * 1000


def _bodies() -> list[bytes]:
    """Return one claim a request, as its sender would write it."""
    practice = Practice(today=datetime.now(UTC).date())
    claims = practice.alike(practice.clinics[0], count=REQUESTS + _WARM_UP)
    return [claim_line(claim).encode() for claim in claims]


@contextmanager
def _server(folder: Path) -> Iterator[int]:
    command = [sys.executable, "-m", "tests.practice.hook_server", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        try:
            if server.stdout is None or not (line := server.stdout.readline()):
                raise BenchFailedError("the server did not start")
            yield int(line)
        finally:
            server.terminate()


async def _load(port: int, bodies: Sequence[bytes], *, first: int) -> _Run:
    numbered = iter(enumerate(bodies, start=first))
    seconds: list[float] = []

    async def send_one_after_the_other() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        for number, body in numbered:
            request = _request(number, body)
            started = time.perf_counter()
            writer.write(request)
            await _accepted(reader)
            seconds.append(time.perf_counter() - started)
        writer.close()
        await writer.wait_closed()

    started = time.perf_counter()
    await asyncio.gather(*(send_one_after_the_other() for _ in range(CONNECTIONS)))
    return _Run(seconds=seconds, wall=time.perf_counter() - started)


def _request(number: int, body: bytes) -> bytes:
    message, now = f"msg-{number}", datetime.now(UTC)
    signature = Webhook(_SECRET).sign(message, now, body.decode())
    head = (
        f"POST /hooks/{_CLIENT}/{HOOK} HTTP/1.1\r\nhost: bench\r\n"
        f"content-type: application/json\r\ncontent-length: {len(body)}\r\n"
        f"webhook-id: {message}\r\nwebhook-timestamp: {int(now.timestamp())}\r\n"
        f"webhook-signature: {signature}\r\n\r\n"
    )
    return head.encode() + body


async def _accepted(reader: asyncio.StreamReader) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    length = next(
        int(line.partition(b":")[2])
        for line in head.lower().split(b"\r\n")
        if line.startswith(b"content-length")
    )
    body = await reader.readexactly(length)
    if b" 202 " not in head.partition(b"\r\n")[0] or json.loads(body)["accepted"] != 1:
        raise BenchFailedError(f"a request was not taken: {body.decode()}")


def _bare_commits(place: Workplace) -> float:
    """Return how many rows a second the driver commits, one by one, into a file of its own."""
    database = sqlite_file(place.project.database)
    if database is None:
        raise BenchFailedError("this is measured on SQLite")
    with closing(sqlite3.connect(database.with_name("bare.db"), isolation_level=None)) as bare:
        for pragma in ("journal_mode=wal", "synchronous=full"):
            bare.execute(f"pragma {pragma}")
        bare.execute("create table if not exists bare (id integer primary key, text text)")
        rows, started = 0, time.perf_counter()
        while (passed := time.perf_counter() - started) < _BARE_SECONDS:
            bare.execute("begin immediate")
            bare.execute("insert into bare (text) values (?)", ("x" * 500,))
            bare.execute("commit")
            rows += 1
    return rows / passed
