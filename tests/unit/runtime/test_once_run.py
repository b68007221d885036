"""Acts that may happen at most once: what is known of them, and what follows from it."""

import asyncio
from datetime import timedelta

import pytest

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.effect import EffectState
from deskhand.domain.outcome import AwaitProof, Done, NeedsPerson, TryLater
from deskhand.errors import BotError
from deskhand.ports.action import Absent, ActionAnswer, CommitGuard, Doubtful, Failed, Returned
from tests.unit.runtime.scripted import (
    NOW,
    Performance,
    SteppedClock,
    a_once,
    a_runbook,
    acted,
    an_act,
    in_doubt,
)

RECEIPT = Returned(value={"confirmation": "ACM-1"})
BROKEN = Failed(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.TRANSIENT))
REFUSED = Failed(cause=Cause(kind=CauseKind.BUSINESS, code="PAYER_REJECTED"))
LONG_AGO = timedelta(minutes=5)


def submitting(answer: object) -> Performance:
    return Performance(a_runbook(a_once()), {"portal.submit": [answer]})  # type: ignore[list-item]


def asking(answer: ActionAnswer, **more: object) -> Performance:
    """An attempt that finds an act in doubt and asks the portal about it."""
    return Performance(
        a_runbook(a_once()),
        {"portal.find": [answer], "portal.submit": [acted(RECEIPT)]},
        acts=[in_doubt(since=LONG_AGO)],
        **more,  # type: ignore[arg-type]
    )


def test_what_breaks_before_the_intent_is_tried_later_with_no_act_in_the_journal() -> None:
    performance = submitting(BROKEN)

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, TryLater)
    assert performance.journal.written == []


def test_what_breaks_after_the_request_left_is_unknown_and_waits_for_proof() -> None:
    performance = submitting(acted(BROKEN))

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, AwaitProof)
    assert outcome.ask_at == NOW + timedelta(seconds=70)
    assert performance.journal.written[-1] == "unknown TRANSIENT"


def test_what_was_held_at_the_wire_is_provably_not_done_and_tried_later() -> None:
    performance = submitting(acted(BROKEN, left=False))

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, TryLater)
    assert performance.journal.written[-1] == "not_done nothing_left"


def test_a_request_of_an_attempt_that_is_no_longer_ours_does_not_leave() -> None:
    performance = submitting(acted(BROKEN))
    performance.journal.ours = False

    asyncio.run(performance.run())

    assert performance.journal.written[-1] == "not_done nothing_left"


def test_what_nobody_saw_leave_and_nobody_held_is_unknown() -> None:
    async def silent(guard: CommitGuard | None) -> ActionAnswer:
        assert guard is not None
        await guard.intend()
        return BROKEN

    outcome = asyncio.run(submitting(silent).run())

    assert isinstance(outcome, AwaitProof)


def test_a_receipt_without_any_request_that_left_is_not_believed() -> None:
    performance = submitting(acted(RECEIPT, left=False))

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, AwaitProof)


def test_the_portals_refusal_goes_to_a_person_and_passes_no_commit_point() -> None:
    performance = submitting(acted(REFUSED))

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, NeedsPerson)
    assert outcome.cause.code == "PAYER_REJECTED"
    assert performance.journal.written[-1] == "refused PAYER_REJECTED"


def test_a_write_action_that_never_commits_is_the_bots_fault() -> None:
    performance = submitting(RECEIPT)

    outcome = asyncio.run(performance.run())

    assert outcome.cause.code == SystemCode.BOT_FAULTY


def test_a_second_commit_within_one_action_is_refused() -> None:
    async def twice(guard: CommitGuard | None) -> ActionAnswer:
        assert guard is not None
        await guard.intend()
        with pytest.raises(BotError):
            await guard.intend()
        guard.sent()
        return RECEIPT

    outcome = asyncio.run(submitting(twice).run())

    assert isinstance(outcome, Done)


