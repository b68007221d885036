"""An attempt from its beginning to its settlement, and what its owner may write."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.cause import Cause, CauseKind, SystemCode
from deskhand.domain.effect import EffectState
from deskhand.domain.outcome import AwaitProof, Done, Duplicate, NeedsPerson, Outcome, TryLater
from deskhand.domain.work_item import ItemState
from deskhand.errors import FencedError
from deskhand.evidence_stores.folder import FolderEvidenceStore
from deskhand.use_cases.begin_attempt import begin_attempt
from deskhand.use_cases.journal_act import ActJournal
from deskhand.use_cases.journal_step import StepJournal
from deskhand.use_cases.reap_worker import reap_worker
from deskhand.use_cases.sealing import open_json, outputs_context
from tests.making import OTHER_WORKER, WORKER
from tests.unit.use_cases.office import MEMBER, Office

BUSY = TryLater(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.PORTAL_BUSY, step="find_claim"))
BROKEN = NeedsPerson(cause=Cause(kind=CauseKind.SYSTEM, code=SystemCode.LAYOUT_CHANGED))
NO = NeedsPerson(cause=Cause(kind=CauseKind.BUSINESS, code="MEMBER_NOT_FOUND", message="no"))


def test_a_begun_attempt_is_its_workers_and_begins_once(office: Office) -> None:
    office.accept("C-1")
    (attempt,) = office.feed()

    fenced = office.begin(attempt)
    office.register(OTHER_WORKER)
    again = begin_attempt(attempt, store=office.store, clock=office.clock, worker=OTHER_WORKER)

    assert again is None
    with office.store.reading() as tx:
        kept = tx.attempts.get(attempt)
    assert (kept.state, kept.owner, kept.started_at) == (
        AttemptState.RUNNING,
        WORKER,
        office.clock.at,
    )
    assert fenced.attempt == kept


def test_a_worker_that_was_given_up_begins_nothing(office: Office) -> None:
    office.accept("C-1")
    (attempt,) = office.feed()
    office.register()
    reap_worker(WORKER, store=office.store, clock=office.clock)

    assert begin_attempt(attempt, store=office.store, clock=office.clock, worker=WORKER) is None


def test_what_a_step_gave_counts_no_more_once_a_later_attempt_has_skipped_it(
    office: Office, tmp_path: Path
) -> None:
    office.accept("C-1")
    evidence = FolderEvidenceStore(tmp_path, seal=office.seal)
    first = office.begin_next()
    StepJournal(fenced=first, evidence_store=evidence).result("look", action="p.look", value="old")
    office.settle(first, BUSY)
    office.clock.turn(timedelta(hours=1))

    second = StepJournal(fenced=office.begin_next(), evidence_store=evidence)
    second.skipped("look")

    with office.store.reading() as tx:
        kept = [second.opened(result) for result in tx.journal.results_of(first.item.id)]
    assert kept == ["old", None]


def test_a_second_attempt_knows_what_the_first_one_did(office: Office) -> None:
    office.accept("C-1")
    first = office.begin_next()
    effect = office.intend(first)
    act = ActJournal(fenced=first)
    act.confirmed(effect, receipt={"confirmation": "P-1"}, by_proof=False)
    office.settle(first, BUSY)
    office.clock.turn(timedelta(hours=1))

    (attempt,) = office.feed()
    begun = begin_attempt(attempt, store=office.store, clock=office.clock, worker=WORKER)

    assert begun is not None
    assert [(one.step, one.attempt) for one in begun.results] == [
        ("submit_claim", first.attempt.id)
    ]
    assert [one.state for one in begun.effects] == [EffectState.CONFIRMED]


def test_an_attempt_that_is_done_ends_its_item_with_the_portals_number(office: Office) -> None:
    office.accept("C-1")
    fenced = office.begin_next()

    settled = office.settle(fenced, Done(outputs={"number": "P-1"}, portal_number="P-1"))

    item = office.item("C-1")
    assert settled.state is item.state is ItemState.DONE
    assert (item.portal_number, item.tries) == ("P-1", 0)
    assert item.sealed_outputs is not None
    sealed = item.sealed_outputs
    assert open_json(sealed, seal=office.seal, context=outputs_context(item.id)) == {
        "number": "P-1"
    }
    assert office.slots_in_use() == 0
    assert office.types_of(item.id) == [
        "item.created",
        "item.state_changed",
        "attempt.started",
        "attempt.ended",
        "item.state_changed",
    ]


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (Duplicate(portal_number="P-1"), ItemState.DUPLICATE),
        (BUSY, ItemState.WAITING),
        (NO, ItemState.WITH_PERSON),
        (BROKEN, ItemState.WITH_PERSON),
    ],
)
def test_every_ending_frees_the_slot_and_ends_the_attempt(
    office: Office, outcome: Outcome, state: ItemState
) -> None:
    office.accept("C-1")

    settled = office.perform(outcome)

    assert settled.state is office.item("C-1").state is state
    assert office.slots_in_use() == 0
    with office.store.reading() as tx:
        (attempt,) = tx.attempts.of_item(office.item("C-1").id)
    assert attempt.state is AttemptState.ENDED
    assert attempt.ended_at == office.clock.at


def test_a_system_cause_is_tried_again_until_the_tries_are_spent(office: Office) -> None:
    office.accept("C-1")
    states = []

    for _ in range(office.runbook.item_retry.tries):
        states.append(office.perform(BUSY).state)
        office.clock.turn(timedelta(hours=1))

    assert states == [ItemState.WAITING] * (len(states) - 1) + [ItemState.WITH_PERSON]
    item = office.item("C-1")
    assert (item.tries, item.reason) == (len(states), SystemCode.PORTAL_BUSY)
    assert office.feed() == []


def test_an_item_that_shall_wait_is_not_fed_before_its_time(office: Office) -> None:
    office.accept("C-1")
    office.perform(BUSY)
    not_before = office.item("C-1").not_before
    assert not_before is not None

    early = office.feed()
    office.clock.at = not_before
    then = office.feed()

    assert (early, len(then)) == ([], 1)


def test_a_person_is_told_what_is_asked_in_the_queue_of_its_kind(office: Office) -> None:
    office.accept("C-1")
    office.perform(NO)
    office.accept("C-2")
    office.perform(BROKEN)

    with office.store.reading() as tx:
        cases = [tx.cases.of_item(office.item(claim).id)[0] for claim in ("C-1", "C-2")]
    assert [(case.queue, case.code) for case in cases] == [
        ("claims", "MEMBER_NOT_FOUND"),
        ("engineers", SystemCode.LAYOUT_CHANGED),
    ]


def test_an_act_in_doubt_makes_the_item_wait_for_its_proof_and_spends_no_try(
    office: Office,
) -> None:
    office.accept("C-1")
    fenced = office.begin_next()
    effect = office.intend(fenced)

    settled = office.settle(fenced, BUSY)

    assert isinstance(settled.outcome, AwaitProof)
    item = office.item("C-1")
    assert (item.state, item.not_before, item.tries) == (ItemState.WAITING, effect.ask_at, 0)


def reaped(office: Office) -> Any:
    """Begin an attempt, and have its worker taken for dead."""
    office.register()
    office.accept("C-1")
    fenced = office.begin_next()
    effect = office.intend(fenced)
    reap_worker(WORKER, store=office.store, clock=office.clock)
    return fenced, effect


def test_a_worker_that_was_taken_for_dead_writes_nothing_any_more(office: Office) -> None:
    fenced, effect = reaped(office)
    act = ActJournal(fenced=fenced)
    before = office.types_of(fenced.item.id)

    for write in (
        lambda: office.settle(fenced, Done()),
        lambda: act.confirmed(effect, receipt={}, by_proof=False),
        lambda: act.unknown(effect, why="timeout"),
        lambda: act.proof_asked(effect, answer="unsure"),
        lambda: office.intend(fenced, act_no=2),
    ):
        with pytest.raises(FencedError):
            write()

    assert office.types_of(fenced.item.id) == before
    assert office.item("C-1").state is ItemState.WAITING


def test_nothing_may_leave_for_the_portal_when_the_attempt_is_anothers_or_it_is_late(
    office: Office,
) -> None:
    office.accept("C-1")
    fenced = office.begin_next()
    effect = office.intend(fenced)
    act = ActJournal(fenced=fenced)

    in_time = act.may_leave(effect)
    office.clock.at = effect.act_by
    late = act.may_leave(effect)
    office.clock.at = effect.intended_at
    office.settle(fenced, BUSY)
    settled = act.may_leave(effect)

    assert (in_time, late, settled) == (True, False, False)


def test_no_record_holds_a_sensitive_value(office: Office) -> None:
    office.accept("C-1")
    fenced = office.begin_next()
    act = ActJournal(fenced=fenced)
    act.confirmed(office.intend(fenced), receipt={"member": MEMBER}, by_proof=True)
    office.settle(fenced, Done(outputs={"member": MEMBER}))

    with office.store.reading() as tx:
        bodies = b"".join(row.body for row in tx.audit_log.all())

    assert b"C-1" in bodies
    assert MEMBER.encode() not in bodies
