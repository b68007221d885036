"""What is known only to the account: where it may go, and where it may not be seen."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from deskhand.domain.cause import CauseKind, SystemCode
from deskhand.domain.evidence import Capture, EvidenceKind
from deskhand.ports.action import Failed
from tests.contracts.browsers.desk import IN_TIME, Desk, open_desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.test_filling_forms import FIELDS, PERSON
from tests.contracts.browsers.tiny_portal import Answer, TinyPortal, guarded

pytestmark = pytest.mark.browser

PASSWORD = "Tr0ub4dor&3 too"


@pytest.fixture
def elsewhere() -> Iterator[TinyPortal]:
    with TinyPortal() as portal:
        portal.pages |= {"/form": FIELDS}
        yield portal


@in_loop
async def test_nothing_sealed_is_typed_into_a_page_of_another_host(
    desk: Desk, portal: TinyPortal, elsewhere: TinyPortal
) -> None:
    portal.pages["/form"] = Answer(status=303, headers={"location": f"{elsewhere.url}/form"})

    async with desk.session() as session:
        answer = await session.perform("tiny.enter", {"person": PERSON}, timeout=IN_TIME)
        held = await session.perform("tiny.values", {}, timeout=IN_TIME)

    assert isinstance(answer, Failed)
    assert (answer.cause.kind, answer.cause.code) == (CauseKind.SYSTEM, SystemCode.CONFIGURATION)
    assert elsewhere.url.removeprefix("http://") in answer.cause.message
    assert "accounts.yaml" in answer.cause.message
    assert "Alvarez" not in str(held)


SAYING = f"<h1>Sign in</h1><p>no {PASSWORD.replace('&', '&amp;')}</p>"


@in_loop
async def test_a_password_that_a_portal_writes_out_is_in_no_message_and_no_capture(
    portal: TinyPortal,
) -> None:
    portal.pages["/login"] = SAYING
    secrets = {"user": "echo", "password": PASSWORD}
    async with open_desk(url=portal.url, secrets=secrets) as desk, desk.session() as session:
        answer = await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        snapshot = await session.capture(EvidenceKind.SNAPSHOT, step="end")

    assert isinstance(answer, Failed)
    assert answer.cause.message == "the portal says: no ***"
    assert isinstance(snapshot, Capture)
    assert "no ***" in snapshot.content.decode()


def running() -> list[Path]:
    return [process for process in Path("/proc").iterdir() if process.name.isdecimal()]


def environment_of(process: Path) -> bytes:
    try:
        return (process / "environ").read_bytes()
    except OSError:
        return b""


def names_of(process: Path) -> str:
    try:
        return (process / "cmdline").read_text(errors="replace")
    except OSError:
        return ""


@pytest.mark.skipif(not Path("/proc/self/environ").exists(), reason="reads Linux's /proc")
@in_loop
async def test_the_browser_knows_no_variable_that_is_not_for_it(
    portal: TinyPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DESKHAND_VAULT_KEY", f"key-{os.getpid()}")
    portal.pages["/home"] = guarded("<h1>Home</h1>")
    async with open_desk(url=portal.url) as desk:
        assert not isinstance(await desk.perform("look", name="Home"), Failed)
        browsers = [
            environment_of(process)
            for process in running()
            if "--remote-debugging-pipe" in names_of(process)
        ]

    assert any(b"PATH=" in environment for environment in browsers)
    assert not any(f"key-{os.getpid()}".encode() in environment for environment in browsers)
