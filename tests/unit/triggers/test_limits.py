from datetime import timedelta
from time import process_time

import pytest

from tests.unit.triggers.hook_desk import ROW, SECRET, HookDesk
from tests.unit.use_cases.office import MEMBER


def many(count: int) -> list[dict[str, object]]:
    return [{"claim_number": f"C-{n}", "member_id": MEMBER} for n in range(count)]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 400),
        (b"{", 400),
        (b"\xff\xfe{}", 400),
        (b'{"a": 1} x', 400),
        (b'{"a": NaN}', 400),
        (b'{"a": 1, "a": 2}', 400),
        (b'"text\\ud800"', 400),
        (b"[" * 100_000, 400),
        (b"[" * 40 + b"1" + b"]" * 40, 400),
        (b"7", 422),
        (b"null", 422),
        (b"[]", 422),
        (b'{"rows": []}', 422),
    ],
    ids=[
        "nothing",
        "torn",
        "not UTF-8",
        "two values",
        "NaN",
        "a name twice",
        "half a character",
        "bottomless",
        "too deep",
        "a number",
        "null",
        "no rows",
        "no rows under their name",
    ],
)
def test_a_body_without_readable_rows_is_refused_as_a_whole(
    desk: HookDesk, body: bytes, status: int
) -> None:
    answer = desk.post(body)

    assert answer.status_code == status
    assert set(answer.json()) == {"problem", "next"}
    assert desk.items() == []


def test_a_stranger_keeps_nobody_busy_with_a_name_that_comes_twice_among_many(
    desk: HookDesk,
) -> None:
    names = ",".join(f'"{number}": 1' for number in [*range(70_000), 69_999])
    began = process_time()

    answer = desk.ask(
        "POST",
        "/events",
        content=f"{{{names}}}".encode(),
        headers={"content-type": "application/json"},
    )

    assert answer.status_code == 401
    assert process_time() - began < 5  # a look at each name for each other one takes minutes


def test_a_thousand_rows_fit_in_a_request_and_no_more(desk: HookDesk) -> None:
    fits, over = desk.post(many(1000)), desk.post(many(1001), id="msg-2")

    assert (fits.status_code, fits.json()["accepted"]) == (202, 1000)
    assert over.status_code == 413


def test_a_body_of_more_than_a_megabyte_is_refused_before_it_is_read(desk: HookDesk) -> None:
    body = b'{"note": "' + b"x" * 1_000_000 + b'"}'

    declared = desk.post(body)
    streamed = desk.ask(
        "POST",
        "/hooks/lakeside/claims",
        content=_streamed(body),
        headers={"content-type": "application/json"},
    )

    assert (declared.status_code, streamed.status_code) == (413, 413)


async def _streamed(body: bytes):  # type: ignore[no-untyped-def]  # noqa: ANN202
    for at in range(0, len(body), 65_536):
        yield body[at : at + 65_536]


@pytest.mark.parametrize(
    "headers",
    [{"content-type": "text/plain"}, {"content-type": ""}, {"content-encoding": "gzip"}],
    ids=["text", "unsaid", "compressed"],
)
def test_only_plain_json_is_taken(desk: HookDesk, headers: dict[str, str]) -> None:
    assert desk.post(ROW, headers=headers).status_code == 415


def test_a_client_that_sends_too_often_is_told_when_to_go_on(desk: HookDesk) -> None:
    desk.a_minute = 2
    desk.__post_init__()
    taken = [desk.post(ROW, id=f"msg-{n}").status_code for n in range(2)]

    refused = desk.post(ROW, id="msg-2")
    desk.office.clock.turn(timedelta(seconds=int(refused.headers["retry-after"])))
    later = desk.post(ROW, id="msg-2")

    assert (taken, refused.status_code, later.status_code) == ([202, 202], 429, 202)
    assert refused.headers["retry-after"] == "30"


def test_strangers_use_up_no_clients_rate(desk: HookDesk) -> None:
    desk.a_minute = 1
    desk.__post_init__()
    strangers = {desk.post(ROW, secret=SECRET[:-2] + "x=").status_code for _ in range(5)}

    assert (strangers, desk.post(ROW).status_code) == ({401}, 202)


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [("GET", "/hooks/lakeside/claims", 405), ("POST", "/nothing", 404), ("GET", "/", 404)],
)
def test_what_is_not_there_says_what_is(
    desk: HookDesk, method: str, path: str, status: int
) -> None:
    answer = desk.ask(method, path)

    assert answer.status_code == status
    assert "/hooks/<client>/<name>" in answer.json()["next"]


def test_a_row_cannot_name_a_file_of_this_machine(desk: HookDesk) -> None:
    desk.files = True

    answer = desk.post({**ROW, "letter": "/etc/hostname"})

    assert answer.json()["accepted"] == 0
    assert answer.json()["rejected"][0]["field"] == "letter"
    assert desk.items() == []


def test_it_is_ready_when_the_store_is_written_and_a_worker_lives(desk: HookDesk) -> None:
    before = desk.ask("GET", "/readyz")
    desk.office.register()
    ready = desk.ask("GET", "/readyz")
    desk.office.clock.turn(timedelta(seconds=61))
    silent = desk.ask("GET", "/readyz")

    assert [before.status_code, ready.status_code, silent.status_code] == [503, 200, 503]
    assert silent.json()["problems"] == ["no worker has shown life for a minute"]
    assert desk.ask("GET", "/healthz").json() == {"alive": True}


def test_a_store_that_is_away_is_told_as_not_now(desk: HookDesk) -> None:
    with desk.office.store._engine.begin() as connection:
        connection.exec_driver_sql("alter table item rename to gone")

    answer = desk.post(ROW)

    with desk.office.store._engine.begin() as connection:
        connection.exec_driver_sql("alter table gone rename to item")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "5"
    assert desk.post(ROW).status_code == 202
