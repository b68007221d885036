"""Who may take, snooze and decide a case, and release an account."""

from datetime import timedelta

import pytest

from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.exception_case import Decision
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.queue import Person, Queue, QueueBook
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError, NotFoundError
from deskhand.use_cases.decide_case import reject_case, retry_case
from deskhand.use_cases.hold_account import Release, release_account
from deskhand.use_cases.meant_case import names_reference
from deskhand.use_cases.snooze_case import snooze_case
from deskhand.use_cases.sweep_cases import sweep_cases
from deskhand.use_cases.take_case import take_case
from tests.making import ACCOUNT, ANN, NOW
from tests.unit.use_cases.office import Office, word

NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND"))
FAULTY = NeedsPerson(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.BOT_FAULTY))
CAPTCHA = NeedsPerson(cause=Cause(kind=CauseKind.STOP, code="CAPTCHA"))
HOUR = timedelta(hours=1)


def book(*queues: Queue, people: tuple[Person, ...] = ()) -> QueueBook:
    return QueueBook(
        queues={queue.name: queue for queue in queues},
        people={person.name: person for person in people},
    )


def test_a_case_is_taken_and_decided_by_who_may(office: Office) -> None:
    office.book = book(
        Queue(name="claims", role="reviewer"),
        people=(Person(name="bob", roles=frozenset({"reviewer"})),),
    )
    office.accept("C-1")
    office.perform(NO)

    for refused in (
        lambda: take_case("C-1", by=ANN, desk=office.desk),
        lambda: retry_case(word("C-1"), desk=office.desk),
        lambda: snooze_case(word("C-1"), until=NOW + HOUR, desk=office.desk),
    ):
        with pytest.raises(DecisionRefusedError, match=r"role reviewer.* who may: bob"):
            refused()


def test_a_part_of_a_name_is_not_enough_to_decide_a_case(office: Office) -> None:
    office.accept("C-10")
    office.perform(NO)
    with office.store.reading() as tx:
        (case,) = tx.cases.of_item(office.item("C-10").id)

    for refused in (
        lambda: take_case("C-1", by=ANN, desk=office.desk),
        lambda: reject_case(word("C-1"), desk=office.desk),
        lambda: snooze_case(word(case.id[:7]), until=NOW + HOUR, desk=office.desk),
    ):
        with pytest.raises(NotFoundError, match=f"if you mean C-10, name it: {case.id}"):
            refused()
    reject_case(word(case.id[:12]), desk=office.desk)


@pytest.mark.parametrize(
    ("name", "enough"),
    [
        ("P1/CLM-00016/1", True),
        ("CLM-00016", True),
        ("CLM-0001", False),
        ("P1", False),
        ("P1/CLM-00016", False),
    ],
)
def test_a_whole_part_of_a_reference_names_it_when_it_is_long_enough(
    name: str, enough: bool
) -> None:
    assert names_reference(name, "P1/CLM-00016/1") is enough


def test_a_queue_allows_some_decisions_only(office: Office) -> None:
    office.book = book(Queue(name="claims", may=frozenset()), Queue(name="engineers"))
    office.accept("C-1")
    office.perform(NO)
    office.accept("C-2")
    office.perform(FAULTY)

    with pytest.raises(DecisionRefusedError, match="claims does not allow to reject"):
        reject_case(word("C-1"), desk=office.desk)
    reject_case(word("C-2"), desk=office.desk)


def test_whoever_had_a_case_when_it_was_escalated_decides_it_as_its_first_queue_allows(
    office: Office,
) -> None:
    office.book = book(
        Queue(name="claims", escalate_to="bosses"),
        Queue(name="bosses", role="boss", may=frozenset({Decision.REJECT})),
    )
    office.accept("C-1", "C-2")
    for _ in range(2):
        office.perform(NO)
    take_case("C-1", by=ANN, desk=office.desk)
    office.clock.turn(timedelta(days=9))
    sweep_cases(store=office.store, clock=office.clock, book=office.book)

    assert retry_case(word("C-1"), desk=office.desk).state is ItemState.WAITING
    with pytest.raises(DecisionRefusedError, match="queue bosses"):
        retry_case(word("C-2"), desk=office.desk)


def test_an_account_is_released_by_who_may_decide_its_case(office: Office) -> None:
    office.accept("C-1")
    office.perform(CAPTCHA)
    office.book = book(Queue(name="engineers", role="engineer"))
    release = Release(account=ACCOUNT, by=ANN, reason="solved it")

    with pytest.raises(DecisionRefusedError, match="who may: nobody in people"):
        release_account(release, store=office.store, clock=office.clock, book=office.book)

    with office.store.reading() as tx:
        assert tx.cases.open_of_account(ACCOUNT) is not None
        assert tx.accounts.health(ACCOUNT).held
