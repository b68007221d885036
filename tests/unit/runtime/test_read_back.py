"""The read-back: what the portal holds after an act is compared with what was meant."""

import asyncio

from deskhand.domain.effect import EffectState
from deskhand.domain.outcome import Done, TryLater
from deskhand.domain.step import Call
from deskhand.ports.action import Absent, ActionAnswer, Returned
from tests.unit.runtime.scripted import Performance, a_once, a_runbook, acted, an_act

RECEIPT = Returned(value={"confirmation": "ACM-1"})


def verifying(held: ActionAnswer) -> Performance:
    step = a_once(verify=Call(action="portal.read"), verified_fields=("number", "total"))
    return Performance(a_runbook(step), {"portal.submit": [acted(RECEIPT)], "portal.read": [held]})


def test_a_read_back_that_holds_is_kept_and_the_item_is_done() -> None:
    performance = verifying(Returned(value={"number": "a-1", "total": "10.00"}))

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert performance.journal.compared[0].checked == 2


def test_one_wrong_digit_goes_to_a_person_after_the_act_was_confirmed() -> None:
    performance = verifying(Returned(value={"number": "A-1", "total": "10.01"}))

    outcome = asyncio.run(performance.run())

    assert outcome.cause.code == "READ_BACK_DIFFERS"
    assert "total" in outcome.cause.message
    assert "10.01" not in outcome.cause.message
    assert "confirmed" in performance.journal.written


def test_a_record_that_is_not_shown_yet_is_read_back_later() -> None:
    outcome = asyncio.run(verifying(Absent()).run())

    assert isinstance(outcome, TryLater)


def test_a_read_back_that_has_held_is_not_done_again() -> None:
    step = a_once(verify=Call(action="portal.read"), verified_fields=("number",))
    performance = Performance(
        a_runbook(step),
        {},
        acts=[an_act(state=EffectState.CONFIRMED)],
        verified=frozenset({"submit"}),
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert performance.session.asked == []
