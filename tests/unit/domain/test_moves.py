from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest

from deskhand.domain.attempt import ATTEMPT_MOVES, AttemptState
from deskhand.domain.effect import EFFECT_MOVES, UNSETTLED, EffectState
from deskhand.domain.exception_case import CASE_MOVES, CaseState, Decision
from deskhand.domain.moves import Moves
from deskhand.domain.schedule import SLOT_MOVES, SlotState
from deskhand.domain.work_item import ITEM_MOVES, OPEN_STATES, ItemState
from deskhand.errors import IllegalMoveError
from tests.making import NOW, a_case, an_attempt, an_effect, an_item

# As architecture.md draws them: whatever is not here is illegal.
DRAWN = {
    "item": """
        waiting > performing with_person cancelled
        performing > waiting with_person done duplicate
        with_person > waiting done_by_hand rejected
    """,
    "attempt": """
        enqueued > running lost
        running > ended lost
    """,
    "effect": """
        intended > confirmed refused not_done unknown
        unknown > confirmed refused not_done
    """,
    "case": """
        open > taken closed
        taken > taken open closed
    """,
    "slot": """
        due > due fired failed skipped
    """,
}
TABLES: tuple[Moves[Any], ...] = (ITEM_MOVES, ATTEMPT_MOVES, EFFECT_MOVES, CASE_MOVES, SLOT_MOVES)


def drawn(thing: str) -> set[tuple[str, str]]:
    lines = [line.split(" > ") for line in DRAWN[thing].strip().splitlines()]
    return {(at.strip(), to) for at, following in lines for to in following.split()}


def every_pair(*, legal: bool) -> Iterator[Any]:
    for moves in TABLES:
        for at in moves.table:
            for to in moves.table:
                if ((at.value, to.value) in drawn(moves.thing)) is legal:
                    yield pytest.param(moves, at, to, id=f"{moves.thing} {at.value} {to.value}")


@pytest.mark.parametrize(("moves", "at", "to"), [*every_pair(legal=True)])
def test_a_move_that_is_drawn_is_allowed(moves: Moves[Any], at: Enum, to: Enum) -> None:
    assert moves.check(at, to) is to


@pytest.mark.parametrize(("moves", "at", "to"), [*every_pair(legal=False)])
def test_a_move_that_is_not_drawn_is_refused(moves: Moves[Any], at: Enum, to: Enum) -> None:
    with pytest.raises(IllegalMoveError, match=f"{moves.thing} cannot move from {at.value} to"):
        moves.check(at, to)


def test_every_state_has_its_place_in_its_table() -> None:
    states = (ItemState, AttemptState, EffectState, CaseState, SlotState)

    for moves, enum in zip(TABLES, states, strict=True):
        assert set(moves.table) == set(enum)


def test_the_states_that_nothing_leaves_are_the_ends() -> None:
    ends = [{state.value for state in moves.ends()} for moves in TABLES]

    assert ends == [
        {"done", "duplicate", "done_by_hand", "rejected", "cancelled"},
        {"ended", "lost"},
        {"confirmed", "refused", "not_done"},
        {"closed"},
        {"fired", "failed", "skipped"},
    ]
    assert not ITEM_MOVES.ends() & OPEN_STATES
    assert not EFFECT_MOVES.ends() & UNSETTLED


def test_an_item_that_moves_rests_on_its_record_in_its_next_version() -> None:
    item = an_item()

    moved = item.moved_to(ItemState.PERFORMING, audit_seq=7, at=NOW)

    assert (moved.state, moved.version, moved.audit_seq) == (ItemState.PERFORMING, 2, 7)
    assert item.state is ItemState.WAITING
    with pytest.raises(IllegalMoveError):
        moved.moved_to(ItemState.REJECTED, audit_seq=8, at=NOW)


def test_an_attempt_and_an_act_move_by_their_tables_only() -> None:
    with pytest.raises(IllegalMoveError):
        an_attempt().moved_to(AttemptState.ENDED)
    with pytest.raises(IllegalMoveError):
        an_effect(state=EffectState.CONFIRMED).moved_to(EffectState.UNKNOWN, audit_seq=3)

    confirmed = an_effect().moved_to(EffectState.CONFIRMED, audit_seq=3)

    assert (confirmed.settled, confirmed.audit_seq) == (True, 3)
    assert not an_effect(state=EffectState.UNKNOWN).settled


def test_a_case_is_taken_given_back_and_closed_each_time_in_a_new_version() -> None:
    taken = a_case().taken(by="ann", at=NOW, audit_seq=3)
    free = taken.given_back(audit_seq=4)
    closed = free.closed(Decision.REJECT, by="bob", at=NOW, audit_seq=5)

    assert (taken.taken_by, free.taken_by, free.taken_at) == ("ann", None, None)
    assert (closed.decision, closed.closed_by, closed.version) == (Decision.REJECT, "bob", 4)
    with pytest.raises(IllegalMoveError):
        closed.taken(by="ann", at=NOW, audit_seq=6)
