from datetime import timedelta

import pytest

from deskhand.domain.attempt import AttemptState
from deskhand.domain.cause import Cause, CauseKind
from deskhand.domain.identifiers import AttemptId
from deskhand.domain.outcome import Done, NeedsPerson
from deskhand.domain.work_item import ItemState
from deskhand.use_cases.feed_engine import LEASE
from tests.making import OTHER_WORKER, WORKER
from tests.unit.use_cases.office import MemoryEngine, Office

STOP = NeedsPerson(cause=Cause(kind=CauseKind.STOP, code="CAPTCHA"))


def references(office: Office, attempts: list[AttemptId]) -> list[str]:
    with office.store.reading() as tx:
        return [tx.items.get(tx.attempts.get(one).item).reference for one in attempts]


def test_an_item_gets_an_attempt_a_slot_and_a_place_in_the_engines_queue(office: Office) -> None:
    office.accept("C-1")

    (attempt,) = office.feed()

    item = office.item("C-1")
    assert attempt == f"{item.id}:1"
    assert (item.state, item.attempts, item.tries) == (ItemState.PERFORMING, 1, 0)
    assert office.engine.enqueued == [attempt]
    assert office.engine.priorities == [item.priority]
    assert office.slots_in_use() == 1
    with office.store.reading() as tx:
        assert tx.attempts.get(attempt).state is AttemptState.ENQUEUED


def test_an_account_gets_no_more_attempts_than_it_has_slots(office: Office) -> None:
    account = office.open_account("lakeside", at_once=2)
    office.accept("C-1", "C-2", "C-3")

    first, second = office.feed()
    nothing = office.feed()
    office.settle(office.begin(first), Done())
    third = office.feed()

    assert (nothing, len(third)) == ([], 1)
    assert third[0] not in (first, second)
    assert office.slots_in_use(account) == 2


def test_a_smaller_limit_holds_from_now_on_and_ends_nothing(office: Office) -> None:
    office.open_account("lakeside", at_once=2)
    office.accept("C-1", "C-2", "C-3")
    first, _ = office.feed()

    office.open_account("lakeside", at_once=1)
    office.settle(office.begin(first), Done())

    assert office.feed() == []


def test_no_more_attempts_are_open_than_wanted_over_all_accounts(office: Office) -> None:
    for client in ("lakeside", "hill", "river"):
        office.open_account(client, at_once=4)
        office.accept(*[f"{client}-{number}" for number in range(4)], client=client)

    fed = office.feed(at_most=5)

    assert len(fed) == 5
    assert office.feed(at_most=5) == []
    clients = {reference.split("-")[0] for reference in references(office, fed)}
    assert clients == {"lakeside", "hill", "river"}


def test_a_busy_account_does_not_starve_an_idle_one(office: Office) -> None:
    office.open_account("lakeside", at_once=4)
    office.accept("C-1", "C-2", "C-3", "C-4")
    first, second = office.feed(at_most=2)
    office.open_account("hill")
    office.accept("H-1", client="hill")

    office.settle(office.begin(first), Done())
    (fed,) = office.feed(at_most=2)

    assert references(office, [fed]) == ["H-1"]
    assert second != fed


def test_a_held_account_gets_nothing_until_it_may_work_again(office: Office) -> None:
    office.accept("C-1", "C-2")

    office.perform(STOP)

    assert office.feed() == []
    assert office.item("C-2").state is ItemState.WAITING


def test_items_of_an_account_that_is_not_listed_wait(office: Office) -> None:
    office.accept("C-1", client="unlisted")

    assert office.feed() == []


def test_one_feeder_feeds_at_a_time_and_the_next_takes_over_when_its_lease_runs_out(
    office: Office,
) -> None:
    office.open_account("lakeside", at_once=9)
    office.accept("C-1")
    office.feed(holder=WORKER)
    office.accept("C-2")

    meanwhile = office.feed(holder=OTHER_WORKER)
    office.clock.turn(LEASE - timedelta(microseconds=1))
    almost = office.feed(holder=OTHER_WORKER)
    office.clock.turn(timedelta(microseconds=1))
    then = office.feed(holder=OTHER_WORKER)
    office.accept("C-3")

    assert (meanwhile, almost, len(then)) == ([], [], 1)
    assert office.feed(holder=WORKER) == []


class DeadEngineError(Exception):
    """What an engine may raise when it cannot take an attempt."""


class DeadEngine(MemoryEngine):
    def enqueue(self, connection: object, attempt: AttemptId, *, priority: int) -> None:
        raise DeadEngineError


def test_an_engine_that_takes_nothing_leaves_the_item_waiting(office: Office) -> None:
    office.accept("C-1")
    office.engine = DeadEngine()

    with pytest.raises(DeadEngineError):
        office.feed()

    item = office.item("C-1")
    assert (item.state, item.attempts, item.version) == (ItemState.WAITING, 0, 1)
    assert office.types_of(item.id) == ["item.created"]
    assert office.slots_in_use() == 0
