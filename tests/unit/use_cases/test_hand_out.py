"""Cases are handed out: the one that is due first, to somebody who may, and never twice."""

from datetime import timedelta

import pytest

from deskhand.domain.business_hours import BusinessTime
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.outcome import NeedsPerson
from deskhand.domain.queue import Person, Queue, QueueBook
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.decide_case import refuse_case
from deskhand.use_cases.hand_out_case import Wish, next_case
from deskhand.use_cases.snooze_case import snooze_case
from deskhand.use_cases.take_case import give_back_case, hand_over, take_case
from tests.making import ANN, NOW
from tests.unit.use_cases.asking import APPROVAL, SOURCE, answered, ask
from tests.unit.use_cases.office import Office, word

NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND"))
FAULTY = NeedsPerson(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.BOT_FAULTY))
BOB = Actor(kind=ActorKind.HUMAN, id="os-user", asserted="bob")
HOUR = timedelta(hours=1)


def handed(office: Office, wish: Wish | None = None, *, to: Actor = ANN) -> str | None:
    case = next_case(wish or Wish(), by=to, desk=office.desk)
    return None if case is None else case.reference


def with_people(office: Office, *outcomes: NeedsPerson) -> None:
    """Let C-1, C-2, … go to a person, a minute after each other."""
    for number, outcome in enumerate(outcomes, start=1):
        office.accept(f"C-{number}")
        office.perform(outcome)
        office.clock.turn(timedelta(minutes=1))


def test_the_case_that_is_due_first_comes_first_until_there_is_none(office: Office) -> None:
    with_people(office, NO, FAULTY, NO)

    order = [handed(office) for _ in range(4)]

    assert order == ["C-2", "C-1", "C-3", None]


def test_whoever_is_handed_a_case_has_it(office: Office) -> None:
    with_people(office, NO)

    case = next_case(Wish(), by=ANN, desk=office.desk)

    assert case is not None
    assert (case.taken_by, case.state.value) == ("ann", "taken")
    assert office.types_of(office.item("C-1").id)[-1] == "case.taken"
    assert handed(office, to=BOB) is None


def test_a_case_that_somebody_took_snoozed_or_decided_is_not_handed_out(office: Office) -> None:
    with_people(office, NO, NO, NO)
    take_case("C-1", by=BOB, desk=office.desk)
    snooze_case(word("C-2"), until=NOW + 2 * HOUR, desk=office.desk)

    first = [handed(office), handed(office)]
    office.clock.turn(2 * HOUR)
    give_back_case("C-1", by=BOB, desk=office.desk)

    assert first == ["C-3", None]
    assert [handed(office), handed(office)] == ["C-1", "C-2"]


@pytest.mark.parametrize(
    ("person", "wish", "reference"),
    [
        ("ann", Wish(), "C-1"),
        ("bob", Wish(), "C-2"),
        ("eve", Wish(), None),
        ("ann", Wish(queue="engineers"), "C-2"),
        ("ann", Wish(client="hill"), None),
        ("cai", Wish(), "C-2"),
        ("cai", Wish(skills=frozenset({"es"})), "C-1"),
        ("dan", Wish(), None),
    ],
)
def test_people_are_handed_what_is_for_them(
    office: Office, person: str, wish: Wish, reference: str | None
) -> None:
    roles = frozenset({"reviewer", "engineer"})
    soon = BusinessTime(hours=HOUR)
    office.book = QueueBook(
        queues={
            "claims": Queue(name="claims", role="reviewer", within=soon, skills=frozenset({"es"})),
            "engineers": Queue(name="engineers", role="engineer"),
        },
        people={
            "ann": Person(name="ann", roles=roles, skills=frozenset({"es"})),
            "bob": Person(name="bob", roles=frozenset({"engineer"})),
            "cai": Person(name="cai", roles=roles),
            "dan": Person(name="dan", roles=roles, clients=frozenset({"hill"})),
        },
    )
    with_people(office, NO, FAULTY)

    assert handed(office, wish, to=Actor(kind=ActorKind.HUMAN, id=person)) == reference


def test_a_question_that_has_expired_is_handed_out_to_nobody(asking: Office) -> None:
    asking.accept("C-1")
    ask(asking)

    asking.clock.turn(timedelta(days=1))

    assert handed(asking) is None


def test_a_question_that_somebody_may_not_answer_is_left_for_others(office: Office) -> None:
    office.source = SOURCE
    office.accept("C-1")
    ask(office)
    answered(office)
    ask(office, APPROVAL)  # four eyes: not for whoever gave that answer
    office.clock.turn(HOUR)
    office.accept("C-2")
    office.perform(NO)

    assert [handed(office), handed(office)] == ["C-2", None]
    assert handed(office, to=BOB) == "C-1"


def approval_for_others(office: Office) -> ExceptionCase:
    """Ask for an approval that ann may not give: she answered the question before it."""
    office.source = SOURCE
    office.accept("C-1")
    ask(office)
    answered(office)
    return ask(office, APPROVAL)


def take(office: Office, case: ExceptionCase, *, by: Actor) -> ExceptionCase:
    return take_case(case.id, by=by, desk=office.desk)


def test_who_may_not_give_an_approval_neither_takes_it_nor_puts_it_off(office: Office) -> None:
    case = approval_for_others(office)

    with pytest.raises(DecisionRefusedError, match="ann answered `answer` of this item: somebody"):
        take(office, case, by=ANN)
    with pytest.raises(DecisionRefusedError, match=f"so case {case.id} is left for them"):
        snooze_case(word(case.id), until=NOW + HOUR, desk=office.desk)

    assert take(office, case, by=BOB).taken_by == "bob"


def test_who_may_not_give_an_approval_and_has_it_gives_it_back(office: Office) -> None:
    case = approval_for_others(office)
    with office.store.transaction() as tx:  # as it was taken by an older deskhand
        hand_over(tx, tx.cases.get(case.id), to=ANN, at=office.clock.now())

    give_back_case(case.id, by=ANN, desk=office.desk)

    assert handed(office, to=BOB) == "C-1"


def test_who_may_not_give_an_approval_may_still_refuse_it(office: Office) -> None:
    case = approval_for_others(office)

    refused = refuse_case(word(case.id, reason="my own mistake"), desk=office.desk)

    assert refused.state is ItemState.REJECTED
