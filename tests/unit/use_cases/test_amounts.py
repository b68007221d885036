"""Amounts decide how many people must approve: what happens when one is corrected or missing."""

from datetime import timedelta
from decimal import Decimal

import pytest

from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.queue import Queue, QueueBook
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.correct_item import Correction, fix_case
from tests.making import ANN
from tests.unit.use_cases.asking import APPROVAL, BOB, SOURCE, answer_seen, approved, ask
from tests.unit.use_cases.office import Office, word

FEE = SOURCE.replace(
    "item:\n", "item:\n  amount: money(default(item.note, '0'))\n  due: today + days(3)\n", 1
)
NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="NO", step="submit_claim"))


@pytest.fixture
def priced(asking: Office) -> Office:
    """An office whose items say their amount, and that asks for two approvals above 10,000."""
    limit = Queue(name=APPROVAL.queue, second_person_above=Decimal("10000.00"))
    asking.book = QueueBook(queues={limit.name: limit})
    asking.source = FEE
    return asking


def corrected(office: Office, amount: str) -> None:
    fix_case(word("C-1", by=BOB), Correction(changes={"note": amount}), desk=office.desk)


def test_a_corrected_amount_is_what_decides_how_many_must_approve(priced: Office) -> None:
    priced.accept("C-1", note="5.00")
    before = priced.item("C-1")
    ask(priced, APPROVAL)
    priced.clock.turn(timedelta(days=2))

    corrected(priced, "10000.01")
    after = priced.item("C-1")
    ask(priced, APPROVAL)

    assert (before.amount, after.amount) == ("5.00", "10000.01")
    assert after.due == before.due
    assert approved(priced, by=ANN).state is ItemState.WITH_PERSON


def test_an_approval_of_a_small_amount_is_none_of_the_large_one_that_it_is_corrected_to(
    priced: Office,
) -> None:
    priced.accept("C-1", note="5.00")
    ask(priced, APPROVAL)  # which does not show the amount
    approved(priced, by=ANN)
    fenced = priced.begin_next()
    assert answer_seen(fenced, APPROVAL) is not None
    priced.settle(fenced, NO)

    corrected(priced, "10000.01")

    assert answer_seen(priced.begin_next(), APPROVAL) is None


def test_an_amount_that_cannot_be_worked_out_corrects_nothing(priced: Office) -> None:
    priced.accept("C-1", note="5.00")
    ask(priced, APPROVAL)

    with pytest.raises(DecisionRefusedError, match="not corrected: "):
        corrected(priced, "much")

    assert priced.item("C-1").amount == "5.00"


def test_money_that_is_taken_back_needs_as_many_people(priced: Office) -> None:
    priced.accept("C-1", note="-10000.01")
    ask(priced, APPROVAL)

    assert approved(priced, by=ANN).state is ItemState.WITH_PERSON


def test_where_amounts_count_an_item_without_one_needs_two_people(priced: Office) -> None:
    priced.source = SOURCE
    priced.accept("C-1")
    ask(priced, APPROVAL)

    assert approved(priced, by=ANN).state is ItemState.WITH_PERSON
    assert approved(priced, by=BOB).state is ItemState.WAITING
