"""What a request meets whose id is forgotten."""

from datetime import timedelta

import pytest

from deskhand.domain.signed_request import SHORTEST_MEMORY, TOLERANCE
from deskhand.use_cases.forget_requests import forget_requests
from tests.unit.triggers.hook_desk import (
    EVENTS_SECRET,
    ROW,
    SECRET,
    STRUCTURED,
    HookDesk,
    an_event,
    signed_headers,
)
from tests.unit.triggers.test_hooks import NOTHING, row

DAY = timedelta(days=1)


def forget_all(desk: HookDesk) -> int:
    """Let the shortest time pass after which an id is forgotten, and forget it."""
    desk.office.clock.turn(SHORTEST_MEMORY + DAY)
    office = desk.office
    return forget_requests(kept=SHORTEST_MEMORY, store=office.store, clock=office.clock)


@pytest.mark.parametrize("ahead", [-TOLERANCE, timedelta(0), TOLERANCE])
def test_the_same_bytes_again_are_refused_for_the_time_that_they_were_signed(
    desk: HookDesk, ahead: timedelta
) -> None:
    clock = desk.office.clock
    body = b'{"claim_number": "C-1", "member_id": "W123456789"}'
    signed = clock.at.replace(microsecond=0) + ahead
    headers = {
        "content-type": "application/json",
        **signed_headers(body, id="msg-1", secret=SECRET, at=signed),
    }

    def send() -> int:
        return desk.ask("POST", "/hooks/lakeside/claims", content=body, headers=headers).status_code

    if ahead <= timedelta(0):
        clock.turn(timedelta(seconds=-1))
    first = send()
    forgotten = forget_all(desk)

    assert (first, forgotten, send()) == (202, 1, 401)
    assert len(desk.items()) == 1


def test_the_same_message_signed_anew_makes_no_second_item(desk: HookDesk) -> None:
    desk.post([ROW])
    forget_all(desk)

    again = desk.post([ROW])
    other = desk.post([row("C-1", note="other")], id="msg-2")

    assert again.json() == NOTHING | {"repeats": 1}
    assert other.json() == NOTHING | {"conflicts": 1}
    assert len([item for item in desk.items() if item.occurrence == 1]) == 1


def test_an_event_that_comes_again_makes_no_second_item_though_its_id_tells_no_time(
    desk: HookDesk,
) -> None:
    desk.post_event()
    forget_all(desk)

    again = desk.post(an_event(), path="/events", secret=EVENTS_SECRET, headers=STRUCTURED)

    assert again.json() == NOTHING | {"repeats": 1}


def test_what_is_young_enough_is_remembered(desk: HookDesk) -> None:
    desk.post([ROW])
    desk.office.clock.turn(DAY)
    office = desk.office

    assert forget_requests(kept=DAY, store=office.store, clock=office.clock) == 0

    assert desk.post([ROW]).json() == NOTHING | {"accepted": 1}  # its first answer
