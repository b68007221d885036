"""One trouble is one incident: what goes together is counted, and retried, together."""

from datetime import timedelta

import pytest

from deskhand.domain.account import SAME_CAUSE_LIMIT
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import ExceptionCase
from deskhand.domain.outcome import NeedsPerson
from deskhand.errors import NotFoundError
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.retry_group import GroupRetried, retry_group
from deskhand.use_cases.take_case import take_case
from tests.making import ACCOUNT
from tests.unit.use_cases.office import Office, word

MOVED = NeedsPerson(
    cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.LAYOUT_CHANGED, step="find_claim")
)
FAULTY = NeedsPerson(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.BOT_FAULTY))
NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND", step="find_claim"))
BOB = Actor(kind=ActorKind.HUMAN, id="bob")
GROUP = "system/LAYOUT_CHANGED/find_claim@payer_portal"


def open_cases(office: Office) -> list[ExceptionCase]:
    with office.store.reading() as tx:
        return tx.cases.find(CaseFilter(unclosed=True), limit=99)


def happen(office: Office, claim: str, outcome: NeedsPerson, *, client: str = "lakeside") -> None:
    office.accept(claim, client=client)
    office.perform(outcome)
    office.clock.turn(timedelta(minutes=1))


def retry_all(office: Office, group: str = GROUP) -> GroupRetried:
    return retry_group(group, word("", reason="repaired"), desk=office.desk)


def test_a_changed_layout_is_one_incident_for_all_clients_of_the_portal(office: Office) -> None:
    office.open_account("hill")
    happen(office, "C-1", MOVED)
    happen(office, "C-2", MOVED, client="hill")
    happen(office, "C-3", MOVED)

    cases = open_cases(office)

    assert {case.incident for case in cases} == {cases[0].id}
    assert {case.cause_group for case in cases} == {GROUP}


def test_other_causes_are_each_accounts_own_and_a_persons_work_is_no_incident(
    office: Office,
) -> None:
    office.open_account("hill")
    happen(office, "C-1", FAULTY)
    happen(office, "C-2", FAULTY, client="hill")
    happen(office, "C-3", NO)

    incidents = {case.reference: case.incident for case in open_cases(office)}

    assert len({incidents["C-1"], incidents["C-2"]}) == 2
    assert incidents["C-3"] is None


def test_causes_are_counted_the_most_frequent_first(office: Office) -> None:
    happen(office, "C-1", NO)
    happen(office, "C-2", MOVED)
    happen(office, "C-3", MOVED)

    with office.store.reading() as tx:
        counted = [(cause.cause_group, cause.count) for cause in tx.case_clocks.causes()]

    assert counted == [
        (GROUP, 2),
        ("business/MEMBER_NOT_FOUND/find_claim@payer_portal/lakeside", 1),
    ]


def test_a_group_is_retried_case_by_case_and_what_is_refused_is_told(office: Office) -> None:
    for claim in ("C-1", "C-2", "C-3"):
        happen(office, claim, MOVED)
    happen(office, "C-4", NO)
    take_case("C-2", by=BOB, desk=office.desk)

    done = retry_all(office)

    assert (done.total, len(done.retried), len(done.refused)) == (3, 2, 1)
    ((refused, reason),) = done.refused
    assert "is with bob" in reason
    assert [case.reference for case in open_cases(office)] == ["C-2", "C-4"]
    assert next(case.id for case in open_cases(office)) == refused


def test_an_account_that_was_held_for_the_cause_is_released_with_its_items(
    office: Office,
) -> None:
    for number in range(SAME_CAUSE_LIMIT):
        happen(office, f"C-{number}", MOVED)
    cases = open_cases(office)
    without_reason = retry_group(GROUP, word("", reason=" "), desk=office.desk)
    left = len(open_cases(office))

    done = retry_all(office)

    assert len({case.incident for case in cases}) == 1
    assert len(cases) == without_reason.total
    assert [reason for _, reason in without_reason.refused] == [
        "releasing an account needs a reason: --reason TEXT"
    ]
    assert left == 1
    assert (done.retried, done.released, done.refused) == ((), (ACCOUNT,), ())
    assert len(office.feed()) == 1


def test_an_incident_goes_on_with_what_is_left_of_it_and_ends_with_its_last_case(
    office: Office,
) -> None:
    happen(office, "C-1", MOVED)
    (first,) = open_cases(office)
    happen(office, "C-2", MOVED)
    take_case("C-2", by=BOB, desk=office.desk)
    retry_all(office, group=first.id)
    office.perform(MOVED)

    again = open_cases(office)
    assert {case.incident for case in again} == {first.id}

    retry_group(GROUP, word("", by=BOB), desk=office.desk)
    office.perform(MOVED)
    (anew, *_) = open_cases(office)
    assert anew.incident == anew.id


def test_a_group_without_an_open_case_is_told(office: Office) -> None:
    with pytest.raises(NotFoundError, match="deskhand exceptions causes"):
        retry_all(office, group="none")
