"""The server on a real socket: what a network does to it, and what it does about it."""

import asyncio
import json
import signal
import sqlite3
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from deploy.demo.json_writer import claim_line
from deskhand.bootstrap.workplace import Workplace, human, open_file_vault
from deskhand.domain.sealed import Sealed
from deskhand.errors import CannotListenError
from deskhand.ports.item_store import ItemFilter
from deskhand.triggers.http import body, connection
from deskhand.triggers.http.address import Address
from deskhand.triggers.http.server import HttpServer
from deskhand.use_cases.check_log import verify_log
from tests.bench.practice import ROOT, Practice, write_project
from tests.unit.triggers.hook_desk import ROW, SECRET, HookDesk, signed_headers

pytestmark = pytest.mark.asyncio
JSON = {"content-type": "application/json"}


@asynccontextmanager
async def serving(desk: HookDesk, *, port: int = 0) -> AsyncIterator[HttpServer]:
    """Serve a desk's hooks while the context lasts."""
    server = HttpServer(desk.app(), Address(host="127.0.0.1", port=port))
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await server.listening.wait()
    try:
        yield server
    finally:
        stop.set()
        await running


def signed_row(desk: HookDesk, claim: str, message: str) -> tuple[bytes, dict[str, str]]:
    body = json.dumps({**ROW, "claim_number": claim}).encode()
    signed = signed_headers(body, id=message, secret=SECRET, at=desk.office.clock.at)
    return body, JSON | signed


async def test_forty_senders_at_once_are_all_answered(desk: HookDesk) -> None:
    async with serving(desk) as server, httpx.AsyncClient(trust_env=False) as client:

        async def send(number: int) -> int:
            content, headers = signed_row(desk, f"C-{number}", f"msg-{number}")
            url = f"http://127.0.0.1:{server.port}/hooks/lakeside/claims"
            return (await client.post(url, content=content, headers=headers)).status_code

        statuses = await asyncio.gather(*(send(number) for number in range(40)))

    assert set(statuses) == {202}
    assert len(desk.items()) == 40


async def test_the_same_request_many_times_at_once_is_taken_once(desk: HookDesk) -> None:
    content, headers = signed_row(desk, "C-1", "msg-1")
    async with serving(desk) as server, httpx.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{server.port}/hooks/lakeside/claims"
        answers = await asyncio.gather(
            *(client.post(url, content=content, headers=headers) for _ in range(20))
        )

    assert {(one.status_code, one.json()["accepted"]) for one in answers} == {(202, 1)}
    assert len(desk.items()) == 1


