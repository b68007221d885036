"""Accounts that must rest, and the person who lets them work again."""

from datetime import timedelta

import pytest

from deskhand.domain.account import SAME_CAUSE_LIMIT
from deskhand.domain.attempt import AttemptState
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import CaseState, Decision, ExceptionCase
from deskhand.domain.outcome import Done, NeedsPerson, Outcome, TryLater
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError
from deskhand.use_cases.begin_attempt import begin_attempt
from deskhand.use_cases.hold_account import Release, release_account
from deskhand.use_cases.keep_login import LOCK_FOR, load_login, lock_login, save_login, unlock_login
from deskhand.use_cases.take_case import take_case
from tests.making import ACCOUNT, ANN, BOT, WORKER
from tests.unit.use_cases.office import Office

CAPTCHA = NeedsPerson(cause=Cause(kind=CauseKind.STOP, code="CAPTCHA", message="a captcha"))
NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND"))


def busy(code: str = SystemCode.PORTAL_BUSY) -> Outcome:
    return TryLater(cause=Cause(kind=CauseKind.SYSTEM, code=code))


def about_account(office: Office) -> list[ExceptionCase]:
    with office.store.reading() as tx:
        found = tx.cases.open_of_account(ACCOUNT)
    return [] if found is None else [found]


def held(office: Office) -> bool:
    with office.store.transaction() as tx:
        return tx.accounts.health(ACCOUNT).held


def meet(office: Office, *outcomes: Outcome) -> None:
    """Let a new item meet each outcome."""
    with office.store.reading() as tx:
        count = tx.audit_log.count()
    for number, outcome in enumerate(outcomes):
        office.accept(f"C-{count}-{number}")
        office.perform(outcome)


def release(office: Office, reason: str = "solved it") -> None:
    word = Release(account=ACCOUNT, by=ANN, reason=reason)
    release_account(word, store=office.store, clock=office.clock, book=office.book)


def test_a_cause_that_must_stop_holds_the_account_at_once_with_one_case(office: Office) -> None:
    meet(office, CAPTCHA)

    (case,) = about_account(office)
    assert held(office)
    assert (case.item, case.code, case.queue) == (None, "CAPTCHA", "engineers")
    assert case.state is CaseState.OPEN


def test_a_second_attempt_that_meets_the_same_opens_no_second_case(office: Office) -> None:
    office.open_account("lakeside", at_once=2)
    office.accept("C-1", "C-2")
    first, second = (office.begin(attempt) for attempt in office.feed())

    office.settle(first, CAPTCHA)
    office.settle(second, CAPTCHA)

    assert len(about_account(office)) == 1
    states = {office.item(claim).state for claim in ("C-1", "C-2")}
    assert states == {ItemState.WAITING}
    assert {office.item(claim).tries for claim in ("C-1", "C-2")} == {0}


def test_an_attempt_that_was_handed_out_before_the_hold_is_given_back(office: Office) -> None:
    office.open_account("lakeside", at_once=2)
    office.accept("C-1", "C-2")
    first, second = office.feed()
    office.settle(office.begin(first), CAPTCHA)

    begun = begin_attempt(second, store=office.store, clock=office.clock, worker=WORKER)

    with office.store.reading() as tx:
        assert tx.attempts.get(second).state is AttemptState.LOST
    assert begun is None
    assert (office.item("C-2").state, office.item("C-2").tries) == (ItemState.WAITING, 0)
    assert (office.slots_in_use(), office.feed()) == (0, [])


def test_the_same_system_cause_again_and_again_holds_the_account(office: Office) -> None:
    meet(office, *[busy()] * (SAME_CAUSE_LIMIT - 1))
    before = held(office)

    meet(office, busy())

    assert (before, held(office)) == (False, True)
    (case,) = about_account(office)
    assert case.code == SystemCode.PORTAL_BUSY


