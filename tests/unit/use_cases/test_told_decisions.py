"""What anybody can read later of how a case was decided: by whom, when, why, with which answer."""

from dataclasses import replace
from decimal import Decimal

import pytest

from deskhand.cli.questions import question_facts, question_lines
from deskhand.domain.outcome import Asks
from deskhand.domain.question import AnswerState
from deskhand.domain.queue import Queue, QueueBook
from deskhand.runbooks.library import Library
from deskhand.use_cases.answer_case import Filled, answer_case
from deskhand.use_cases.decide_case import reject_case
from deskhand.use_cases.tell_story import CaseDetail, case_detail, item_records, item_story
from deskhand.use_cases.withdraw_answer import withdraw_answer
from tests.making import ANN
from tests.unit.runbooks.bots import BOTS
from tests.unit.use_cases.asking import APPROVAL, BOB, approved, ask, last_case
from tests.unit.use_cases.office import Office, word

NOTE = "seen on paper"
FORM = "note: {type: text?, min_length: 3"


def told(office: Office, case: str) -> CaseDetail:
    desk = office.desk
    return case_detail(case, store=desk.store, seal=desk.seal, library=desk.library)


def lines(detail: CaseDetail, *, reveal: bool = False) -> str:
    return "\n".join(question_lines(detail, reveal=reveal))


@pytest.fixture
def given(asking: Office) -> tuple[Office, str]:
    """An office in which ann has answered a question, and the case that asked it."""
    asking.source = asking.source.replace(FORM, f"{FORM}, sensitivity: pii")
    asking.accept("C-1")
    case = ask(asking).id
    filled = Filled(values={"decision": "drop", "note": NOTE})
    answer_case(word(case, reason="she called"), filled, desk=asking.desk)
    return asking, case


def test_a_closed_question_tells_who_answered_what_and_why(given: tuple[Office, str]) -> None:
    office, case = given

    detail = told(office, case)
    (answer,) = detail.answers

    assert (detail.reason, detail.case.closed_by) == ("she called", "ann")
    assert (answer.by, answer.at, answer.state) == ("ann", office.clock.at, AnswerState.GIVEN)
    assert answer.values == {"decision": "drop", "charge": Decimal("12.50"), "note": NOTE}
    assert "answered by ann at" in lines(detail)
    assert "decision: drop" in lines(detail)
    assert "exceptions answer" not in lines(detail)


def test_sensitive_parts_of_an_answer_are_told_only_to_who_asks_to_see_them(
    given: tuple[Office, str],
) -> None:
    detail = told(*given)

    assert NOTE not in lines(detail)
    assert NOTE not in str(question_facts(detail, reveal=False))
    assert f"note: {NOTE}" in lines(detail, reveal=True)


def test_an_answer_that_was_withdrawn_is_told_as_such(given: tuple[Office, str]) -> None:
    office, case = given
    withdraw_answer("C-1", word("", by=ANN), desk=office.desk)

    assert "it was withdrawn" in lines(told(office, case))
    assert told(office, last_case(office).id).answers == ()


def test_an_answer_to_what_has_changed_is_told_as_holding_no_more(asking: Office) -> None:
    asking.accept("C-1")
    case = ask(asking, APPROVAL).id
    approved(asking)
    asking.perform(Asks(question=APPROVAL))

    assert "what it rested on has changed since" in lines(told(asking, case))


def test_the_second_person_sees_who_approved_first(asking: Office) -> None:
    limit = Queue(name=APPROVAL.queue, second_person_above=Decimal(0))
    asking.book = QueueBook(queues={limit.name: limit})
    asking.accept("C-1")
    ask(asking, APPROVAL)
    approved(asking, by=BOB)

    asked_again = told(asking, last_case(asking).id)

    assert "approved, as the first of two, by bob" in lines(asked_again)
    assert "approve it: deskhand exceptions approve" in lines(asked_again)


def test_a_rejected_case_tells_the_reason(asking: Office) -> None:
    asking.accept("C-1")
    case = ask(asking).id
    reject_case(word(case, reason="sent twice"), desk=asking.desk)

    assert told(asking, case).reason == "sent twice"


def test_what_todays_bots_cannot_perform_any_more_is_told_masked_and_with_its_records(
    given: tuple[Office, str],
) -> None:
    office, case = given
    office.library = Library(replace(BOTS, broken={"payer_portal": "its name was changed"}))
    desk = office.desk

    story = item_story("C-1", store=desk.store, seal=desk.seal, library=desk.library)
    _, records = item_records("C-1", store=desk.store)

    assert story.fields == {"claim_number": "***", "member_id": "***", "note": None}
    assert records == story.records
    assert "decision: ***" in lines(told(office, case))
