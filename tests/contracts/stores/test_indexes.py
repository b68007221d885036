"""What is asked often does not grow with the store: SQLite's own plans say so."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from sqlalchemy import Engine, event

from deskhand.domain.identifiers import FileId, ItemId, NotificationId
from deskhand.ports.case_clocks import Place
from deskhand.ports.item_store import ItemFilter
from deskhand.ports.log_parts import Streams
from deskhand.ports.store import Store, Transaction
from deskhand.stores.store import SqlStore
from tests.making import (
    ACCOUNT,
    NOW,
    RUNBOOK,
    WORKER,
    add_items,
    an_item,
    migrated,
    sql_store,
    sqlite_url,
)
from tests.making_triggers import TRIGGER

QUESTIONS: dict[str, Callable[[Transaction], object]] = {
    "next_waiting": lambda tx: tx.items.next_waiting(ACCOUNT, now=NOW, limit=4),
    "enqueued_count": lambda tx: tx.attempts.enqueued_count(),
    "abandoned": lambda tx: tx.attempts.abandoned(),
    "open_of": lambda tx: tx.attempts.open_of(WORKER),
    "open_of_nobody": lambda tx: tx.attempts.open_of(None),
    "item": lambda tx: tx.items.named("i1"),
    "an item by its reference": lambda tx: tx.items.find(ItemFilter(reference="C-i1"), limit=4),
    "what was read back of an item": lambda tx: tx.journal.verified_steps(ItemId("i1")),
    "known": lambda tx: tx.items.known("claims-submit", "lakeside", ["C-i1"]),
    "attempts of an item": lambda tx: tx.attempts.of_item(ItemId("i1")),
    "acts of an item": lambda tx: tx.journal.effects_of(ItemId("i1")),
    "results of an item": lambda tx: tx.journal.results_of(ItemId("i1")),
    "cases of an item": lambda tx: tx.cases.of_item(ItemId("i1")),
    "cases to tell of": lambda tx: tx.case_clocks.to_tell(now=NOW, limit=4),
    "the next case": lambda tx: tx.case_clocks.next_open([Place("q", "c")], now=NOW),
    "where cases wait": lambda tx: tx.case_clocks.places(),
    "an incident": lambda tx: tx.case_clocks.incident_of("g"),
    "records of a stream": lambda tx: tx.audit_log.of_stream("item:i1"),
    "slots that are due": lambda tx: tx.triggers.due([TRIGGER], now=NOW, limit=4),
    "the last slot of a trigger": lambda tx: tx.triggers.last_slot(TRIGGER),
    "a request that was seen": lambda tx: tx.hooks.seen("lakeside", "claims", "msg-1"),
    "requests that are old": lambda tx: tx.hooks.seen_before(NOW, limit=4),
    "forgetting": lambda tx: tx.hooks.forget("lakeside", "claims", ["msg-1", "msg-2"]),
    "slots of triggers that are gone": lambda tx: tx.triggers.left_due(
        [TRIGGER], asked_before=NOW, limit=4
    ),
    "slots that were decided about": lambda tx: tx.triggers.decided(TRIGGER, [NOW], behind=0),
    "whether events wait": lambda tx: tx.dispatches.waiting(now=NOW),
    "new events": lambda tx: tx.dispatches.unaddressed(limit=10),
    "due dispatches": lambda tx: tx.dispatches.due(now=NOW, limit=10),
    "what people may be told of": lambda tx: tx.notices.records(after=0, limit=10),
    "the log's head": lambda tx: tx.notices.head(),
    "bursts": lambda tx: tx.notices.bursts(since=NOW),
    "overdue cases": lambda tx: tx.notices.overdue(),
    "the last act in a queue": lambda tx: tx.notices.last_act("claims"),
    "items of held accounts": lambda tx: tx.notices.held_items(limit=10),
    "the latest notification": lambda tx: tx.notifications.latest("ann", "case.overdue"),
    "facts that were noticed": lambda tx: tx.notifications.noticed("ann", ["log:1"]),
    "whether notifications wait": lambda tx: tx.notifications.waiting(now=NOW),
    "due notifications": lambda tx: tx.notifications.due(now=NOW, limit=10),
    "what a notification says": lambda tx: tx.notifications.lines(NotificationId("n1")),
    "pages that are late": lambda tx: tx.notifications.late_pages(since=NOW, limit=10),
    "pages that nobody heard": lambda tx: tx.notifications.unheard_pages(since=NOW),
    "whether a page was heard": lambda tx: tx.notifications.was_heard(NotificationId("n1")),
    "whether a target knows": lambda tx: tx.notifications.knows("ann", NotificationId("n1")),
    "whether a target stands in": lambda tx: tx.notifications.stands_in(
        "ann", NotificationId("n1")
    ),
    "whether something is still so": lambda tx: tx.notifications.still_so(NotificationId("n1")),
    "the last verifications": lambda tx: tx.log_parts.newest("audit.verified", limit=10),
    "the next part of the streams": lambda tx: tx.log_parts.last_of_part(after="a", records=10),
    "some streams": lambda tx: list(tx.log_parts.by_stream(Streams(after="a", to="b"))),
    "the end of a part": lambda tx: tx.log_parts.end_of_part(after=1, up_to=9, records=10),
    "what grew": lambda tx: list(tx.log_parts.grown(after=1, to=9)),
    "what new records follow": lambda tx: tx.log_parts.links(after=1, to=9),
    "how many were the first of a version": lambda tx: tx.rechecks.first_of(
        RUNBOOK, client="lakeside"
    ),
    "the re-check of an item": lambda tx: tx.rechecks.of_item(ItemId("i1")),
    "whether a version is held": lambda tx: tx.runbook_holds.forbids(RUNBOOK),
    "drops of a file": lambda tx: tx.drops.of_file(FileId("f1")),
    "recent drops": lambda tx: tx.drops.since(NOW),
    "unended drops": lambda tx: tx.drops.unended(),
    "states of a file's items": lambda tx: tx.items.counts(ItemFilter(file=FileId("f1"))),
    "rows of a file": lambda tx: list(tx.files.rows(FileId("f1"))),
}
# Small tables: a row a file, a worker, an account. An index of what is new only; no table at all.
SMALL = (
    "SCAN intake_file",
    "SCAN worker",
    "SCAN account",
    "SCAN runbook_hold",
    "SCAN outbox USING INDEX ix_outbox_unaddressed",
    "SCAN dropped_file USING INDEX ix_dropped_file_unended",
    "SCAN CONSTANT ROW",
    "SCAN first",  # of a part of the log
)


@pytest.fixture
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    with migrated(sqlite_url(tmp_path_factory.mktemp("plans"))) as engine:
        yield engine


@pytest.fixture
def store(database: Engine) -> SqlStore:
    return sql_store(database)


def plans_of(database: Engine, store: Store, ask: Callable[[Transaction], object]) -> list[str]:
    asked: list[tuple[str, Any]] = []

    def note(_c: object, _cursor: object, statement: str, values: object, *_: object) -> None:
        asked.append((statement, values))

    event.listen(database, "before_cursor_execute", note)
    with store.transaction() as tx:
        ask(tx)
    event.remove(database, "before_cursor_execute", note)
    with database.connect() as connection:
        return [
            step.detail
            for statement, values in asked
            for step in connection.exec_driver_sql(f"explain query plan {statement}", values)
        ]


@pytest.mark.parametrize("question", QUESTIONS)
def test_an_answer_is_read_off_an_index(database: Engine, store: Store, question: str) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2", priority=1, due=NOW))

    plans = plans_of(database, store, QUESTIONS[question])

    scans = [plan for plan in plans if plan.startswith("SCAN") and not plan.startswith(SMALL)]
    assert plans
    assert scans == [], plans


def test_the_next_items_are_not_sorted_but_read_in_order(database: Engine, store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, an_item("i1"), an_item("i2", priority=1, due=NOW))

    plans = plans_of(database, store, QUESTIONS["next_waiting"])

    assert any("ix_item_waiting" in plan for plan in plans)
    assert not any("TEMP B-TREE" in plan for plan in plans), plans


def test_the_next_case_is_read_in_the_order_of_due_times(database: Engine, store: Store) -> None:
    plans = plans_of(database, store, QUESTIONS["the next case"])

    assert any("ix_exception_case_next" in plan for plan in plans)
    assert not any("TEMP B-TREE" in plan for plan in plans), plans
