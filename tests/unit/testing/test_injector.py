"""What each fault looks like from outside."""

import asyncio
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import perf_counter
from typing import Any

import httpx
import pytest
import uvicorn

from deskhand.testing import KINDS, FaultInjector, FaultPlan, Place
from deskhand.testing.alterations import SCRIPTS
from deskhand.testing.behaviours import BEHAVIOURS
from tests.unit.testing.tiny_portal import PAGE, PLACES, Asker, TinyPortal

Asking = Callable[..., Asker]


@contextmanager
def served(plan: FaultPlan, portal: TinyPortal) -> Iterator[str]:
    """Serve the portal over a real socket."""
    app = FaultInjector(portal, plan, places=PLACES)
    server = uvicorn.Server(uvicorn.Config(app, http="h11", lifespan="off", log_config=None))
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        thread.join()


def test_every_fault_outside_the_app_has_somebody_who_brings_it_about() -> None:
    outside = {name for name, kind in KINDS.items() if kind.place is not Place.APP}

    by_the_injector = {"terms", "session-expiry", "renamed-ids", "renamed-labels"}

    assert outside == set(BEHAVIOURS) | set(SCRIPTS) | by_the_injector


def test_without_faults_the_answer_is_the_apps_own(asking: Asking) -> None:
    portal = asking("none")

    answer = portal.get()

    assert (answer.status_code, answer.text) == (200, PAGE)
    assert answer.headers["content-security-policy"]


@pytest.mark.parametrize(
    ("fault", "method", "path", "status", "words"),
    [
        ("captcha", "GET", "/form", 200, "Verify that you are human"),
        ("account-locked", "POST", "/login", 200, "ACCOUNT_LOCKED"),
        ("password-expired", "POST", "/login", 200, "PASSWORD_EXPIRED"),
        ("terms", "GET", "/form", 200, "Updated terms of use"),
        ("rate-limit", "GET", "/form", 429, "Too many requests"),
        ("maintenance", "GET", "/form", 200, "Scheduled maintenance"),
        ("unavailable", "GET", "/form", 503, "Service unavailable"),
        ("bad-gateway", "GET", "/form", 502, "Bad gateway"),
        ("csrf", "POST", "/submit", 403, "Request refused"),
        ("upload-unavailable", "POST", "/upload", 500, "Internal server error"),
        ("error-before-commit", "POST", "/submit", 500, "Internal server error"),
    ],
)
def test_a_fault_that_answers_for_the_app_keeps_the_request_from_it(
    asking: Asking, fault: str, method: str, path: str, status: int, words: str
) -> None:
    portal = asking(fault)

    answer = portal.get(path) if method == "GET" else portal.post(path)

    assert answer.status_code == status
    assert words in answer.text
    assert portal.portal.commits == []
    assert portal.plan.report()["injected"] == {fault: 1}


@pytest.mark.parametrize("fault", ["rate-limit", "unavailable"])
def test_a_busy_portal_says_when_to_come_back(asking: Asking, fault: str) -> None:
    portal = asking(f"{fault}@1~3")

    answer = portal.get()

    assert answer.headers["retry-after"] == "3"
    assert portal.get().status_code == 200


def test_a_time_out_after_the_commit_hides_that_it_was_committed(asking: Asking) -> None:
    portal = asking("timeout-after-commit")

    answer = portal.post(data={"claim": "CLM-1"})

    assert answer.status_code == 504
    assert portal.portal.commits == ["claim=CLM-1"]


def test_a_dropped_answer_leaves_the_commit_and_a_closed_connection() -> None:
    portal = TinyPortal()

    with (
        served(FaultPlan.parse("drop-after-commit"), portal) as url,
        pytest.raises(httpx.RemoteProtocolError),
    ):
        httpx.post(url + "/submit", data={"claim": "CLM-1"})

    assert portal.commits == ["claim=CLM-1"]


def test_a_browsers_own_repetition_of_a_dropped_request_is_not_a_second_commit() -> None:
    portal = TinyPortal()

    with served(FaultPlan.parse("drop-after-commit"), portal) as url, httpx.Client() as client:
        for _ in range(3):
            with pytest.raises(httpx.RemoteProtocolError):
                client.post(url + "/submit", data={"claim": "CLM-1"})

    assert portal.commits == ["claim=CLM-1"]


def test_a_hanging_portal_ends_without_an_answer_and_without_a_commit() -> None:
    portal = TinyPortal()

    with served(FaultPlan.parse("hang~0.2"), portal) as url, httpx.Client() as client:
        began = perf_counter()
        with pytest.raises(httpx.RemoteProtocolError):
            client.post(url + "/submit", data={"claim": "CLM-1"})

    assert perf_counter() - began >= 0.2
    assert portal.commits == []


