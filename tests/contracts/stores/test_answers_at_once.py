"""People who answer at the same moment, and a bot that goes on meanwhile: on each database."""

from collections.abc import Iterator
from decimal import Decimal
from functools import partial

import pytest
from sqlalchemy import Engine

from deskhand.domain.outcome import Asks
from deskhand.domain.queue import Queue, QueueBook
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError, NotFoundError
from deskhand.use_cases.answer_case import approve_case
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.withdraw_answer import withdraw_answer
from tests.contracts.stores.racing import race
from tests.making import ANN, HandClock, sql_store
from tests.unit.use_cases.asking import APPROVAL, BOB, SOURCE
from tests.unit.use_cases.office import Office, word

TIMES = 5


@pytest.fixture
def office(database: Engine) -> Iterator[Office]:
    """An office that asks for two approvals of each item; its log is checked afterwards."""
    clock = HandClock()
    store = sql_store(database, clock=clock)
    limit = Queue(name=APPROVAL.queue, second_person_above=Decimal("10.00"))
    book = QueueBook(queues={limit.name: limit})
    yield Office(store=store, clock=clock, source=SOURCE, book=book)
    assert verify_log(by=ANN, store=store, clock=clock).findings == []


def case_of(office: Office, claim: str) -> str:
    with office.store.reading() as tx:
        return tx.cases.of_item(office.item(claim).id)[-1].id


def asked(office: Office) -> Iterator[str]:
    """Let one claim after the other ask for its approvals."""
    for claim in (f"C-{number}" for number in range(TIMES)):
        office.accept(claim)
        office.perform(Asks(question=APPROVAL))
        yield claim
        if office.item(claim).state is ItemState.WAITING:
            office.perform(Asks(question=APPROVAL))


def test_one_person_who_approves_twice_at_the_same_moment_is_one(office: Office) -> None:
    for claim in asked(office):
        approve = partial(approve_case, word(case_of(office, claim), by=ANN), desk=office.desk)

        given, raised = race(approve, approve, approve)

        assert [item.state for item in given] == [ItemState.WITH_PERSON]
        assert {type(error) for error in raised} <= {DecisionRefusedError, NotFoundError}
        assert office.item(claim).state is ItemState.WITH_PERSON


def test_an_answer_is_withdrawn_or_a_bot_goes_on_with_it_and_never_both(office: Office) -> None:
    for claim in asked(office):
        for person in (ANN, BOB):
            approve_case(word(case_of(office, claim), by=person), desk=office.desk)
        before = len(office.engine.enqueued)
        back = partial(withdraw_answer, claim, word("", by=BOB), desk=office.desk)

        _, raised = race(back, office.feed)

        went_on = len(office.engine.enqueued) > before
        withdrawn = office.item(claim).state is ItemState.WITH_PERSON
        assert went_on != withdrawn
        assert [type(error) for error in raised] == [DecisionRefusedError] * went_on
        if went_on:
            office.settle(office.begin(office.engine.enqueued[-1]), Asks(question=APPROVAL))
