"""Who may answer a question, how else it can end, and until when an answer is taken back."""

from datetime import timedelta
from decimal import Decimal

import pytest

from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import CaseKind, CaseState, Decision
from deskhand.domain.outcome import Asks
from deskhand.domain.question import AnswerState
from deskhand.domain.queue import Queue, QueueBook
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError, NotFoundError
from deskhand.use_cases.correct_item import Correction, fix_case
from deskhand.use_cases.decide_case import done_by_hand, refuse_case, reject_case, retry_case
from deskhand.use_cases.expire_questions import expire_questions
from deskhand.use_cases.hand_out_case import Wish, next_case
from deskhand.use_cases.journal_act import ActJournal
from deskhand.use_cases.withdraw_answer import withdraw_answer
from tests.making import ANN
from tests.unit.use_cases.asking import (
    APPROVAL,
    BOB,
    answer_seen,
    answered,
    approved,
    ask,
    last_case,
    states,
)
from tests.unit.use_cases.office import Office, word


def test_whoever_answered_before_may_not_approve_it(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)
    answered(asking, by=BOB)
    ask(asking, APPROVAL)

    with pytest.raises(DecisionRefusedError, match="bob answered `answer` of this item"):
        approved(asking, by=BOB)
    item = approved(asking, by=ANN)

    assert item.state is ItemState.WAITING
    assert answer_seen(asking.begin_next(), APPROVAL) == {"by": "ann"}


@pytest.mark.parametrize("spelling", ["Ann", " ann ", "ANN"])
def test_whoever_answered_is_known_again_however_their_name_is_written(
    asking: Office, spelling: str
) -> None:
    asking.accept("C-1")
    ask(asking)
    answered(asking, by=ANN)
    ask(asking, APPROVAL)
    again = Actor(kind=ActorKind.HUMAN, id="os-user", asserted=spelling)

    with pytest.raises(DecisionRefusedError, match="ann answered `answer` of this item"):
        approved(asking, by=again)
    wish = Wish()
    assert next_case(wish, by=again, desk=asking.desk) is None
    assert next_case(wish, by=BOB, desk=asking.desk) is not None


def test_a_refused_item_is_rejected_with_the_persons_reason(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking, APPROVAL)

    with pytest.raises(DecisionRefusedError, match="needs a reason"):
        refuse_case(word("C-1", reason=" "), desk=asking.desk)
    with pytest.raises(DecisionRefusedError, match="may ask something else by now"):
        refuse_case(word("C-1", reason="not covered"), desk=asking.desk)
    case = last_case(asking).id
    item = refuse_case(word(case, reason="not covered"), desk=asking.desk)

    assert (item.state, item.reason) == (ItemState.REJECTED, "not covered")
    assert last_case(asking).decision is Decision.REFUSE
    assert states(asking) == []


def test_each_question_is_answered_in_its_own_way(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)
    with pytest.raises(DecisionRefusedError, match="does not ask for an approval"):
        approved(asking)
    with pytest.raises(DecisionRefusedError, match="asks for no approval"):
        refuse_case(word("C-1"), desk=asking.desk)
    with pytest.raises(DecisionRefusedError, match="waits for a person's word: answer it"):
        retry_case(word("C-1"), desk=asking.desk)
    with pytest.raises(DecisionRefusedError, match="waits for a person's word"):
        done_by_hand(word("C-1"), number="ACM-1", desk=asking.desk)
    answered(asking)
    ask(asking, APPROVAL)
    with pytest.raises(DecisionRefusedError, match="does not ask for an answer"):
        answered(asking)


def test_a_question_can_be_rejected_and_its_item_corrected(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)

    fixed = fix_case(word("C-1"), Correction(changes={"note": "seen"}), desk=asking.desk)
    ask(asking)
    rejected = reject_case(word("C-1"), desk=asking.desk)

    assert fixed.state is ItemState.WAITING
    assert rejected.state is ItemState.REJECTED


def test_an_answer_is_withdrawn_until_a_bot_has_taken_the_item_up(asking: Office) -> None:
    asking.accept("C-1")
    before = ask(asking)
    answered(asking)

    with pytest.raises(DecisionRefusedError, match="only ann can withdraw"):
        withdraw_answer("C-1", word("", by=BOB), desk=asking.desk)
    case = withdraw_answer("C-1", word("", reason="wrong claim"), desk=asking.desk)

    assert (case.kind, case.queue, case.step) == (before.kind, before.queue, before.step)
    assert case.came_back
    assert states(asking) == [AnswerState.WITHDRAWN]
    assert asking.item("C-1").state is ItemState.WITH_PERSON
    assert asking.feed() == []
    answered(asking)
    fenced = asking.begin_next()
    with pytest.raises(DecisionRefusedError, match="a bot has taken it up"):
        withdraw_answer("C-1", word(""), desk=asking.desk)
    assert answer_seen(fenced) is not None


def test_a_part_of_a_name_is_not_enough_to_withdraw_an_answer(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)
    answered(asking)
    part = asking.item("C-1").id[:12]

    with pytest.raises(NotFoundError, match="if you mean C-1, name it whole"):
        withdraw_answer(part, word(""), desk=asking.desk)

    assert states(asking) == [AnswerState.GIVEN]


def test_nothing_is_withdrawn_where_nothing_was_answered(asking: Office) -> None:
    asking.accept("C-1")

    with pytest.raises(DecisionRefusedError, match="nobody has answered"):
        withdraw_answer("C-1", word(""), desk=asking.desk)


