"""PostgreSQL commits records in another order than it counts them in: none may be missed."""

from deskhand.domain.exception_case import Told
from deskhand.domain.notification import Rule
from deskhand.domain.notify_rules import NotifyBook, rule_of
from deskhand.domain.queue import QueueBook
from deskhand.ports.notices import SETTLES_AFTER
from deskhand.ports.notifications import NotificationFilter
from deskhand.use_cases.note_facts import Lookout, note_facts
from tests.contracts.stores.noted_cases import a_clocked_case, opened, say
from tests.making import WORKER, HandClock, add_items, an_item, migrated, sql_store


def test_a_record_that_is_committed_late_is_noted_all_the_same(postgres_url: str) -> None:
    clock = HandClock()
    rules = NotifyBook(rules=(rule_of(Rule.CASE_OVERDUE, to=("ann",)),))
    with migrated(postgres_url) as database:
        store = sql_store(database, clock=clock)
        lookout = Lookout(store=store, clock=clock, book=rules, queues=QueueBook())
        with store.transaction() as tx:
            add_items(tx, an_item("i1"), an_item("i2"))
            first, second = opened(tx, a_clocked_case(1)), opened(tx, a_clocked_case(2))
        note_facts(lookout=lookout, holder=WORKER)

        with store.transaction() as slow:
            say(slow, first, Told.OVERDUE)
            with store.transaction() as tx:
                say(tx, second, Told.OVERDUE)
            note_facts(lookout=lookout, holder=WORKER)
            with store.reading() as tx:
                meanwhile = tx.notifications.find(NotificationFilter(), limit=9)
            clock.turn(SETTLES_AFTER / 2)
        note_facts(lookout=lookout, holder=WORKER)

        with store.reading() as tx:
            noted = tx.notifications.find(NotificationFilter(), limit=9)
    assert [one.count for one in meanwhile] == [1]
    assert [one.count for one in noted] == [2]