@pytest.mark.parametrize(
    ("sent", "answered"),
    [
        (b"POST /hooks/lakeside/claims HTTP/1.1\r\nhost: x\r\n", b""),
        (b"", b""),
        (
            b"POST /hooks/lakeside/claims HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"content-length: 10\r\n\r\n{",
            b"HTTP/1.1 408 ",
        ),
        (b"POST / HTTP/1.1\r\nhost: x\r\nlong: " + b"x" * 20_000, b"HTTP/1.1 400 "),
    ],
    ids=["half a head", "nothing", "half a body", "a head without end"],
)
async def test_nobody_is_waited_for_for_ever(
    desk: HookDesk, monkeypatch: pytest.MonkeyPatch, sent: bytes, answered: bytes
) -> None:
    monkeypatch.setattr(connection, "HEAD_WITHIN", timedelta(milliseconds=100))
    monkeypatch.setattr(body, "BODY_WITHIN", timedelta(milliseconds=100))
    async with serving(desk) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(sent)

        answer = await asyncio.wait_for(reader.read(), timeout=20)

        writer.close()
        await writer.wait_closed()
    assert answer.startswith(answered)
    assert answered or not answer


async def test_a_body_without_end_is_cut_off(desk: HookDesk) -> None:
    async with serving(desk) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(
            b"POST /hooks/lakeside/claims HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n"
            b"transfer-encoding: chunked\r\n\r\n"
        )
        for _ in range(20):
            writer.write(b"10000\r\n" + b" " * 65_536 + b"\r\n")

        answer = await asyncio.wait_for(reader.readuntil(b"\r\n"), timeout=20)

        writer.transport.abort()
    assert answer.startswith(b"HTTP/1.1 413 ")


async def test_a_connection_is_kept_for_the_next_request(desk: HookDesk) -> None:
    async with serving(desk) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        for _ in range(3):
            writer.write(b"GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n")
            head = await reader.readuntil(b"\r\n\r\n")
            assert head.startswith(b"HTTP/1.1 200")
            assert b"server:" not in head.lower()
            await reader.readexactly(len(b'{"alive":true}'))
        writer.close()
        await writer.wait_closed()


async def test_a_port_that_is_taken_is_told_and_ends_nothing(desk: HookDesk) -> None:
    async with serving(desk) as server:
        second = HttpServer(desk.app(), Address(host="127.0.0.1", port=server.port))

        with pytest.raises(CannotListenError, match=r"choose another port"):
            await second.run(asyncio.Event())


async def test_a_certificate_that_is_not_there_is_told(desk: HookDesk, tmp_path: Path) -> None:
    gone = tmp_path / "chain.pem"
    server = HttpServer(desk.app(), Address(host="127.0.0.1", port=0, certificate=gone, key=gone))

    with pytest.raises(CannotListenError, match=r"no such file or directory; name a certificate"):
        await server.run(asyncio.Event())


async def test_a_failure_of_ours_is_told_by_its_class_only(
    desk: HookDesk, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("W123456789")

    monkeypatch.setattr("deskhand.runtime.store_inbox.receive_rows", broken)
    content, headers = signed_row(desk, "C-1", "msg-1")

    async with serving(desk) as server, httpx.AsyncClient(trust_env=False) as client:
        url = f"http://127.0.0.1:{server.port}/hooks/lakeside/claims"
        answer = await client.post(url, content=content, headers=headers)

    said = capfd.readouterr()
    assert answer.status_code == 500
    assert ("request_failed", {"error": "RuntimeError"}) in desk.observer.heard
    assert "W123456789" not in answer.text + said.out + said.err


@contextmanager
def server_process(folder: Path) -> Iterator[tuple["subprocess.Popen[str]", int]]:
    command = [sys.executable, "-m", "tests.practice.hook_server", str(folder)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            yield server, int(server.stdout.readline())
        finally:
            server.kill()


def claims_project(folder: Path) -> Workplace:
    place = write_project(folder, clients=["lakeside"])
    with (folder / "deskhand.toml").open("a", encoding="utf-8") as settings:
        settings.write("\n[http]\nport = 0\n")
    open_file_vault(place.project).put("hooks/lakeside/claims/secret", Sealed(SECRET))
    place.store.close()
    return place


async def send_claims(port: int, claims: dict[str, bytes]) -> set[str]:
    """Send claims by twenty connections until the server is gone; return the answered ones."""
    left, answered = iter(claims.items()), set[str]()

    async def send_on(client: httpx.AsyncClient) -> None:
        for number, content in left:
            signed = signed_headers(content, id=number, secret=SECRET, at=datetime.now(UTC))
            url = f"http://127.0.0.1:{port}/hooks/lakeside/claims"
            try:
                answer = await client.post(url, content=content, headers=JSON | signed)
            except httpx.HTTPError:
                return
            if answer.status_code == 202:
                answered.add(number)

    async with httpx.AsyncClient(trust_env=False) as client:
        await asyncio.gather(*(send_on(client) for _ in range(20)))
    return answered


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM], ids=["killed", "told to stop"])
async def test_whatever_was_answered_is_there_when_the_server_is_gone(
    tmp_path: Path, how: signal.Signals
) -> None:
    place = claims_project(tmp_path)
    practice = Practice(today=datetime.now(UTC).date())
    made = practice.alike(practice.clinics[0], count=600)
    claims = {claim.claim_number: claim_line(claim).encode() for claim in made}

    with server_process(tmp_path) as (server, port):
        sending = asyncio.create_task(send_claims(port, claims))
        await some_are_there(tmp_path)
        server.send_signal(how)
        answered = await sending
    with server_process(tmp_path) as (_, port):
        again = await send_claims(port, claims)

    with place.store.reading() as tx:
        items = tx.items.find(ItemFilter(), limit=1000)
        requests = tx.audit_log.of_stream("hook:lakeside/claims")
    references = [item.reference for item in items]
    assert 0 < len(answered) < 600
    assert len(again) == len(set(references)) == len(references) == 600
    assert len(requests) == 600, "each was taken once, whatever its sender had heard"
    assert verify_log(by=human(None), store=place.store, clock=place.clock).findings == []
    place.store.close()


async def some_are_there(folder: Path) -> None:
    """Wait until items are in the store."""
    database = folder / "state" / "deskhand.db"
    for _ in range(1000):
        with sqlite3.connect(database) as connection:
            (count,) = connection.execute("select count(*) from item").fetchone()
        connection.close()
        if count > 40:
            return
        await asyncio.sleep(0.01)