def test_a_slow_portal_takes_a_time_that_its_seed_draws(asking: Asking) -> None:
    portal = asking("slow~0.2", seed=1)

    began = perf_counter()
    answer = portal.get()

    assert answer.text == PAGE
    assert perf_counter() - began > 0.03


def test_a_slow_body_arrives_whole_in_pieces() -> None:
    injector = FaultInjector(TinyPortal(), FaultPlan.parse("slow-body~0.01"), places=PLACES)
    sent: list[Any] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b""}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/form", "headers": []}
    asyncio.run(injector(scope, receive, send))

    pieces = [message["body"] for message in sent[1:] if message["body"]]
    assert len(pieces) > 5
    assert b"".join(pieces).decode() == PAGE


@pytest.mark.parametrize("fault", sorted(SCRIPTS))
def test_a_fault_in_the_page_is_a_script_that_may_run(asking: Asking, fault: str) -> None:
    portal = asking(fault)

    answer = portal.get()

    assert "<script>" in answer.text
    assert "MILLISECONDS" not in answer.text
    assert answer.text.endswith("</body></html>")
    assert "content-security-policy" not in answer.headers
    assert portal.get().text == PAGE


@pytest.mark.parametrize("fault", ["toast", "dialog", "cookie-banner"])
def test_an_answer_that_is_no_page_stays_as_it_is(asking: Asking, fault: str) -> None:
    portal = asking(fault)

    answer = portal.get("/lookup")

    assert answer.text == "[]"
    assert portal.plan.report()["hits"] == {}


def test_a_cookie_banner_does_not_come_back_after_the_choice(asking: Asking) -> None:
    portal = asking("cookie-banner@1x*")

    answer = portal.get(cookies={"cookie_choice": "made"})

    assert answer.text == PAGE


def test_the_late_render_waits_for_an_answer_that_the_injector_gives(asking: Asking) -> None:
    portal = asking("field-wiped")
    path = re.findall(r'fetch\("([^"]+)"\)', portal.get().text)[0]

    answer = portal.get(path)

    assert answer.status_code == 204


def test_renamed_ids_differ_each_time_and_still_join_label_and_field(asking: Asking) -> None:
    portal = asking("renamed-ids")

    first, second = portal.get().text, portal.get().text

    ids = re.findall(r'(?:for|id)="([^"]+)"', first)
    assert len(ids) == 2
    assert len(set(ids)) == 1
    assert first != second


def test_renamed_labels_have_the_words_that_the_portal_gives(asking: Asking) -> None:
    portal = asking("renamed-labels")

    answer = portal.get()

    assert '<label for="name">Full name</label>' in answer.text


def test_an_ended_session_stays_ended_and_other_cookies_stay(asking: Asking) -> None:
    portal = asking("session-expiry@2")
    cookies = {"session": "one", "theme": "dark"}

    for _ in range(3):
        portal.get(cookies=cookies)
    portal.get(cookies={"session": "two"})

    seen = portal.portal.cookies
    assert "session=one" in seen[0]
    assert seen[1:] == ["session=ended; theme=dark"] * 2 + ["session=two"]


def test_new_terms_stay_in_the_way_until_they_are_accepted(asking: Asking) -> None:
    portal = asking("terms")
    cookies = {"session": "one"}
    asked = [portal.get(cookies=cookies).text for _ in range(2)]

    accepted = portal.post(
        "/deskhand-practice/terms", data={"next": "/form", "accept": "on"}, cookies=cookies
    )

    assert all("Updated terms of use" in text for text in asked)
    assert (accepted.status_code, accepted.headers["location"]) == (303, "/form")
    assert portal.get(cookies=cookies).text == PAGE


def test_accepting_terms_never_leads_away_from_the_portal(asking: Asking) -> None:
    portal = asking("terms")

    accepted = portal.post("/deskhand-practice/terms", data={"next": "//evil.example"})

    assert accepted.headers["location"] == "/"


def test_a_captcha_does_not_go_away(asking: Asking) -> None:
    portal = asking("stops,-terms")

    pages = [portal.get().text for _ in range(3)]

    assert all("I am not a robot" in page for page in pages)


def test_two_faults_can_strike_the_same_request(asking: Asking) -> None:
    portal = asking("slow~0.01,timeout-after-commit,toast")

    answer = portal.post(data={"claim": "CLM-1"})

    assert answer.status_code == 504
    assert portal.plan.report()["injected"] == {"slow": 1, "timeout-after-commit": 1}


def test_the_app_finds_the_faults_of_its_plan_in_the_scope(asking: Asking) -> None:
    portal = asking("default")

    portal.get("/lookup")

    assert portal.portal.faults[0].enabled("wrong-digit")
    assert not portal.portal.faults[0].enabled("layout-b")
