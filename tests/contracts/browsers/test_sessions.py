import asyncio
import json
import os
import signal
import subprocess
from datetime import timedelta

import pytest

from deskhand.browsers import pool, probing
from deskhand.domain.cause import CauseKind, SystemCode
from deskhand.ports.action import Failed, Returned
from tests.contracts.browsers.desk import IN_TIME, PROJECT, QUICK, Desk, Journal, open_desk
from tests.contracts.browsers.loop_thread import in_loop
from tests.contracts.browsers.tiny_portal import Answer, Asked, TinyPortal, guarded

pytestmark = pytest.mark.browser

HOME = Returned(value={"text": "Home"})


def logins_of(portal: TinyPortal) -> int:
    """How often the portal was logged in to."""
    return [(asked.method, asked.path) for asked in portal.asked].count(("POST", "/login"))


def expired(desk: Desk) -> None:
    """Save a login that the portal no longer honours."""
    state: dict[str, list[object]] = {"cookies": [], "origins": []}
    desk.logins.states[desk.account.name] = json.dumps({"state": state, "code_step": None}).encode()


def processes_below(parent: int, word: str) -> set[int]:
    """The descendants of a process whose command says the word."""
    # Twice wide: without it, a command may end where a terminal's line would.
    listed = subprocess.run(
        ["ps", "-wweo", "pid=,ppid=,args="], capture_output=True, text=True, check=True
    )
    rows = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    level, found = {str(parent)}, set[int]()
    while level:
        below = [(process, command) for process, of, command in rows if of in level]
        level = {process for process, _ in below}
        found |= {
            int(process)
            for process, command in below
            if word in command and "--type=" not in command
        }
    return found


@in_loop
async def test_a_login_is_saved_and_serves_the_next_attempt(desk: Desk, portal: TinyPortal) -> None:
    first = await desk.perform("look", name="Home")
    second = await desk.perform("look", name="Home")

    assert (first, second) == (HOME, HOME)
    assert logins_of(portal) == 1
    assert desk.logins.saved == 1


@in_loop
async def test_a_login_that_has_expired_is_renewed_once(desk: Desk, portal: TinyPortal) -> None:
    expired(desk)

    answer = await desk.perform("look", name="Home")

    assert answer == HOME
    assert logins_of(portal) == 1
    assert desk.logins.saved == 1


@in_loop
async def test_sessions_that_expire_together_log_in_once(desk: Desk, portal: TinyPortal) -> None:
    expired(desk)

    answers = await asyncio.gather(*(desk.perform("look", name="Home") for _ in range(3)))

    assert answers == [HOME] * 3
    assert logins_of(portal) == 1


@in_loop
async def test_a_session_that_stays_lost_ends_the_action(desk: Desk, portal: TinyPortal) -> None:
    portal.pages["/home"] = Answer(status=303, headers={"location": "/login"})

    answer = await desk.perform("look", name="Home")

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.SESSION_LOST
    assert logins_of(portal) == 1


@in_loop
async def test_a_form_lost_with_its_session_needs_a_new_attempt(
    desk: Desk, portal: TinyPortal
) -> None:
    portal.pages["/form"] = guarded("<label>Name <input></label>")
    async with desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        await session.perform("tiny.do", {"what": "leave"}, timeout=IN_TIME)
        answer = await session.perform("tiny.do", {"what": "click nothing"}, timeout=IN_TIME)

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.SESSION_LOST
    assert answer.cause.retried


@in_loop
async def test_a_write_is_not_performed_again_after_a_lost_session(
    desk: Desk, portal: TinyPortal
) -> None:
    expired(desk)
    portal.pages["/form"] = guarded("<button>fetch</button>")
    journal = Journal()

    async with desk.session() as session:
        arguments = {"button": "fetch", "wire": True}
        answer = await session.perform("tiny.send", arguments, timeout=IN_TIME, guard=journal)

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.SESSION_LOST
    assert journal.log == []
    assert logins_of(portal) == 0
    assert desk.account.name not in desk.logins.states


@in_loop
async def test_a_refused_login_stops_the_account(portal: TinyPortal) -> None:
    secrets = {"user": "locked", "password": "practice"}
    async with open_desk(url=portal.url, secrets=secrets) as desk:
        answer = await desk.perform("look", name="Home")

    assert isinstance(answer, Failed)
    assert (answer.cause.kind, answer.cause.code) == (CauseKind.STOP, "LOCKED_OUT")


@in_loop
async def test_a_missing_secret_is_a_matter_of_the_configuration(portal: TinyPortal) -> None:
    async with open_desk(url=portal.url, secrets={}) as desk:
        answer = await desk.perform("look", name="Home")

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.CONFIGURATION
    assert "tiny/main/user" in answer.cause.message


