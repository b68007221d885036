import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.unit.triggers.hook_desk import EVENTS_SECRET, ROW, HookDesk, an_event

BINARY = {
    "ce-specversion": "1.0",
    "ce-id": "e-1",
    "ce-source": "/emr",
    "ce-type": "claims.found",
    "ce-deskhandclient": "lakeside",
}


def test_an_events_data_is_a_row_for_whoever_listens(desk: HookDesk) -> None:
    answer = desk.post_event()

    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)
    assert [item.reference for item in desk.items()] == ["C-1"]


def test_an_event_may_say_its_attributes_in_headers(desk: HookDesk) -> None:
    headers = BINARY | {"ce-subject": quote("Ann Ärgerlich")}

    answer = desk.post(ROW, path="/events", secret=EVENTS_SECRET, headers=headers)

    assert (answer.status_code, answer.json()["accepted"]) == (202, 1)


def test_an_event_under_the_same_id_with_another_type_in_its_headers_is_refused(
    desk: HookDesk,
) -> None:
    desk.post(ROW, path="/events", secret=EVENTS_SECRET, headers=BINARY)

    answer = desk.post(
        ROW, path="/events", secret=EVENTS_SECRET, headers=BINARY | {"ce-source": "/other"}
    )

    assert answer.status_code == 409


def test_the_client_may_be_named_in_a_header(desk: HookDesk) -> None:
    event = {name: part for name, part in an_event().items() if name != "deskhandclient"}
    headers = {"content-type": "application/cloudevents+json", "deskhandclient": "lakeside"}

    answer = desk.post(event, path="/events", secret=EVENTS_SECRET, headers=headers)

    assert answer.status_code == 202


@pytest.mark.parametrize("mode", ["structured", "binary"])
def test_an_event_that_says_another_client_than_its_header_is_no_ones(
    desk: HookDesk, mode: str
) -> None:
    header = {"deskhandclient": "lakeside"}

    if mode == "structured":
        answer = desk.post_event(headers=header, deskhandclient="hillside")
    else:
        own = BINARY | header | {"ce-deskhandclient": "hillside"}
        answer = desk.post(ROW, path="/events", secret=EVENTS_SECRET, headers=own)

    assert answer.status_code == 422
    assert "another client" in answer.json()["problem"]
    assert desk.items() == []


def test_who_names_no_client_is_told_how_to(desk: HookDesk) -> None:
    answer = desk.post_event(deskhandclient="")

    assert answer.status_code == 401
    assert "deskhandclient" in answer.json()["next"]


def test_an_event_that_nobody_listens_to_is_refused(desk: HookDesk) -> None:
    answer = desk.post_event(type="claims.lost")

    assert answer.status_code == 404
    assert "event: claims.lost" in answer.json()["next"]


@pytest.mark.parametrize(
    "changes",
    [
        {"specversion": "0.3"},
        {"id": ""},
        {"source": None},
        {"type": ""},
        {"Bad-Name": "x"},
        {"data": [1]},
        {"data": None},
    ],
    ids=str,
)
def test_what_is_no_event_is_told_to_who_signed_it(desk: HookDesk, changes: dict[str, Any]) -> None:
    answer = desk.post_event(**changes)

    assert answer.status_code == 422
    assert desk.items() == []


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b'{"deskhandclient": ["lakeside"]}'])
def test_what_is_no_event_is_a_wrong_signature_to_everybody_else(
    desk: HookDesk, body: bytes
) -> None:
    headers = {"content-type": "application/cloudevents+json"}

    answer = desk.post(body, path="/events", secret=EVENTS_SECRET, headers=headers)

    assert answer.status_code == 401


def test_a_broken_event_of_a_named_client_is_told_as_such(desk: HookDesk) -> None:
    headers = {"content-type": "application/cloudevents+json", "deskhandclient": "lakeside"}

    answer = desk.post(
        json.dumps(an_event())[:-1].encode(), path="/events", secret=EVENTS_SECRET, headers=headers
    )

    assert answer.status_code == 400
