"""What an item does after an attempt: every outcome, in every circumstance that matters."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from deskhand.domain.cause import RETRIED_CODES, Cause, CauseKind, SystemCode
from deskhand.domain.effect import EffectState
from deskhand.domain.next_move import LONGEST_WISH, Circumstances, doubted, next_move
from deskhand.domain.outcome import (
    AwaitProof,
    Done,
    Duplicate,
    NeedsPerson,
    Outcome,
    Shadowed,
    TryLater,
    outcome_name,
)
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.work_item import ItemState
from tests.making import NOW, an_effect

RETRY = RetryPolicy(tries=3, first=timedelta(seconds=10), max=timedelta(seconds=60))
CALM = Circumstances(now=NOW, tries=0, retry=RETRY, held=False, chance=0.0)
HELD = replace(CALM, held=True)
LATER = NOW + timedelta(minutes=5)
AGAIN = timedelta(seconds=10)


def cause(kind: CauseKind, **changes: Any) -> Cause:
    return replace(Cause(kind=kind, code="CODE", step="fill"), **changes)


SYSTEM = cause(CauseKind.SYSTEM, code=SystemCode.TRANSIENT)
BUSINESS = cause(CauseKind.BUSINESS)
STOP = cause(CauseKind.STOP)
UNCERTAIN = cause(CauseKind.UNCERTAIN)
DOUBT = an_effect(state=EffectState.UNKNOWN, ask_at=LATER)

W, P, D, U = ItemState.WAITING, ItemState.WITH_PERSON, ItemState.DONE, ItemState.DUPLICATE


@pytest.mark.parametrize(
    ("outcome", "at", "state", "spent", "asked"),
    [
        (Done(), CALM, D, False, None),
        (Done(), HELD, D, False, None),
        (Shadowed(step="submit", arguments={}), CALM, D, False, None),
        (Duplicate(), CALM, U, False, None),
        (AwaitProof(cause=UNCERTAIN, ask_at=LATER), CALM, W, False, None),
        (AwaitProof(cause=UNCERTAIN, ask_at=LATER), HELD, W, False, None),
        (TryLater(cause=SYSTEM), CALM, W, True, None),
        (TryLater(cause=SYSTEM), HELD, W, False, None),
        (TryLater(cause=SYSTEM), replace(CALM, tries=1), W, True, None),
        (TryLater(cause=SYSTEM), replace(CALM, tries=2), P, True, SYSTEM),
        (TryLater(cause=SYSTEM), replace(HELD, tries=2), W, False, None),
        (NeedsPerson(cause=BUSINESS), CALM, P, True, BUSINESS),
        (NeedsPerson(cause=BUSINESS), HELD, P, True, BUSINESS),
        (NeedsPerson(cause=UNCERTAIN), CALM, P, True, UNCERTAIN),
        (NeedsPerson(cause=UNCERTAIN), HELD, P, True, UNCERTAIN),
        (NeedsPerson(cause=SYSTEM), CALM, P, True, SYSTEM),
        (NeedsPerson(cause=SYSTEM), HELD, W, False, None),
        (NeedsPerson(cause=STOP), CALM, W, False, None),
        (NeedsPerson(cause=STOP), HELD, W, False, None),
    ],
)
def test_each_outcome_leads_to_its_state(
    outcome: Outcome, at: Circumstances, state: ItemState, spent: bool, asked: Cause | None
) -> None:
    move = next_move(outcome, at)

    assert (move.state, move.spent, move.cause) == (state, spent, asked)


def test_the_pause_before_the_next_try_grows_with_the_tries() -> None:
    pauses = []
    for tries in range(2):
        move = next_move(TryLater(cause=SYSTEM), replace(CALM, tries=tries))
        assert move.not_before is not None
        pauses.append((move.not_before - NOW).total_seconds())

    assert pauses == [5, 10]


@pytest.mark.parametrize(
    ("wish", "pause"),
    [(None, 5), (0.0, 5), (2.0, 5), (90.0, 90), (1e12, 86_400), (float("inf"), 86_400)],
)
def test_a_portals_own_wish_is_granted_when_it_is_longer_and_not_absurd(
    wish: float | None, pause: float
) -> None:
    move = next_move(TryLater(cause=replace(SYSTEM, retry_after=wish)), CALM)

    assert move.not_before == NOW + timedelta(seconds=pause)
    assert timedelta(days=1) == LONGEST_WISH


def test_proof_is_awaited_until_the_moment_that_the_outcome_names() -> None:
    assert next_move(AwaitProof(cause=UNCERTAIN, ask_at=LATER), CALM).not_before == LATER


@pytest.mark.parametrize("outcome", [TryLater(cause=SYSTEM), NeedsPerson(cause=STOP)])
def test_an_item_of_a_held_account_may_go_on_as_soon_as_the_account_may(outcome: Outcome) -> None:
    assert next_move(outcome, HELD).not_before is None


WAITS = AwaitProof(cause=SYSTEM, ask_at=LATER)


@pytest.mark.parametrize(
    ("outcome", "then"),
    [
        (TryLater(cause=SYSTEM), WAITS),
        (NeedsPerson(cause=SYSTEM), WAITS),
        (NeedsPerson(cause=BUSINESS), AwaitProof(cause=BUSINESS, ask_at=LATER)),
        (NeedsPerson(cause=UNCERTAIN), NeedsPerson(cause=UNCERTAIN)),
        (NeedsPerson(cause=STOP), NeedsPerson(cause=STOP)),
        (WAITS, WAITS),
        (Done(), Done()),
        (Duplicate(), Duplicate()),
    ],
)
def test_while_an_act_is_in_doubt_only_its_proof_is_asked_for(
    outcome: Outcome, then: Outcome
) -> None:
    assert doubted(outcome, DOUBT, now=NOW, again=AGAIN) == then
    assert doubted(outcome, None, now=NOW, again=AGAIN) == outcome


def test_proof_is_asked_for_again_only_after_a_while() -> None:
    soon = replace(DOUBT, ask_at=NOW)

    then = doubted(TryLater(cause=SYSTEM), soon, now=NOW, again=AGAIN)

    assert then == AwaitProof(cause=SYSTEM, ask_at=NOW + AGAIN)


def test_when_patience_has_ended_a_person_is_asked_what_happened() -> None:
    late = DOUBT.patience_until

    then = doubted(TryLater(cause=SYSTEM), DOUBT, now=late, again=AGAIN)

    assert isinstance(then, NeedsPerson)
    assert (then.cause.kind, then.cause.step) == (CauseKind.UNCERTAIN, DOUBT.step)
    assert SystemCode.TRANSIENT in then.cause.message


def test_only_system_causes_that_may_pass_are_retried() -> None:
    codes = [code for name, code in vars(SystemCode).items() if name.isupper()]
    lasting = {
        "LAYOUT_CHANGED",
        "CONFIGURATION",
        "BOT_FAULTY",
        "RUNBOOK_FAULTY",
        "EVENT_UNDELIVERED",
        "NOTIFICATION_UNDELIVERED",
        "SEAL_BROKEN",
    }

    retried = {code for code in codes if cause(CauseKind.SYSTEM, code=code).retried}

    assert retried == set(codes) - lasting == set(RETRIED_CODES)
    others = set(CauseKind) - {CauseKind.SYSTEM}
    assert not any(cause(kind, code=SystemCode.TRANSIENT).retried for kind in others)


def test_causes_are_the_same_one_when_kind_code_and_step_are() -> None:
    again = replace(SYSTEM, message="another message", hint="another hint")

    assert SYSTEM.group == again.group == "system/TRANSIENT/fill"
    assert SYSTEM.group != replace(SYSTEM, step="other").group


def test_every_outcome_has_its_word() -> None:
    outcomes: list[Outcome] = [
        Done(),
        Duplicate(),
        TryLater(cause=SYSTEM),
        WAITS,
        NeedsPerson(cause=STOP),
        Shadowed(step="s", arguments={}),
    ]

    words = [outcome_name(outcome) for outcome in outcomes]

    assert words == ["done", "duplicate", "try_later", "await_proof", "needs_person", "shadowed"]