@in_loop
async def test_a_crashed_page_is_replaced_for_the_next_action(
    desk: Desk, portal: TinyPortal
) -> None:
    async with desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        crashed = await session.perform("tiny.do", {"what": "crash"}, timeout=IN_TIME)
        again = await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

    assert isinstance(crashed, Failed)
    assert crashed.cause.code == SystemCode.BROWSER_LOST
    assert again == HOME
    assert logins_of(portal) == 1


@in_loop
async def test_a_browser_that_died_is_started_again(desk: Desk, portal: TinyPortal) -> None:
    async with desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        running = desk.stage._pool._running
        assert running is not None
        await running.browser.close()
        lost = await session.perform("tiny.values", {}, timeout=IN_TIME)
        again = await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

    assert isinstance(lost, Failed)
    assert lost.cause.code == SystemCode.BROWSER_LOST
    assert again == HOME
    assert logins_of(portal) == 1


@pytest.mark.parametrize("victim", ["driver", "chromium"])
@in_loop
async def test_a_process_that_is_killed_is_started_again(portal: TinyPortal, victim: str) -> None:
    others = processes_below(os.getpid(), victim)
    async with open_desk(url=portal.url) as desk, desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        performing = asyncio.create_task(
            session.perform("tiny.do", {"what": "wait"}, timeout=IN_TIME)
        )
        ours = processes_below(os.getpid(), victim) - others
        assert ours, f"no {victim} is running"
        for process in ours:
            os.kill(process, signal.SIGKILL)
        lost = await performing
        again = await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)

    assert isinstance(lost, Failed)
    assert lost.cause.code == SystemCode.BROWSER_LOST
    assert again == HOME


@in_loop
async def test_a_browser_that_stands_still_is_given_up(
    portal: TinyPortal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "ANSWERS_WITHIN", timedelta(seconds=2))
    monkeypatch.setattr(probing, "_LOOK", timedelta(milliseconds=200))
    others = processes_below(os.getpid(), "chromium")
    async with asyncio.timeout(60), open_desk(url=portal.url) as desk:
        async with desk.session() as session:
            await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
            still = processes_below(os.getpid(), "chromium") - others
            for process in still:
                os.kill(process, signal.SIGSTOP)
            stuck = await session.perform("tiny.values", {}, timeout=timedelta(seconds=1))
        again = await desk.perform("look", name="Home")

    assert isinstance(stuck, Failed)
    assert again == HOME


@in_loop
async def test_a_browser_retires_after_its_sessions(portal: TinyPortal) -> None:
    settings = type(QUICK)(patience=QUICK.patience, sessions_a_browser=2)
    async with open_desk(url=portal.url, settings=settings) as desk:
        browsers = []
        for _ in range(3):
            assert await desk.perform("look", name="Home") == HOME
            running = desk.stage._pool._running
            assert running is not None
            browsers.append(running.browser)

    assert browsers[0] is browsers[1]
    assert browsers[1] is not browsers[2]
    assert not browsers[0].is_connected()


@in_loop
async def test_a_browser_retires_when_it_has_grown(portal: TinyPortal) -> None:
    settings = type(QUICK)(patience=QUICK.patience, memory_a_browser=1)
    async with open_desk(url=portal.url, settings=settings) as desk:
        assert await desk.perform("look", name="Home") == HOME
        running = desk.stage._pool._running
        assert running is not None

        assert running.retired
        assert await desk.perform("look", name="Home") == HOME


@in_loop
async def test_cancelling_an_action_passes_through_and_leaves_the_session_usable(
    desk: Desk,
) -> None:
    async with desk.session() as session:
        await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME)
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.3):
                await session.perform("tiny.do", {"what": "wait"}, timeout=IN_TIME)

        assert await session.perform("tiny.look", {"name": "Home"}, timeout=IN_TIME) == HOME


@in_loop
async def test_a_portal_that_hangs_is_not_waited_for_for_ever(portal: TinyPortal) -> None:
    released = asyncio.Event()

    def hang(_: Asked) -> Answer:
        loop = asyncio.run_coroutine_threadsafe(released.wait(), here)
        loop.result()
        return Answer()

    here = asyncio.get_running_loop()
    portal.pages["/home"] = hang
    settings = type(QUICK)(patience=QUICK.patience, navigation=timedelta(milliseconds=500))
    async with open_desk(url=portal.url, settings=settings) as desk:
        await desk.logins.save(desk.account.name, b'{"state": {}, "code_step": null}')

        answer = await desk.perform("look", name="Home")
        released.set()

    assert isinstance(answer, Failed)
    assert answer.cause.code == SystemCode.TRANSIENT


def test_the_project_of_these_tests_is_where_the_desk_looks() -> None:
    assert (PROJECT / "bots" / "tiny" / "actions.py").is_file()
