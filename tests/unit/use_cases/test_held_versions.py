"""One critical finding holds the version of the runbook; others go on; a person releases it."""

import json
from dataclasses import replace

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.entry import Actor, ActorKind
from deskhand.domain.exception_case import CaseKind, CaseState, Decision, ExceptionCase
from deskhand.domain.outcome import TryLater
from deskhand.domain.quality import Grade, RunbookHold
from deskhand.domain.queue import Person, Queue, QueueBook
from deskhand.domain.work_item import ItemState
from deskhand.errors import DecisionRefusedError, NotFoundError
from deskhand.ports.case_store import CaseFilter
from deskhand.use_cases.begin_attempt import begin_attempt
from deskhand.use_cases.hold_version import QUALITY_CRITICAL, VersionRelease, release_version
from deskhand.use_cases.retry_group import retry_group
from deskhand.use_cases.settle_case import settle_case
from deskhand.use_cases.tell_story import item_story
from deskhand.use_cases.watch_progress import progress
from tests.making import ANN, WORKER
from tests.making_quality import checking
from tests.unit.use_cases.office import Office, word
from tests.unit.use_cases.rechecking import DONE, QUE, answered, finish, graded

BOB = Actor(kind=ActorKind.HUMAN, id="os-user", asserted="bob")


def find_critical(office: Office, claim: str = "C-1") -> RunbookHold:
    """Let a bot finish a claim, and a person find that it is badly wrong."""
    finish(office, claim)
    answered(office, claim, total="9.00")
    hold = graded(office, Grade.CRITICAL, claim, note="another patient's claim").hold
    assert hold is not None
    return hold


def incidents(office: Office) -> list[ExceptionCase]:
    with office.store.reading() as tx:
        return tx.cases.find(CaseFilter(code=QUALITY_CRITICAL), limit=10)


def release(office: Office, *, by: Actor = ANN, reason: str = "fixed the bot") -> RunbookHold:
    said = VersionRelease(runbook="claims.tiny", number=1, by=by, reason=reason)
    return release_version(said, store=office.store, clock=office.clock, book=office.book)


def test_no_attempt_of_a_held_version_begins_and_one_case_says_why(checked_office: Office) -> None:
    hold = find_critical(checked_office)
    checked_office.accept("C-2")

    (case,) = incidents(checked_office)
    assert checked_office.feed() == []
    assert (hold.held_by, hold.number, hold.case) == ("que", 1, case.id)
    assert (case.kind, case.item, case.queue) == (CaseKind.SYSTEM, None, "quality")
    assert case.reference == "claims.tiny version 1"


def test_an_attempt_that_was_handed_out_before_is_given_back(checked_office: Office) -> None:
    finish(checked_office)
    answered(checked_office, total="9.00")
    checked_office.accept("C-2")
    (enqueued,) = checked_office.feed()
    graded(checked_office, Grade.CRITICAL, note="wrong")
    checked_office.register()

    begun = begin_attempt(
        enqueued, store=checked_office.store, clock=checked_office.clock, worker=WORKER
    )

    with checked_office.store.reading() as tx:
        attempt = tx.attempts.get(enqueued)
    assert begun is None
    assert attempt.state is AttemptState.LOST
    assert checked_office.item("C-2").state is ItemState.WAITING
    assert checked_office.slots_in_use() == 0


def test_an_attempt_that_runs_is_finished(checked_office: Office) -> None:
    checked_office.open_account("lakeside", at_once=2)
    finish(checked_office)
    answered(checked_office, total="9.00")
    checked_office.accept("C-2")
    running = checked_office.begin_next()

    graded(checked_office, Grade.CRITICAL, note="wrong")
    checked_office.settle(running, DONE)

    assert checked_office.item("C-2").state is ItemState.DONE


def test_an_item_that_was_to_be_tried_again_waits_for_the_release(checked_office: Office) -> None:
    checked_office.open_account("lakeside", at_once=2)
    finish(checked_office)
    answered(checked_office, total="9.00")
    checked_office.accept("C-2")
    running = checked_office.begin_next()
    graded(checked_office, Grade.CRITICAL, note="wrong")
    busy = TryLater(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.PORTAL_BUSY))
    checked_office.settle(running, busy)
    checked_office.clock.turn(checked_office.runbook.item_retry.max)

    assert checked_office.feed() == []
    release(checked_office)
    assert len(checked_office.feed()) == 1


def test_other_versions_and_items_behind_the_held_ones_go_on(checked_office: Office) -> None:
    find_critical(checked_office)
    checked_office.accept("C-2")
    checked_office.source += "title: the bot is told better\n"
    checked_office.accept("C-3")

    fenced = checked_office.begin_next()

    assert fenced.item.reference == "C-3"