@pytest.mark.parametrize(
    "code", [SystemCode.PORTAL_UNSURE, SystemCode.STORE_AWAY, SystemCode.WORKER_LOST]
)
def test_what_is_said_of_one_record_or_of_our_own_machines_does_not_hold_the_account(
    office: Office, code: str
) -> None:
    meet(office, *[busy(code)] * 2 * SAME_CAUSE_LIMIT)

    assert not held(office)


def test_what_the_portal_cannot_tell_yet_does_not_hide_that_it_is_in_trouble(
    office: Office,
) -> None:
    meet(office, *[busy(SystemCode.PORTAL_UNSURE), busy()] * SAME_CAUSE_LIMIT)

    assert held(office)


@pytest.mark.parametrize("between", [Done(), NO, busy(SystemCode.TRANSIENT)])
def test_an_answer_or_another_cause_in_between_starts_the_count_anew(
    office: Office, between: Outcome
) -> None:
    meet(office, *[busy()] * (SAME_CAUSE_LIMIT - 1), between, *[busy()] * (SAME_CAUSE_LIMIT - 1))

    assert not held(office)


def test_a_released_account_works_again_its_case_is_closed_and_its_count_is_new(
    office: Office,
) -> None:
    meet(office, CAPTCHA)
    (case,) = about_account(office)

    release(office)

    assert not held(office)
    assert about_account(office) == []
    with office.store.transaction() as tx:
        closed = tx.cases.get(case.id)
    assert (closed.decision, closed.closed_by) == (Decision.RELEASE, "ann")
    assert len(office.feed()) == 1


def test_an_account_is_not_released_behind_the_back_of_who_is_at_it(office: Office) -> None:
    meet(office, CAPTCHA)
    (case,) = about_account(office)
    bob = Actor(kind=ActorKind.HUMAN, id="os-user", asserted="bob")
    take_case(case.id, by=bob, desk=office.desk)

    with pytest.raises(DecisionRefusedError, match="is with bob"):
        release(office)

    assert held(office)


def test_an_account_that_must_stop_again_gets_a_case_of_its_own(office: Office) -> None:
    meet(office, CAPTCHA)
    (first,) = about_account(office)
    release(office)

    office.settle(office.begin_next(), CAPTCHA)

    (second,) = about_account(office)
    assert second.id != first.id


def test_a_release_needs_a_reason_and_a_held_account(office: Office) -> None:
    with pytest.raises(DecisionRefusedError, match="is not held"):
        release(office)
    meet(office, CAPTCHA)

    with pytest.raises(DecisionRefusedError, match="needs a reason"):
        release(office, reason="  ")

    assert held(office)


def test_a_login_is_kept_sealed_and_its_keeping_recorded(office: Office) -> None:
    def save(state: bytes | None) -> None:
        save_login(ACCOUNT, state, by=BOT, store=office.store, seal=office.seal, clock=office.clock)

    save(b"cookies")
    kept = load_login(ACCOUNT, store=office.store, seal=office.seal)
    with office.store.reading() as tx:
        sealed = tx.accounts.login(ACCOUNT)
        types = [row.type for row in tx.audit_log.of_stream(f"account:{ACCOUNT}")]
    save(None)
    forgotten = load_login(ACCOUNT, store=office.store, seal=office.seal)

    assert (kept, forgotten) == (b"cookies", None)
    assert sealed is not None
    assert b"cookies" not in sealed
    assert types == ["portal.login"]


def test_a_login_lock_outlives_its_holder_for_two_minutes_at_most(office: Office) -> None:
    def lock(holder: str) -> bool:
        return lock_login(ACCOUNT, holder=holder, store=office.store, clock=office.clock)

    got = [lock("a"), lock("b")]
    office.clock.turn(LOCK_FOR)
    got.append(lock("b"))
    unlock_login(ACCOUNT, holder="a", store=office.store)
    got.append(lock("c"))
    unlock_login(ACCOUNT, holder="b", store=office.store)
    got.append(lock("c"))

    assert got == [True, False, True, False, True]
    assert timedelta(minutes=2) == LOCK_FOR
