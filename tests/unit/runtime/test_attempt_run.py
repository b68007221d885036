"""What one attempt does, step by step."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.effect import EffectState
from deskhand.domain.identifiers import AttemptId
from deskhand.domain.outcome import Asks, Done, Duplicate, NeedsPerson, Shadowed, TryLater
from deskhand.domain.step import Call, Check, Expression, LetStep, QuestionStep, Shown
from deskhand.ports.action import Absent, Doubtful, Failed, Returned
from tests.unit.runtime.scripted import (
    NOW,
    Computed,
    Performance,
    a_finish,
    a_once,
    a_runbook,
    a_use,
    acted,
    an_act,
    in_doubt,
)

FIRST_BEGAN = NOW - timedelta(days=1)
RECEIPT = Returned(value={"confirmation": "ACM-1"})


def number_of(scope: Mapping[str, object]) -> object:
    found = scope["submit"]
    return found["confirmation"] if isinstance(found, Mapping) else None


def test_an_item_is_done_with_the_portals_own_number_and_the_outputs() -> None:
    performance = Performance(
        a_runbook(a_use("look"), a_once(), outputs={"number": Computed(number_of)}),
        {"portal.look": [Returned(value={"total": "1"})], "portal.submit": [acted(RECEIPT)]},
    )

    outcome = asyncio.run(performance.run())

    assert outcome == Done(outputs={"number": "ACM-1"}, portal_number="ACM-1")
    assert performance.journal.written == ["result look", "intend submit 1", "confirmed"]


def test_a_step_whose_condition_does_not_hold_is_skipped_and_its_result_is_absent() -> None:
    performance = Performance(a_runbook(a_use("look", when=Computed(lambda _: False))), {})

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert performance.journal.written == ["skipped look"]
    assert performance.scope["look"] is None


def test_a_finish_step_ends_the_item_as_a_duplicate_with_the_number_that_was_found() -> None:
    performance = Performance(
        a_runbook(a_use("find"), a_finish("duplicate", when=lambda scope: scope["find"]), a_once()),
        {"portal.find": [RECEIPT]},
    )

    outcome = asyncio.run(performance.run())

    assert outcome == Duplicate(portal_number="ACM-1")
    assert "portal.submit" not in performance.session.asked


def test_a_finish_step_that_does_not_apply_lets_the_attempt_go_on() -> None:
    performance = Performance(
        a_runbook(a_use("find"), a_finish("duplicate", when=lambda scope: scope["find"]), a_once()),
        {"portal.find": [Absent()], "portal.submit": [acted(RECEIPT)]},
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)


def test_an_expectation_that_fails_goes_to_a_person_with_its_code() -> None:
    check = Check(
        that=Computed(lambda _: False), code="TOTAL_MISMATCH", say=Computed(lambda _: "1, not 2")
    )
    performance = Performance(
        a_runbook(a_use("look", expect=(check,)), a_once()),
        {"portal.look": [Returned(value={"total": "1"})]},
    )

    outcome = asyncio.run(performance.run())

    assert outcome == NeedsPerson(
        cause=Cause(kind=CauseKind.BUSINESS, code="TOTAL_MISMATCH", message="1, not 2", step="look")
    )


def test_a_passing_system_cause_is_tried_later_and_a_lasting_one_goes_to_a_person() -> None:
    for code, expected in (
        (SystemCode.PORTAL_DOWN, TryLater),
        (SystemCode.LAYOUT_CHANGED, NeedsPerson),
    ):
        failed = Failed(cause=Cause(kind=CauseKind.SYSTEM, code=code))
        performance = Performance(a_runbook(a_use("look")), {"portal.look": [failed]})

        outcome = asyncio.run(performance.run())

        assert isinstance(outcome, expected)
        assert outcome.cause.step == "look"


def test_nothing_before_a_passed_commit_point_runs_again() -> None:
    confirmed = an_act(state=EffectState.CONFIRMED)
    performance = Performance(
        a_runbook(a_use("fill"), a_once(), a_use("after")),
        {"portal.after": [Returned(value=None)]},
        acts=[confirmed],
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert performance.session.asked == ["portal.after"]


def test_an_answer_that_the_portal_is_not_sure_of_is_not_taken_for_a_no() -> None:
    performance = Performance(
        a_runbook(a_use("find"), a_once()), {"portal.find": [Doubtful(reason="behind")]}
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, TryLater)
    assert outcome.cause.code == SystemCode.PORTAL_UNSURE


def test_names_given_before_the_commit_point_have_their_values_after_it() -> None:
    doubled = LetStep(name="let", line=1, values={"twice": Computed(lambda _: 2)})
    performance = Performance(
        a_runbook(doubled, a_once(), outputs={"twice": Computed(lambda scope: scope["twice"])}),
        {},
        acts=[an_act(state=EffectState.CONFIRMED)],
    )

    outcome = asyncio.run(performance.run())

    assert outcome.outputs == {"twice": 2}


def _is_early() -> LetStep:
    early = Computed(lambda scope: scope["now_utc"] == FIRST_BEGAN)
    return LetStep(name="let", line=1, values={"early": early})


def test_a_name_keeps_the_time_of_the_attempt_that_passed_its_commit_point() -> None:
    performance = Performance(
        a_runbook(_is_early(), a_once(), outputs={"early": Computed(lambda s: s["early"])}),
        {},
        acts=[an_act(state=EffectState.CONFIRMED)],
        begun_at={AttemptId("item-1:1"): FIRST_BEGAN},
    )

    outcome = asyncio.run(performance.run())

    assert outcome.outputs == {"early": True}


def test_a_doubt_is_settled_with_the_names_that_its_act_had() -> None:
    asked: dict[str, object] = {}

    def told(scope: Mapping[str, object]) -> object:
        asked["early"] = scope["early"]
        return scope["early"]

    find = Call(action="portal.find", arguments={"early": Computed(told)})
    step = replace(a_once(), proof=replace(a_once().proof, call=find))
    performance = Performance(
        a_runbook(_is_early(), step),
        {"portal.find": [RECEIPT]},
        acts=[in_doubt(since=timedelta(minutes=10))],
        begun_at={AttemptId("item-1:1"): FIRST_BEGAN},
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert asked == {"early": True}


def test_a_shadow_stops_before_the_act_and_shows_it() -> None:
    performance = Performance(
        a_runbook(a_use("fill"), a_once()),
        {"portal.fill": [Returned(value=None)]},
        shadow=True,
    )

    outcome = asyncio.run(performance.run())

    assert outcome == Shadowed(step="submit", arguments={})
    assert performance.session.asked == ["portal.fill"]


def a_question(*, show: str, when: Expression | None = None) -> QuestionStep:
    """An approval, named `check`, that shows one name of the scope."""
    return QuestionStep(
        name="check",
        line=1,
        queue="checks",
        title=Computed(lambda _: "right?"),
        show=(Shown(name=show, value=Computed(lambda scope: scope[show])),),
        when=when,
    )


def test_a_question_without_an_answer_ends_the_attempt_with_all_that_is_shown() -> None:
    performance = Performance(
        a_runbook(a_use("look"), a_question(show="look"), a_once()),
        {"portal.look": [Returned(value={"total": "10.00"})]},
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Asks)
    assert outcome.question.title == "right?"
    assert [(fact.name, fact.value) for fact in outcome.question.facts] == [
        ("look", {"total": "10.00"})
    ]
    assert performance.session.asked == ["portal.look"]


def test_an_attempt_goes_on_with_the_answer_that_holds() -> None:
    performance = Performance(
        a_runbook(
            a_question(show="item"),
            a_once(),
            outputs={"answer": Computed(lambda scope: scope["check"])},
        ),
        {"portal.submit": [acted(RECEIPT)]},
    )
    performance.journal.answers["check"] = {"by": "ann"}

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert outcome.outputs == {"answer": {"by": "ann"}}


def test_a_question_whose_condition_does_not_hold_is_not_asked() -> None:
    performance = Performance(
        a_runbook(a_question(show="item", when=Computed(lambda _: False)), a_once()),
        {"portal.submit": [acted(RECEIPT)]},
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert performance.journal.questions == []
    assert "skipped check" in performance.journal.written


def test_nobody_is_asked_again_behind_a_passed_commit_point() -> None:
    performance = Performance(
        a_runbook(a_question(show="item"), a_once()),
        {},
        acts=[an_act(state=EffectState.CONFIRMED)],
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert performance.journal.questions == []