def test_a_question_that_expires_is_a_business_case_and_no_approval(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)
    desk = asking.desk

    asking.clock.turn(timedelta(hours=23))
    early = expire_questions(store=desk.store, seal=desk.seal, clock=desk.clock, book=desk.book)
    asking.clock.turn(timedelta(hours=1))
    late = expire_questions(store=desk.store, seal=desk.seal, clock=desk.clock, book=desk.book)
    again = expire_questions(store=desk.store, seal=desk.seal, clock=desk.clock, book=desk.book)

    assert (early, late, again) == (0, 1, 0)
    case = last_case(asking)
    assert (case.kind, case.code, case.queue) == (
        CaseKind.BUSINESS,
        "ANSWER_EXPIRED",
        "claim-questions",
    )
    assert states(asking) == []
    assert asking.item("C-1").state is ItemState.WITH_PERSON
    with pytest.raises(DecisionRefusedError, match="does not ask for an answer"):
        answered(asking)
    retry_case(word("C-1"), desk=desk)
    assert ask(asking).came_back


def test_nobody_answers_what_has_expired_before_a_sweep_has_come_to_it(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)
    asking.clock.turn(timedelta(days=1))

    with pytest.raises(DecisionRefusedError, match="has expired: nobody answered `answer`"):
        answered(asking)

    assert states(asking) == []
    assert asking.item("C-1").state is ItemState.WITH_PERSON


@pytest.fixture
def large(asking: Office) -> Office:
    """An office that asks for two approvals above 10,000, and whose items are above that."""
    limit = Queue(name=APPROVAL.queue, second_person_above=Decimal("10000.00"))
    asking.book = QueueBook(queues={limit.name: limit})
    asking.source = asking.source.replace("steps:\n", "  amount: 10000.01\nsteps:\n", 1)
    asking.accept("C-1")
    ask(asking, APPROVAL)
    return asking


def test_a_large_amount_goes_on_when_two_people_have_approved_it(large: Office) -> None:
    first = approved(large, by=ANN)

    with pytest.raises(DecisionRefusedError, match="ann answered `approval` of this item"):
        approved(large, by=ANN)
    assert first.state is ItemState.WITH_PERSON
    assert not last_case(large).came_back
    assert large.feed() == []
    second = approved(large, by=BOB)

    assert second.state is ItemState.WAITING
    assert answer_seen(large.begin_next(), APPROVAL) == {"by": "bob"}


def test_one_approval_of_a_large_amount_lets_nothing_go_on(large: Office) -> None:
    approved(large, by=ANN)
    fix_case(word("C-1", by=BOB), Correction(changes={"note": "seen"}), desk=large.desk)

    fenced = large.begin_next()

    assert answer_seen(fenced, APPROVAL) is None
    large.settle(fenced, Asks(question=APPROVAL))
    assert states(large) == [AnswerState.VOID]


def test_a_first_approval_can_be_withdrawn_and_two_are_wanted_again(large: Office) -> None:
    approved(large, by=ANN)

    case = withdraw_answer("C-1", word("", by=ANN), desk=large.desk)

    assert (case.kind, case.closed_at) == (CaseKind.APPROVAL, None)
    assert approved(large, by=BOB).state is ItemState.WITH_PERSON
    assert approved(large, by=ANN).state is ItemState.WAITING


def test_who_approved_first_withdraws_until_a_bot_goes_on_and_both_are_wanted_again(
    large: Office,
) -> None:
    approved(large, by=ANN)
    approved(large, by=BOB)

    case = withdraw_answer("C-1", word("", by=ANN), desk=large.desk)

    assert sorted(state.value for state in states(large)) == ["void", "withdrawn"]
    assert (case.state, large.item("C-1").state) == (CaseState.OPEN, ItemState.WITH_PERSON)
    assert approved(large, by=BOB).state is ItemState.WITH_PERSON
    assert approved(large, by=ANN).state is ItemState.WAITING


def test_the_last_answer_is_the_last_that_was_given_whatever_the_clocks_say(large: Office) -> None:
    approved(large, by=ANN)
    large.clock.turn(timedelta(seconds=-3))
    approved(large, by=BOB)

    withdraw_answer("C-1", word("", by=BOB), desk=large.desk)

    assert sorted(state.value for state in states(large)) == ["given", "withdrawn"]
    assert large.item("C-1").state is ItemState.WITH_PERSON


def test_one_person_is_enough_up_to_the_limit(asking: Office) -> None:
    limit = Queue(name=APPROVAL.queue, second_person_above=Decimal("10000.00"))
    asking.book = QueueBook(queues={limit.name: limit})
    asking.source = asking.source.replace("steps:\n", "  amount: 10000.00\nsteps:\n", 1)
    asking.accept("C-1")
    ask(asking, APPROVAL)

    assert approved(asking).state is ItemState.WAITING


def test_what_was_done_before_a_question_does_not_force_anybody_to_approve(asking: Office) -> None:
    asking.accept("C-1")
    fenced = asking.begin_next()
    act = asking.intend(fenced)
    ActJournal(fenced=fenced).confirmed(act, receipt={"number": "ACM-1"}, by_proof=False)
    asking.settle(fenced, Asks(question=APPROVAL))

    case = last_case(asking).id
    item = refuse_case(word(case, reason="not this one"), desk=asking.desk)

    assert (item.state, item.reason) == (ItemState.REJECTED, "not this one")
