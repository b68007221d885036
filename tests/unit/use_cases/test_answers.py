"""Questions of runbooks: what is shown, what an answer rests on, and when it holds no more."""

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from deskhand.domain.exception_case import CaseKind, CaseState, Decision
from deskhand.domain.outcome import Asks
from deskhand.domain.question import AnswerState, Fact, Question
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.answer_case import Filled, answer_case, approve_case
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.take_case import take_case
from deskhand.use_cases.tell_story import case_detail, revealed_case
from tests.making import ACCOUNT, ANN
from tests.unit.use_cases.asking import (
    APPROVAL,
    BOB,
    QUESTION,
    SECRET,
    answer_seen,
    answered,
    approved,
    ask,
    last_case,
    states,
)
from tests.unit.use_cases.office import Office, word
from tests.unit.use_cases.test_doubts import NO


def test_a_question_opens_a_case_in_its_own_queue_and_spends_no_try(asking: Office) -> None:
    asking.accept("C-1")

    case = ask(asking)

    assert (case.kind, case.queue, case.code) == (
        CaseKind.QUESTION,
        "claim-questions",
        "ANSWER_WANTED",
    )
    assert case.expires_at == asking.clock.at + timedelta(days=1)
    assert (asking.item("C-1").tries, asking.item("C-1").reason) == (0, "ANSWER_WANTED")
    assert asking.slots_in_use(ACCOUNT) == 0


def test_what_a_person_is_shown_is_masked_until_they_ask_to_see_it(asking: Office) -> None:
    asking.accept("C-1")
    case = ask(asking)
    desk = asking.desk

    detail = case_detail("C-1", store=desk.store, seal=desk.seal, library=desk.library)
    assert detail.asked is not None
    assert list(detail.form) == ["decision", "charge", "note"]
    assert detail.asked.facts[0].masked() == {"total": Decimal("12.50"), "name": "***"}

    looked = revealed_case(
        "C-1", by=BOB, store=desk.store, seal=desk.seal, library=desk.library, clock=desk.clock
    )
    assert looked.asked is not None
    assert looked.asked.facts[0].value == {"total": Decimal("12.50"), "name": SECRET}
    assert asking.types_of(asking.item("C-1").id)[-1] == "item.data_viewed"
    assert SECRET.encode() not in case.sealed_detail


def test_an_answer_is_typed_sealed_and_found_by_the_next_attempt(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)

    item = answered(asking, decision="SEND", note="as billed")
    fenced = asking.begin_next()
    found = answer_seen(fenced)

    assert (item.state, item.tries) == (ItemState.WAITING, 0)
    assert last_case(asking).decision is Decision.ANSWER
    assert found == {
        "decision": "send",
        "charge": Decimal("12.50"),
        "note": "as billed",
        "by": "ann",
    }
    with asking.store.reading() as tx:
        (answer,) = tx.answers.of_item(item.id)
        (result,) = tx.journal.results_of(item.id)
        given = [
            json.loads(row.body)
            for row in tx.audit_log.of_stream(item.stream)
            if row.type == "human.answer"
        ]
    assert b"as billed" not in answer.sealed_values
    assert result.step == "answer"
    assert given[0]["data"]["meaning"] == "answered"
    assert given[0]["data"]["digest"] == answer.digest
    assert given[0]["data"]["fields"] == ["charge", "decision", "note"]


def test_an_answer_to_other_facts_is_void_and_the_question_is_asked_again(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)
    answered(asking)
    other = replace(QUESTION, facts=(Fact(name="item", value={"total": Decimal("12.51")}),))

    fenced = asking.begin_next()
    found = answer_seen(fenced, other)
    asking.settle(fenced, Asks(question=other))

    assert found is None
    assert states(asking) == [AnswerState.VOID]
    assert last_case(asking).came_back
    answered(asking)
    assert states(asking) == [AnswerState.VOID, AnswerState.GIVEN]
    assert answer_seen(asking.begin_next(), other) is not None


@pytest.mark.parametrize("question", [QUESTION, APPROVAL], ids=["ask", "approve"])
def test_an_answer_is_void_when_the_item_is_corrected_even_where_it_was_not_shown(
    asking: Office, question: Question
) -> None:
    elsewhere = replace(question, facts=(Fact(name="review", value={"total": "1"}),))
    asking.accept("C-1")
    ask(asking, elsewhere)
    approved(asking) if question.approval else answered(asking)
    asking.perform(NO)

    fix_case(word("C-1"), Correction(changes={"member_id": "W42"}), desk=asking.desk)

    assert answer_seen(asking.begin_next(), elsewhere) is None


def test_an_empty_value_clears_an_optional_field_that_was_filled_already(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking, replace(QUESTION, prefilled={**QUESTION.prefilled, "note": "as billed"}))

    answered(asking, decision="send", note=None)

    found = answer_seen(asking.begin_next())
    assert found == {"decision": "send", "charge": Decimal("12.50"), "note": None, "by": "ann"}


@pytest.mark.parametrize(
    ("values", "problem"),
    [
        ({"decision": "maybe"}, "decision: is not one of: send, drop"),
        ({"charge": "5"}, "decision: is missing"),
        ({"decision": "send", "charge": "1.234"}, "charge: is not an amount of money"),
        ({"decision": "send", "note": "x"}, "note: is shorter than 3 characters"),
        ({"decision": "send", "amount": "5"}, "no field amount; the fields are: decision"),
    ],
)
def test_a_form_that_does_not_fit_is_not_taken(
    asking: Office, values: dict[str, object], problem: str
) -> None:
    asking.accept("C-1")
    ask(asking)

    with pytest.raises(DecisionRefusedError, match=problem):
        answer_case(word(last_case(asking).id), Filled(values=values), desk=asking.desk)

    assert states(asking) == []
    assert last_case(asking).state is CaseState.OPEN
    assert asking.item("C-1").state is ItemState.WITH_PERSON


def test_nobody_answers_by_the_items_name_what_was_asked_since_they_looked(asking: Office) -> None:
    asking.accept("C-1")
    seen = ask(asking)
    fix_case(word("C-1", by=BOB), Correction(changes={"note": "seen"}), desk=asking.desk)
    other = ask(asking, replace(QUESTION, facts=(Fact(name="item", value={"total": 1}),)))
    filled = Filled(values={"decision": "send"})

    with pytest.raises(DecisionRefusedError, match=f"look at it, then name it: {other.id}"):
        answer_case(word("C-1"), filled, desk=asking.desk)
    with pytest.raises(DecisionRefusedError, match="was closed by bob"):
        answer_case(word(seen.id), filled, desk=asking.desk)

    assert states(asking) == []


def test_whoever_has_taken_a_question_may_answer_it_by_its_items_name(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking, APPROVAL)
    with pytest.raises(DecisionRefusedError, match="look at it, then name it"):
        approve_case(word("C-1"), desk=asking.desk)

    desk = asking.desk
    take_case("C-1", by=ANN, desk=desk)

    assert approve_case(word("C-1"), desk=desk).state is ItemState.WAITING