def test_nothing_is_at_work_while_only_held_items_wait(checked_office: Office) -> None:
    hold = find_critical(checked_office)
    checked_office.accept("C-2")

    far = progress(store=checked_office.store, accounts=checked_office.accounts)

    assert far.at_rest
    assert far.held_versions == (hold,)


def test_the_story_of_an_item_says_why_it_waits(checked_office: Office) -> None:
    hold = find_critical(checked_office)
    checked_office.accept("C-2")

    story = item_story(
        "C-2",
        store=checked_office.store,
        seal=checked_office.seal,
        library=checked_office.library,
    )

    assert story.hold == hold


def test_others_are_told_once_of_each_hold(checked_office: Office) -> None:
    first = find_critical(checked_office)
    release(checked_office)
    again = find_critical(checked_office, "C-2")

    with checked_office.store.reading() as tx:
        told = tx.dispatches.unaddressed(limit=9)
    assert [(event.event, event.subject) for event in told] == [
        ("runbook.version_held", first.case),
        ("runbook.version_held", again.case),
    ]
    assert json.loads(told[0].body) == {
        "runbook": "claims.tiny",
        "version": 1,
        "case": first.case,
    }


def test_a_second_critical_finding_opens_no_second_case(checked_office: Office) -> None:
    finish(checked_office, "C-2")
    first = find_critical(checked_office)
    answered(checked_office, "C-2", total="9.00")

    second = graded(checked_office, Grade.CRITICAL, "C-2", note="this one, too").hold

    assert second == first
    assert len(incidents(checked_office)) == 1


@pytest.mark.parametrize("grade", [Grade.PASS, Grade.MINOR])
def test_any_other_grade_holds_nothing(checked_office: Office, grade: Grade) -> None:
    finish(checked_office)
    answered(checked_office)

    assert graded(checked_office, grade, note="no harm").hold is None
    assert incidents(checked_office) == []


def test_a_release_lets_attempts_begin_and_closes_the_case(checked_office: Office) -> None:
    find_critical(checked_office)
    checked_office.accept("C-2")

    free = release(checked_office)

    (case,) = incidents(checked_office)
    assert not free.held
    assert (case.state, case.decision, case.closed_by) == (
        CaseState.CLOSED,
        Decision.RELEASE,
        "ann",
    )
    assert checked_office.perform(DONE).state is ItemState.DONE


def test_a_version_that_was_released_can_be_held_again(checked_office: Office) -> None:
    find_critical(checked_office)
    release(checked_office)

    again = find_critical(checked_office, "C-2")

    assert again.held
    assert [case.state for case in incidents(checked_office)] == [CaseState.CLOSED, CaseState.OPEN]


def test_a_release_needs_a_reason_a_held_version_and_the_role(checked_office: Office) -> None:
    checked_office.quality = checking(hold_queue="quality-leads")
    checked_office.book = QueueBook(
        queues={"quality-leads": Queue(name="quality-leads", role="lead")},
        people={
            "ann": Person(name="ann", roles=frozenset({"lead"})),
            "que": Person(name="que"),
        },
    )
    find_critical(checked_office)

    with pytest.raises(DecisionRefusedError, match="needs a reason"):
        release(checked_office, reason=" ")
    with pytest.raises(DecisionRefusedError, match="not for que"):
        release(checked_office, by=QUE)
    with pytest.raises(DecisionRefusedError, match="not for bob"):
        release(checked_office, by=BOB)
    release(checked_office)
    with pytest.raises(DecisionRefusedError, match="version 1 is not held"):
        release(checked_office)
    with pytest.raises(NotFoundError, match=r"claims\.tiny version 7"):
        release_version(
            VersionRelease(runbook="claims.tiny", number=7, by=ANN, reason="x"),
            store=checked_office.store,
            clock=checked_office.clock,
            book=checked_office.book,
        )


def test_the_case_of_a_held_version_is_closed_by_the_release_alone(checked_office: Office) -> None:
    find_critical(checked_office)
    (case,) = incidents(checked_office)

    with pytest.raises(DecisionRefusedError, match=r"quality release claims\.tiny 1"):
        settle_case(word(case.id), desk=checked_office.desk)
    refused = retry_group(case.cause_group, replace(word(""), case=""), desk=checked_office.desk)

    ((_, why),) = refused.refused
    assert "quality release claims.tiny 1" in why
    assert incidents(checked_office)[0].state is CaseState.OPEN
