"""What people were told is kept, and what they are to be told."""

from datetime import timedelta
from functools import partial

import pytest

from deskhand.domain.identifiers import CaseId, NotificationId
from deskhand.domain.notification import Line, NotificationState, Rule
from deskhand.errors import IllegalMoveError, NotFoundError, StoreConflictError
from deskhand.ports.notifications import NotificationFilter
from deskhand.ports.store import Store
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.note_facts import take_lease
from tests.contracts.stores.noted_cases import HOUR, a_clocked_case, close
from tests.contracts.stores.racing import race
from tests.making import (
    ANN,
    NOW,
    OTHER_WORKER,
    WORKER,
    HandClock,
    add_case,
    add_items,
    an_item,
)
from tests.making_notifications import a_fact, a_left, a_notification, end


@pytest.fixture(autouse=True)
def _items(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, *[an_item(f"i{number}") for number in range(6)])


def test_a_notification_comes_back_as_it_was_kept(store: Store) -> None:
    with store.transaction() as tx:
        tx.notifications.add(due := a_notification(count=2))
        tx.notifications.save(left := a_left(due, count=1, wakes=True))

    with store.reading() as tx:
        assert tx.notifications.get(due.id) == left
        assert tx.notifications.known(due.id)
        assert not tx.notifications.known(NotificationId("other"))
        with pytest.raises(NotFoundError):
            tx.notifications.get(NotificationId("other"))


def test_facts_are_counted_by_rule_and_place(store: Store) -> None:
    facts = [
        a_fact("log:1", due_at=NOW + HOUR),
        a_fact("log:2", due_at=NOW),
        a_fact("log:3", client="hill"),
        a_fact("burst", Rule.CAUSE_BURST, count=30),
    ]
    with store.transaction() as tx:
        tx.notifications.add(into := a_notification())
        tx.notifications.take_up(into, facts, at=NOW)
        tx.notifications.take_up(into, [], at=NOW)

    with store.reading() as tx:
        assert tx.notifications.lines(into.id) == [
            Line(rule=Rule.CASE_OVERDUE, queue="claims", client="hill", count=1),
            Line(rule=Rule.CASE_OVERDUE, queue="claims", client="lakeside", count=2, first_due=NOW),
            Line(rule=Rule.CAUSE_BURST, queue="claims", client="lakeside", count=30),
        ]
        assert tx.notifications.noticed("ann", ["log:1", "log:9"]) == {"log:1": NOW}
        assert tx.notifications.noticed("bob", ["log:1"]) == {}
    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.notifications.take_up(into, facts[:1], at=NOW)


def test_what_is_about_a_closed_case_is_told_no_more_and_still_known(store: Store) -> None:
    with store.transaction() as tx:
        close(tx, add_case(tx, a_clocked_case(0)))
        add_case(tx, a_clocked_case(1))
        tx.notifications.add(into := a_notification())
        facts = [
            a_fact("log:1", case=CaseId("i0-1")),
            a_fact("log:2", case=CaseId("i1-1")),
            a_fact("log:3", Rule.CASE_AT_RISK, case=CaseId("i1-1")),
            a_fact("log:4", Rule.FILE_REFUSED),
        ]
        tx.notifications.take_up(into, facts, at=NOW)
        tx.notifications.forget_closed(into.id)

        left = tx.notifications.lines(into.id)
        known = tx.notifications.noticed("ann", [fact.key for fact in facts])

    assert [(line.rule, line.count) for line in left] == [
        (Rule.CASE_OVERDUE, 1),
        (Rule.FILE_REFUSED, 1),
    ]
    assert len(known) == 4


@pytest.mark.parametrize(
    ("wakes", "due", "woken"),
    [
        (True, None, True),
        (False, -HOUR, False),
        (None, -HOUR, True),
        (None, HOUR, False),
        (None, None, False),
    ],
)
def test_a_notification_wakes_people_for_what_cannot_wait(
    store: Store, wakes: bool | None, due: timedelta | None, woken: bool
) -> None:
    due_at = None if due is None else NOW + due
    with store.transaction() as tx:
        tx.notifications.add(into := a_notification())
        facts = [a_fact("log:1"), a_fact("log:2", wakes=wakes, due_at=due_at)]
        tx.notifications.take_up(into, facts, at=NOW)

    with store.reading() as tx:
        assert tx.notifications.wakes(into.id, before=NOW) is woken


def test_the_latest_is_of_a_target_and_a_topic_and_was_not_dropped(store: Store) -> None:
    with store.transaction() as tx:
        tx.notifications.add(first := a_notification("n1", opened_at=NOW))
        tx.notifications.add(dropped := a_notification("n2", opened_at=NOW + HOUR))
        tx.notifications.add(a_notification("n3", topic="morning", opened_at=NOW + HOUR))
        tx.notifications.add(a_notification("n4", target="bob", opened_at=NOW + HOUR))
        end(tx, dropped, NotificationState.DROPPED)

        assert tx.notifications.latest("ann", "case.overdue") == first
        assert tx.notifications.latest("ann", "case.at_risk") is None


def test_what_is_due_is_found_until_it_has_ended(store: Store) -> None:
    with store.transaction() as tx:
        tx.notifications.add(first := a_notification("n1", next_try_at=NOW))
        tx.notifications.add(second := a_notification("n2", next_try_at=NOW - HOUR))
        tx.notifications.add(a_notification("n3", next_try_at=NOW + HOUR))
        due = tx.notifications.due(now=NOW, limit=9)
        waiting = tx.notifications.waiting(now=NOW)
        for one in (first, second):
            end(tx, one)
        none_left = tx.notifications.waiting(now=NOW)

    assert ([one.id for one in due], waiting, none_left) == (["n2", "n1"], True, False)
    with store.reading() as tx:
        sent = tx.notifications.find(NotificationFilter(state=NotificationState.SENT), limit=9)
        assert [one.id for one in sent] == ["n2", "n1"]
        assert tx.notifications.find(NotificationFilter(target="bob"), limit=9) == []
        with pytest.raises(IllegalMoveError):
            sent[0].moved_to(NotificationState.FAILED, audit_seq=2, at=NOW)


def test_a_state_without_its_record_is_refused(store: Store) -> None:
    with store.transaction() as tx:
        tx.notifications.add(due := a_notification())

    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.notifications.save(due.moved_to(NotificationState.SENT, audit_seq=1, at=NOW))

    assert verify_log(by=ANN, store=store, clock=HandClock()).clean


def test_of_racing_hosts_one_has_the_right_to_tell(store: Store) -> None:
    def ask(holder: str) -> bool:
        with store.transaction() as tx:
            return take_lease(tx, holder=holder, now=NOW)  # type: ignore[arg-type]

    got, raised = race(*[partial(ask, holder) for holder in (WORKER, OTHER_WORKER)] * 2)

    assert raised == []
    assert sorted(got) == [False, False, True, True]


def test_a_notification_is_named_by_the_beginning_of_its_id(store: Store) -> None:
    with store.transaction() as tx:
        for name in ("n1", "n12", "n2_"):
            tx.notifications.add(a_notification(name))

    with store.reading() as tx:
        assert [tx.notifications.named(name).id for name in ("n1", "n12", "n2")] == [
            "n1",
            "n12",
            "n2_",
        ]
        with pytest.raises(NotFoundError, match="no single notification"):
            tx.notifications.named("n")
        with pytest.raises(NotFoundError, match="deskhand notify list"):
            tx.notifications.named("n_")
