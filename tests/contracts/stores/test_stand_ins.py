"""What a target could not be told: who knows it, who stands in, which pages nobody has heard."""

from datetime import UTC, datetime
from functools import partial

import pytest

from deskhand.domain.announcement import Wording
from deskhand.domain.identifiers import AccountName, CaseId, NotificationId
from deskhand.domain.notification import NotificationState
from deskhand.domain.notify_rules import Fallback, NotifyBook
from deskhand.domain.queue import QueueBook
from deskhand.errors import StoreConflictError
from deskhand.ports.notifications import NotificationFilter
from deskhand.ports.store import Store
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.pass_on import Secretary, pass_on_late_pages
from deskhand.vaults.seal import AesSeal
from tests.contracts.stores.noted_cases import HOUR, a_clocked_case, close
from tests.contracts.stores.racing import race
from tests.making import (
    ANN,
    NOW,
    OTHER_WORKER,
    WORKER,
    HandClock,
    a_case,
    add_case,
    add_items,
    an_entry,
    an_item,
)
from tests.making_notifications import a_fact, a_left, a_notification, end


@pytest.fixture(autouse=True)
def _items(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i0"), an_item("i1"))


def test_one_that_stands_in_has_no_facts_joined_and_is_nobodys_latest(store: Store) -> None:
    stand_in = a_notification("n2", target="bob", in_place_of=NotificationId("n1"))
    with store.transaction() as tx:
        tx.notifications.add(a_notification("n1"))
        tx.notifications.add(stand_in)

    with store.reading() as tx:
        assert not stand_in.gathers
        assert tx.notifications.latest("bob", stand_in.topic) is None
        assert tx.notifications.stands_in("bob", NotificationId("n1"))
        assert not tx.notifications.stands_in("carl", NotificationId("n1"))


@pytest.mark.parametrize(
    ("of_bob", "at", "left", "state", "known"),
    [
        (("log:1", "log:2"), NOW, True, NotificationState.SENT, True),
        (("log:1", "log:2"), NOW, True, NotificationState.DUE, True),
        (("log:1", "log:2"), NOW, False, NotificationState.DUE, False),
        (("log:1", "log:2"), NOW, True, NotificationState.FAILED, False),
        (("log:1",), NOW, True, NotificationState.SENT, False),
        (("log:1", "log:2"), NOW - HOUR, True, NotificationState.SENT, False),
    ],
    ids=["all of it", "on its way", "not left", "failed", "a part", "of an earlier look"],
)
def test_a_target_knows_what_its_own_messages_tell(
    store: Store,
    of_bob: tuple[str, ...],
    at: datetime,
    left: bool,
    state: NotificationState,
    known: bool,
) -> None:
    facts = [a_fact("log:1"), a_fact("log:2"), a_fact("log:3", count=0)]
    with store.transaction() as tx:
        tx.notifications.add(of_ann := a_notification("n1"))
        tx.notifications.take_up(of_ann, facts, at=NOW)
        tx.notifications.add(mine := a_notification("n2", target="bob"))
        tx.notifications.take_up(mine, [a_fact(key) for key in of_bob], at=at)
        if left:
            tx.notifications.save(mine := a_left(mine))
        if state is not NotificationState.DUE:
            end(tx, mine, state)

    with store.reading() as tx:
        assert tx.notifications.knows("bob", of_ann.id) is known
        assert not tx.notifications.knows("carl", of_ann.id)
        assert tx.notifications.was_heard(of_ann.id) is (known and state is NotificationState.SENT)


def test_late_pages_are_those_that_nobody_has_taken_or_passed_on(store: Store) -> None:
    with store.transaction() as tx:
        changes: dict[str, dict[str, object]] = {
            "late": {},
            "later": {"pages_from": NOW + HOUR},
            "passed on": {"passed_on_at": NOW},
            "no page": {"pages_from": None},
            "not left": {"left_at": None},
        }
        for name, change in changes.items():
            late: dict[str, object] = {"pages_from": NOW, "left_at": NOW}
            tx.notifications.add(a_notification(name, **late | change))
        tx.notifications.add(taken := a_notification("taken", pages_from=NOW, left_at=NOW))
        end(tx, taken)

        found = tx.notifications.late_pages(since=NOW, limit=9)

    assert [one.id for one in found] == ["late"]


def test_what_is_only_about_closed_cases_is_so_no_more(store: Store) -> None:
    with store.transaction() as tx:
        close(tx, add_case(tx, a_clocked_case(0)))
        add_case(tx, a_clocked_case(1))
        for name, cases in {"n1": ("i0-1",), "n2": ("i0-1", "i1-1"), "n3": ()}.items():
            tx.notifications.add(into := a_notification(name, target=name))
            facts = [a_fact(f"log:{case}", case=CaseId(case)) for case in cases]
            tx.notifications.take_up(into, facts or [a_fact("log:9")], at=NOW)

    with store.reading() as tx:
        so = [tx.notifications.still_so(NotificationId(name)) for name in ("n1", "n2", "n3")]

    assert so == [False, True, True]


def test_a_page_is_unheard_until_it_is_taken_passed_on_or_seen_to(store: Store) -> None:
    def count(since: datetime = NOW) -> int:
        with store.reading() as tx:
            return tx.notifications.unheard_pages(since=since)

    page = a_notification("n1", pages_from=NOW)
    with store.transaction() as tx:
        tx.notifications.add(page)
        tx.notifications.take_up(page, [a_fact("log:1", wakes=True)], at=NOW)
    due = (count(NOW - HOUR), count())
    with store.transaction() as tx:
        failed = end(tx, page, NotificationState.FAILED)
    nobody_asked = count()
    about = a_case(
        "target-ann-1",
        item=None,
        account=AccountName(""),
        stream="target:ann",
        cause_group="system/NOTIFICATION_UNDELIVERED/@ann",
    )
    with store.transaction() as tx:
        add_case(tx, about)
    asked = count()
    with store.transaction() as tx:
        stand_in = a_notification("n2", target="bob", in_place_of=failed.id, pages_from=NOW)
        tx.notifications.add(stand_in)
    on_its_way = count()
    with store.transaction() as tx:
        end(tx, stand_in)

    assert (due, nobody_asked, asked, on_its_way, count()) == ((0, 1), 0, 1, 1, 0)


def test_what_failed_is_due_again_by_a_record_and_by_nothing_else(store: Store) -> None:
    with store.transaction() as tx:
        tx.notifications.add(due := a_notification(pages_from=NOW))
        failed = end(tx, due, NotificationState.FAILED)
    with pytest.raises(StoreConflictError), store.transaction() as tx:
        tx.notifications.save(failed.retried(audit_seq=failed.audit_seq, at=NOW + HOUR))

    with store.transaction() as tx:
        seq = tx.record(an_entry(failed.stream, "notification", "due"))
        tx.notifications.save(anew := failed.retried(audit_seq=seq, at=NOW + HOUR))

    with store.reading() as tx:
        assert tx.notifications.get(due.id) == anew
    assert (anew.tries, anew.since, anew.pages_from) == (0, NOW + HOUR, NOW + HOUR)
    assert verify_log(by=ANN, store=store, clock=HandClock()).clean


def test_of_racing_hosts_one_passes_a_page_on(store: Store) -> None:
    clock = HandClock(NOW + HOUR)
    secretary = Secretary(
        store=store,
        seal=AesSeal([bytes(32)]),
        clock=clock,
        queues=QueueBook(),
        wording=Wording(log="test/1", timezone=UTC),
        book=NotifyBook(rules=(), fallbacks={"ann": Fallback(to="bob")}),
    )
    with store.transaction() as tx:
        tx.notifications.add(page := a_notification("n1", pages_from=NOW))
        tx.notifications.take_up(page, [a_fact("log:1", wakes=True)], at=NOW)
        tx.notifications.save(a_left(page, wakes=True))

    hosts = [
        partial(pass_on_late_pages, secretary=secretary, holder=holder)
        for holder in (WORKER, OTHER_WORKER)
    ]
    passed_on, raised = race(*hosts * 2)

    assert raised == []
    assert sorted(map(len, passed_on)) == [0, 0, 0, 1]
    with store.reading() as tx:
        found = tx.notifications.find(NotificationFilter(target="bob"), limit=9)
        records = [record.type for record in tx.audit_log.of_stream(page.stream)]
    assert [one.in_place_of for one in found] == [page.id]
    assert records == ["notification.passed_on"]
