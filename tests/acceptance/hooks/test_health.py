"""Asking a host for its health: what answers, what does not, and what only seems to."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from deskhand.triggers.http.address import Address
from deskhand.triggers.http.probe import Health, ask_health
from deskhand.triggers.http.server import HttpServer
from deskhand.use_cases.register_worker import register_worker
from tests.making import a_worker
from tests.practice.stranger import stranger
from tests.unit.triggers.hook_desk import HookDesk

SOON = timedelta(seconds=5)
NOTES = ["the audit log was not verified yet"]


@asynccontextmanager
async def listening(desk: HookDesk, address: Address) -> AsyncIterator[Address]:
    """Serve a desk's hooks, and tell where."""
    server = HttpServer(desk.app(), address)
    stop = asyncio.Event()
    running = asyncio.create_task(server.run(stop))
    await server.listening.wait()
    try:
        yield Address(
            host=address.host,
            port=server.port,
            certificate=address.certificate,
            key=address.key,
        )
    finally:
        stop.set()
        await running


async def asked(address: Address) -> Health:
    return await asyncio.to_thread(ask_health, address, timeout=SOON)


def show_life(desk: HookDesk) -> None:
    worker = a_worker(seen_at=desk.office.clock.at)
    register_worker(worker, store=desk.office.store, clock=desk.office.clock)


def certificate(folder: Path, name: str) -> tuple[Path, Path]:
    """Write a certificate that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    chain, secret = folder / f"{name}.pem", folder / f"{name}.key"
    chain.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    secret.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return chain, secret


@pytest.mark.asyncio
async def test_a_host_whose_worker_lives_is_ready(desk: HookDesk) -> None:
    show_life(desk)

    async with listening(desk, Address(host="127.0.0.1", port=0)) as address:
        assert await asked(address) == Health(ready=True, notes=NOTES)


@pytest.mark.asyncio
async def test_a_host_without_a_worker_says_so(desk: HookDesk) -> None:
    async with listening(desk, Address(host="127.0.0.1", port=0)) as address:
        health = await asked(address)

    assert health == Health(
        ready=False, problems=["no worker has shown life for a minute"], notes=NOTES
    )


@pytest.mark.asyncio
async def test_a_host_that_listens_everywhere_is_asked_on_this_machine(desk: HookDesk) -> None:
    show_life(desk)

    async with listening(desk, Address(host="127.0.0.1", port=0)) as address:
        everywhere = Address(host="0.0.0.0", port=address.port)  # noqa: S104 - what it is about

        assert (await asked(everywhere)).ready


@pytest.mark.asyncio
async def test_a_host_that_speaks_tls_is_known_by_its_own_certificate(
    desk: HookDesk, tmp_path: Path
) -> None:
    show_life(desk)
    chain, key = certificate(tmp_path, "desk.example")
    other, _ = certificate(tmp_path, "other.example")
    tls = Address(host="127.0.0.1", port=0, certificate=chain, key=key)

    async with listening(desk, tls) as address:
        own = await asked(address)
        wrong = await asked(Address(host="127.0.0.1", port=address.port, certificate=other))

    assert own == Health(ready=True, notes=NOTES)
    assert not wrong.ready
    assert "certificate verify failed" in wrong.problems[0]


def test_where_nothing_listens_it_says_where_it_asked() -> None:
    health = ask_health(Address(host="::", port=9), timeout=SOON)

    assert not health.ready
    assert health.problems[0].startswith("nothing answers at http://[::1]:9/readyz: ")


@pytest.mark.parametrize(
    ("status", "body"),
    [
        (200, b"<h1>welcome</h1>"),
        (200, b'{"ready": true}'),
        (404, b'{"problems": []}'),
        (503, b"[]"),
        (503, b'{"problems": []}'),
        (200, b'{"problems": ["something"]}'),
    ],
)
def test_another_program_on_the_port_is_not_taken_for_a_host(status: int, body: bytes) -> None:
    with stranger(status, body) as address:
        health = ask_health(address, timeout=SOON)

    assert not health.ready
    assert health.problems[0].endswith(f"is no deskhand: status {status}")
