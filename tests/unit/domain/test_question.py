"""What a person is shown: masked, side by side; and when an answer stops to hold."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from deskhand.domain.moves import Moves
from deskhand.domain.question import (
    ANSWER_MOVES,
    AnswerState,
    Fact,
    Question,
    side_by_side,
)
from deskhand.domain.sealed import Sealed
from deskhand.errors import IllegalMoveError
from tests.making import an_answer

ISIR = Fact(
    name="read_isir",
    value={"agi": Decimal("100.00"), "newest": True, "lines": [{"code": "A", "due": 1}]},
    sealed_parts=frozenset({"agi", "lines.code"}),
)
QUESTION = Question(
    step="answer",
    queue="aid",
    approval=False,
    title="Which one is right?",
    facts=(ISIR,),
    prefilled={"agi": Decimal("100.00")},
)


def test_only_the_sensitive_parts_of_a_fact_are_masked() -> None:
    assert ISIR.masked() == {"agi": "***", "newest": True, "lines": [{"code": "***", "due": 1}]}


def test_a_fact_that_is_sensitive_as_a_whole_shows_nothing() -> None:
    fact = Fact(name="item.born", value=date(1980, 3, 4), sealed_parts=frozenset({""}))

    assert fact.masked() == "***"


def test_what_is_not_there_is_not_masked() -> None:
    assert replace(ISIR, value=None).masked() is None


def test_a_sealed_value_is_masked_wherever_it_stands() -> None:
    assert Fact(name="x", value={"ssn": Sealed("900-12-3456")}).masked() == {"ssn": "***"}


def test_facts_never_show_their_values_by_accident() -> None:
    assert "100" not in repr(ISIR)
    assert "100" not in repr(QUESTION)


def test_fields_of_the_same_name_stand_side_by_side() -> None:
    columns, rows = side_by_side(
        [
            ("item.worksheet", {"agi": 1, "family_size": 4}),
            ("read_isir", {"agi": 2, "student": {"year": 2}}),
            ("agi_off", 1),
            ("read_transcript", None),
        ]
    )

    assert columns == ["item.worksheet", "read_isir", "agi_off", "read_transcript"]
    assert dict(rows) == {
        "agi": [1, 2, None, None],
        "family_size": [4, None, None, None],
        "student.year": [None, 2, None, None],
        "agi_off": [None, None, 1, None],
        "read_transcript": [None, None, None, None],
    }


@pytest.mark.parametrize(
    "changed",
    [
        replace(QUESTION, facts=(replace(ISIR, value={**ISIR.value, "newest": False}),)),  # type: ignore[dict-item]
        replace(QUESTION, title="Which one?"),
        replace(QUESTION, step="other"),
        replace(QUESTION, approval=True),
    ],
)
def test_an_answer_rests_on_all_that_was_asked_and_shown(changed: Question) -> None:
    assert changed.basis() != QUESTION.basis()


def test_who_answers_where_and_until_when_changes_no_answer() -> None:
    moved = replace(QUESTION, queue="other", but_not=("first",), prefilled={})

    assert moved.basis() == QUESTION.basis()


def test_an_answer_that_does_not_hold_any_more_never_holds_again() -> None:
    moves: Moves[AnswerState] = ANSWER_MOVES
    void = an_answer().moved_to(AnswerState.VOID, audit_seq=9)

    assert moves.ends() == {AnswerState.VOID, AnswerState.WITHDRAWN}
    with pytest.raises(IllegalMoveError):
        void.moved_to(AnswerState.GIVEN, audit_seq=10)