def test_proof_that_it_is_there_confirms_it_without_acting_again() -> None:
    performance = asking(RECEIPT)

    outcome = asyncio.run(performance.run())

    assert outcome.portal_number == "ACM-1"
    assert performance.session.asked == ["portal.find"]
    assert performance.journal.written == ["confirmed by proof"]


def test_proof_that_it_is_not_there_lets_it_be_done_once_more_under_a_new_number() -> None:
    performance = asking(Absent())

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert performance.journal.written == [
        "not_done proof_says_not_there",
        "intend submit 2",
        "confirmed",
    ]


@pytest.mark.parametrize("answer", [Doubtful(reason="its index is behind"), BROKEN, REFUSED])
def test_an_answer_that_settles_nothing_is_asked_again_later(answer: ActionAnswer) -> None:
    performance = asking(answer)

    outcome = asyncio.run(performance.run())

    assert outcome.ask_at == NOW + timedelta(minutes=5)
    assert "portal.submit" not in performance.session.asked


def test_after_the_bots_patience_a_person_is_asked() -> None:
    performance = Performance(
        a_runbook(a_once()),
        {"portal.find": [Doubtful(reason="")]},
        acts=[in_doubt(since=timedelta(hours=2))],
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, NeedsPerson)
    assert outcome.cause.kind is CauseKind.UNCERTAIN


def test_nobody_asks_before_the_act_can_have_ended() -> None:
    performance = Performance(a_runbook(a_once()), {}, acts=[in_doubt(since=timedelta(seconds=30))])

    outcome = asyncio.run(performance.run())

    assert outcome.ask_at == NOW + timedelta(seconds=40)
    assert performance.session.asked == []


def test_an_intent_that_a_lost_attempt_left_becomes_unknown_before_it_is_asked_about() -> None:
    performance = Performance(
        a_runbook(a_once()),
        {"portal.find": [RECEIPT]},
        acts=[in_doubt(since=LONG_AGO, state=EffectState.INTENDED)],
    )

    asyncio.run(performance.run())

    assert performance.journal.written == ["unknown attempt_ended", "confirmed by proof"]


def test_a_captcha_in_the_way_of_proof_stops_the_account() -> None:
    captcha = Failed(cause=Cause(kind=CauseKind.STOP, code="CAPTCHA"))

    outcome = asyncio.run(asking(captcha).run())

    assert isinstance(outcome, NeedsPerson)
    assert outcome.cause.kind is CauseKind.STOP


def test_a_number_given_by_hand_confirms_the_act_when_the_portal_shows_it() -> None:
    performance = asking(RECEIPT)
    performance.journal.by_hand = "ACM-1"

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)


@pytest.mark.parametrize("answer", [Returned(value={"confirmation": "ACM-2"}), Absent()])
def test_a_number_given_by_hand_that_the_portal_does_not_show_comes_back(
    answer: ActionAnswer,
) -> None:
    performance = asking(answer)
    performance.journal.by_hand = "ACM-1"

    outcome = asyncio.run(performance.run())

    assert outcome.cause.code == "NUMBER_NOT_FOUND"
    assert "portal.submit" not in performance.session.asked


def test_a_refused_act_is_done_anew_after_a_persons_decision() -> None:
    performance = Performance(
        a_runbook(a_once()),
        {"portal.submit": [acted(RECEIPT)]},
        acts=[an_act(state=EffectState.REFUSED)],
    )

    outcome = asyncio.run(performance.run())

    assert isinstance(outcome, Done)
    assert performance.journal.written[0] == "intend submit 2"


def test_a_request_later_than_act_by_does_not_leave() -> None:
    clock = SteppedClock()

    async def late(guard: CommitGuard | None) -> ActionAnswer:
        assert guard is not None
        await guard.intend()
        clock.at = NOW + timedelta(seconds=11)
        assert not await guard.may_leave()
        guard.held_back()
        return BROKEN

    performance = Performance(a_runbook(a_once()), {"portal.submit": [late]}, clock=clock)

    asyncio.run(performance.run())

    assert performance.journal.written[-1] == "not_done nothing_left"
