"""What people should know is read off the log and the tables, and noted once."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from deskhand.domain.cause import SystemCode
from deskhand.domain.exception_case import CaseKind, Told
from deskhand.domain.intake_file import FileState
from deskhand.domain.notification import Rule
from deskhand.domain.notify_rules import NotifyBook, rule_of
from deskhand.domain.queue import QueueBook
from deskhand.domain.schedule import SlotState
from deskhand.ports.notices import (
    SETTLES_AFTER,
    Backlog,
    Burst,
    HeldItems,
    LogReading,
    NotedRecord,
)
from deskhand.ports.notifications import NotificationFilter
from deskhand.ports.store import Store
from deskhand.use_cases.note_facts import Lookout, note_facts
from tests.contracts.stores.noted_cases import HOUR, a_clocked_case, close, opened, say
from tests.contracts.stores.racing import race
from tests.making import (
    ACCOUNT,
    NOW,
    OTHER_WORKER,
    WORKER,
    HandClock,
    a_case,
    a_file,
    add_case,
    add_items,
    an_entry,
    an_item,
    health,
    hold,
)
from tests.making_triggers import a_slot, add_slot


@pytest.fixture(autouse=True)
def _items(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, *[an_item(f"i{number}") for number in range(6)])


def records(store: Store, *, after: int = 0, limit: int = 99) -> list[NotedRecord]:
    with store.reading() as tx:
        return tx.notices.records(after=after, limit=limit)


def test_records_that_people_may_be_told_of_come_with_what_the_tables_say(store: Store) -> None:
    with store.transaction() as tx:
        case = say(tx, opened(tx, a_clocked_case(1)), Told.RISK)
        say(tx, case, Told.OVERDUE)
        hold(tx, health())
        opened(tx, a_case("held", item=None, kind=CaseKind.SYSTEM, cause_group="stop/CAPTCHA/"))
        opened(tx, a_clocked_case(2, kind=CaseKind.APPROVAL))
        opened(tx, a_clocked_case(3, code=SystemCode.SEAL_BROKEN))
        add_slot(tx, slot := a_slot(state=SlotState.SKIPPED, reason="passed"))
        tx.record(an_entry(slot.stream, slot.subject, "skipped", type="trigger.skipped"))
        file = a_file(state=FileState.REFUSED, client="hill")
        tx.record(an_entry(file.stream, "file", "refused", type="file.refused"))
        tx.files.add(file)
        tx.record(an_entry("log", "log", type="audit.verified"))

    found = records(store)

    assert [(one.type, one.case, one.queue, one.client) for one in found] == [
        ("case.at_risk", "i1-1", "claims", "lakeside"),
        ("case.overdue", "i1-1", "claims", "lakeside"),
        ("case.opened", "held", "claims", "lakeside"),
        ("case.opened", "i2-1", "claims", "lakeside"),
        ("case.opened", "i3-1", "claims", "lakeside"),
        ("trigger.skipped", None, None, slot.client),
        ("file.refused", None, None, "hill"),
        ("audit.verified", None, None, None),
    ]
    assert found[0].due_at == NOW + HOUR
    assert found[2].cause_group == "stop/CAPTCHA/"
    assert found[5].reason == "passed"
    assert b'"audit.verified"' in found[-1].body
    assert records(store, after=found[2].position, limit=1) == found[3:4]


def test_how_far_the_log_was_read_is_kept(store: Store) -> None:
    with store.transaction() as tx:
        head = tx.notices.head()
        before = tx.notices.reading()
        first = LogReading(begun_at=NOW, settled=head, seen=head, seen_at=NOW)
        tx.notices.save_reading(first)
        tx.notices.save_reading(further := replace(first, settled=head + 1))

    with store.reading() as tx:
        assert (before, tx.notices.reading()) == (None, further)
    assert head == 6


def test_where_records_are_committed_out_of_order_they_are_read_again_for_a_while() -> None:
    begun = LogReading(begun_at=NOW, settled=10, seen=10, seen_at=NOW)
    later = NOW + SETTLES_AFTER

    soon = begun.up_to(20, now=later - timedelta(seconds=1), in_order=False)
    once = begun.up_to(20, now=later, in_order=False)
    twice = once.up_to(30, now=later + SETTLES_AFTER, in_order=False)

    assert soon == begun
    assert [(one.settled, one.seen) for one in (once, twice)] == [(10, 20), (20, 30)]
    assert begun.up_to(20, now=NOW, in_order=True).settled == 20


def test_bursts_are_counted_by_cause_and_place(store: Store) -> None:
    with store.transaction() as tx:
        add_case(tx, a_clocked_case(0, cause_group="g"))
        add_case(tx, a_clocked_case(1, cause_group="g"))
        add_case(tx, a_clocked_case(2, cause_group="g", client="hill"))
        add_case(tx, a_clocked_case(3, cause_group="g", opened_at=NOW - HOUR))
        add_case(tx, a_clocked_case(4, cause_group="g", kind=CaseKind.APPROVAL))

    with store.reading() as tx:
        bursts = tx.notices.bursts(since=NOW - timedelta(minutes=10))

    assert sorted(bursts, key=lambda one: one.client) == [
        Burst(cause_group="g", queue="claims", client="hill", count=1),
        Burst(cause_group="g", queue="claims", client="lakeside", count=2),
    ]


def test_what_is_open_is_counted_by_how_urgent_it_is(store: Store) -> None:
    with store.transaction() as tx:
        add_case(tx, a_clocked_case(0))
        add_case(tx, a_clocked_case(1, told=Told.OVERDUE))
        add_case(tx, a_clocked_case(2, told=Told.OVERDUE, due_at=NOW - HOUR))
        close(tx, add_case(tx, a_clocked_case(3, told=Told.OVERDUE)))

    with store.reading() as tx:
        backlog, overdue = tx.notices.backlog(), tx.notices.overdue()

    late = Backlog(
        told=Told.OVERDUE, queue="claims", client="lakeside", count=2, first_due=NOW - HOUR
    )
    assert overdue == [late]
    assert sorted(backlog, key=lambda one: one.told.value) == [
        replace(late, told=Told.NOTHING, count=1, first_due=NOW + HOUR),
        late,
    ]


def test_the_last_act_of_a_queue_is_a_taking_or_a_closing(store: Store) -> None:
    with store.transaction() as tx:
        never = tx.notices.last_act("claims")
        case = add_case(tx, a_clocked_case(0))
        seq = tx.record(an_entry(case.stream, f"case:{case.id}", "taken"))
        tx.cases.save(taken := case.taken(by="ann", at=NOW, audit_seq=seq))
        after_taking = tx.notices.last_act("claims")
        close(tx, taken)
        after_closing = tx.notices.last_act("claims")

    assert (never, after_taking, after_closing) == (None, NOW, NOW + HOUR)


def test_items_of_held_accounts_are_counted_up_to_a_limit(store: Store) -> None:
    with store.transaction() as tx:
        before = tx.notices.held_items(limit=4)
        hold(tx, health())
        held = tx.notices.held_items(limit=4)

    assert before == []
    assert held == [HeldItems(account=ACCOUNT, held_at=NOW, count=4)]


def test_records_that_are_read_again_for_a_while_are_noted_once(store: Store) -> None:
    clock = HandClock()
    rules = NotifyBook(rules=(rule_of(Rule.CASE_OVERDUE, to=("ann",)),))
    lookout = Lookout(store=store, clock=clock, book=rules, queues=QueueBook())
    note_facts(lookout=lookout, holder=WORKER)
    for number in range(4):
        with store.transaction() as tx:
            say(tx, opened(tx, a_clocked_case(number)), Told.OVERDUE)
        note_facts(lookout=lookout, holder=WORKER)
        clock.turn(SETTLES_AFTER / 2)

    for _ in range(6):
        note_facts(lookout=lookout, holder=WORKER)
        clock.turn(SETTLES_AFTER)

    with store.reading() as tx:
        noted = tx.notifications.find(NotificationFilter(), limit=9)
        reading = tx.notices.reading()
        left = tx.notices.records(after=reading.settled if reading else 0, limit=9)
    assert [one.count for one in noted] == [4]
    assert left == []


def test_racing_hosts_note_each_fact_once(store: Store) -> None:
    clock = HandClock()
    rules = NotifyBook(rules=(rule_of(Rule.CASE_OVERDUE, to=("ann", "bob")),))
    lookout = Lookout(store=store, clock=clock, book=rules, queues=QueueBook())
    note_facts(lookout=lookout, holder=WORKER)
    with store.transaction() as tx:
        for number in range(5):
            say(tx, opened(tx, a_clocked_case(number)), Told.OVERDUE)

    holders = (WORKER, OTHER_WORKER) * 2
    _, raised = race(*[partial(note_facts, lookout=lookout, holder=holder) for holder in holders])

    with store.reading() as tx:
        noted = tx.notifications.find(NotificationFilter(), limit=9)
    assert raised == []
    assert sorted((one.target, one.count) for one in noted) == [("ann", 5), ("bob", 5)]
