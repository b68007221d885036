"""An act is asked about as it was made, on whatever day that is asked."""

import asyncio
from dataclasses import replace
from datetime import timedelta

from deskhand.domain.outcome import Done
from deskhand.domain.step import Call, LetStep, OnceStep
from deskhand.errors import ExpressionError
from deskhand.ports.action import Absent, Returned
from tests.unit.runtime.scripted import (
    NOW,
    Computed,
    Performance,
    a_once,
    a_runbook,
    acted,
    in_doubt,
)

RECEIPT = Returned(value={"confirmation": "ACM-1"})
LONG_AGO = timedelta(minutes=5)
FILED = LetStep(name="let", line=1, values={"filed": Computed(lambda scope: scope["today"])})
YESTERDAY = NOW - timedelta(days=1)


def a_filing() -> OnceStep:
    """An act that is asked about, and read back, by the date on which it was made."""
    once = a_once(
        verify=Call(action="portal.read", arguments=_by_date()), verified_fields=("total",)
    )
    proof = replace(once.proof, call=Call(action="portal.find", arguments=_by_date()))
    return replace(once, proof=proof)


def _by_date() -> dict[str, Computed]:
    return {"filed": Computed(lambda scope: scope["filed"])}


def _dates(performance: Performance) -> list[object]:
    return [given["filed"] for given in performance.session.given]


def _without_value(_: object) -> object:
    raise ExpressionError("item.due - eligibility.end", "there is nothing to subtract")


def test_the_portal_is_asked_about_an_act_as_it_was_made_and_not_as_it_would_be_made_today() -> (
    None
):
    act = in_doubt(since=timedelta(days=1))
    performance = Performance(
        a_runbook(
            FILED,
            a_filing(),
            outputs={
                "filed": Computed(lambda scope: scope["filed"]),
                "today": Computed(lambda scope: scope["today"]),
            },
        ),
        {"portal.find": [RECEIPT], "portal.read": [Returned(value={"total": "10.00"})]},
        acts=[act],
        begun_at={act.attempt: YESTERDAY},
    )

    outcome = asyncio.run(performance.run())

    made = YESTERDAY.date()
    assert performance.session.given == [{"filed": made}, {"filed": made}]
    assert outcome.outputs == {"filed": made, "today": NOW.date()}


def test_what_is_not_there_is_done_again_as_of_today() -> None:
    act = in_doubt(since=timedelta(days=1))
    again = replace(a_filing(), call=Call(action="portal.submit", arguments=_by_date()))
    performance = Performance(
        a_runbook(FILED, again),
        {
            "portal.find": [Absent()],
            "portal.submit": [acted(RECEIPT)],
            "portal.read": [Returned(value={"total": "10.00"})],
        },
        acts=[act],
        begun_at={act.attempt: YESTERDAY},
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert _dates(performance) == [YESTERDAY.date(), NOW.date(), NOW.date()]


def test_an_act_done_by_hand_is_asked_about_though_a_name_before_it_has_no_value() -> None:
    nothing = LetStep(name="let", line=1, values={"late": Computed(_without_value)})
    performance = Performance(
        a_runbook(nothing, a_once()),
        {"portal.find": [RECEIPT]},
        acts=[in_doubt(since=LONG_AGO)],
    )

    assert isinstance(asyncio.run(performance.run()), Done)
