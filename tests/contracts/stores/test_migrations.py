from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError

from deskhand.errors import StoreVersionError
from deskhand.stores import migrating, schema
from deskhand.stores.database import open_database
from deskhand.stores.store import SqlStore
from deskhand.stores.tables import tables
from tests.contracts.stores.racing import race
from tests.making import a_case, add_items, an_entry, an_item, sql_store

_OLD_CASE = text(
    "insert into exception_case (id, item, account, runbook, client, reference, queue, kind, code,"
    " step, state, stream, audit_seq, version, sealed_detail, opened_at, came_back) values"
    " ('i1-1', 'i1', 'payer_portal/lakeside', 'claims-submit', 'lakeside', 'C-i1', 'claims',"
    " 'business', 'MEMBER_NOT_FOUND', 'find_member', 'open', 'item\\:i1', 2, 1, :detail, 1, false)"
)
_OLD_EVENT = text(
    "insert into outbox (event, item, subject, body, emitted_at)"
    " values ('claims.submitted', 'i1', 'i1', '{}', 1)"
)
_OLD_NOTIFICATION = text(
    "insert into notification (id, target, topic, state, audit_seq, count, tries, opened_at,"
    " next_try_at, left_at) values ('n1', 'ann', 'case.overdue', 'due', 0, 1, 3, 1, 9, 5)"
)

NEWEST = schema.HEAD


@pytest.fixture
def empty(empty_database_url: str) -> Iterator[Engine]:
    engine = open_database(empty_database_url)
    yield engine
    engine.dispose()


def test_this_versions_schema_is_the_last_of_the_migrations() -> None:
    assert migrating.scripts().get_current_head() == schema.HEAD


def test_the_migrated_database_is_what_the_tables_say(database: Engine) -> None:
    with database.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )

        assert compare_metadata(context, tables) == []


def test_every_index_of_the_tables_is_in_the_database_with_its_condition(
    database: Engine,
) -> None:
    found = {
        (table, index["name"], tuple(index["column_names"]))
        for table in tables.tables
        for index in inspect(database).get_indexes(table)
        if not index["unique"]
    }

    assert found == {
        (table.name, index.name, tuple(column.name for column in index.columns))
        for table in tables.tables.values()
        for index in table.indexes
    }


def test_cases_and_events_of_the_first_version_are_kept_and_guarded(empty: Engine) -> None:
    with empty.begin() as connection:
        migrating.migrate(connection, to="0001")
    case = a_case()
    with sql_store(empty).transaction() as tx:
        add_items(tx, an_item())
        tx.record(an_entry(case.stream, f"case:{case.id}", case.state.value))
    with empty.begin() as connection:
        connection.execute(_OLD_CASE, {"detail": case.sealed_detail})
        connection.execute(_OLD_EVENT)

    schema.upgrade(empty)

    with sql_store(empty).reading() as tx:
        kept = tx.cases.named(case.id)
        (event,) = tx.outbox.of_item(an_item().id)
    assert kept == replace(case, opened_at=kept.opened_at)
    assert (event.event, event.subject) == ("claims.submitted", "i1")
    with pytest.raises(DBAPIError, match="a change without its record"), empty.begin() as attack:
        attack.execute(text("update exception_case set due_at = 1"))


def test_what_is_being_told_during_an_upgrade_keeps_the_patience_that_it_has_left(
    empty: Engine,
) -> None:
    with empty.begin() as connection:
        migrating.migrate(connection, to="0009")
        connection.execute(_OLD_NOTIFICATION)

    schema.upgrade(empty)

    with sql_store(empty).reading() as tx:
        kept = tx.notifications.named("n1")
    assert (kept.since, kept.in_place_of, kept.pages_from) == (kept.left_at, None, None)
    assert kept.left_at is not None


def test_an_upgrade_of_an_upgraded_database_changes_nothing(store: SqlStore) -> None:
    with store.transaction() as tx:
        add_items(tx, item := an_item())

    schema.upgrade(store._engine)

    with store.reading() as tx:
        assert tx.items.get(item.id) == item


def test_two_that_upgrade_at_once_do_not_stand_in_each_others_way(empty: Engine) -> None:
    _, raised = race(*[partial(schema.upgrade, empty)] * 4)

    assert raised == []
    with sql_store(empty).transaction() as tx:
        add_items(tx, an_item())


def test_an_upgrade_that_breaks_off_leaves_what_was_there(
    empty: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = migrating.migrate

    def run_and_break_off(connection: Connection) -> None:
        run(connection)
        connection.execute(text("select 1 from a_table_that_is_not_there"))

    monkeypatch.setattr(migrating, "migrate", run_and_break_off)
    with pytest.raises(Exception, match="a_table_that_is_not_there"):
        schema.upgrade(empty)
    after_breaking_off = inspect(empty).get_table_names()
    monkeypatch.undo()

    schema.upgrade(empty)

    assert after_breaking_off == []
    assert set(inspect(empty).get_table_names()) == {*tables.tables, "alembic_version"}


def test_a_database_of_a_newer_deskhand_is_refused_and_not_touched(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(text("update alembic_version set version_num = '9999'"))

    with pytest.raises(StoreVersionError, match=rf"version 9999, this deskhand knows {NEWEST}"):
        schema.upgrade(database)

    with database.connect() as connection:
        found = connection.execute(text("select version_num from alembic_version")).scalar()
    assert found == "9999"
