from dataclasses import replace

import pytest
from sqlalchemy import Engine

from deskhand.audit.record import decode
from deskhand.domain.identifiers import AttemptId, ItemId
from deskhand.domain.work_item import ItemState
from deskhand.errors import RecordInvalidError, StoreConflictError, StoreError
from deskhand.ports.store import Store, Transaction
from deskhand.stores.store import SqlStore
from deskhand.use_cases.check_log import verify_log
from tests.contracts.stores.raw_access import contents
from tests.making import (
    ACCOUNT,
    ANN,
    NOW,
    HandClock,
    a_case,
    a_file,
    a_running_attempt,
    a_worker,
    add_attempt,
    add_case,
    add_effect,
    add_items,
    an_effect,
    an_entry,
    an_item,
    health,
    hold,
    move_item,
)

SECRET = "W123456789"


class GoneWrongError(Exception):
    """What a use case may raise in the middle of a transaction."""


def change_everything(tx: Transaction) -> None:
    first = an_item("i1")
    add_items(tx, first, an_item("i2"))
    move_item(tx, first, ItemState.PERFORMING)
    add_attempt(tx, a_running_attempt())
    add_effect(tx, an_effect())
    add_case(tx, a_case())
    hold(tx, health())
    tx.accounts.take_slot(ACCOUNT, 0, attempt=AttemptId("i1:1"))
    tx.accounts.save_login(ACCOUNT, b"sealed", at=NOW)
    tx.record(an_entry("log", "worker:" + a_worker().id, "working"))
    tx.workers.add(a_worker())
    tx.record(an_entry("file:f1", "file", "taken"))
    tx.files.add(a_file())


def change_everything_and_fail(store: Store) -> None:
    with store.transaction() as tx:
        change_everything(tx)
        raise GoneWrongError


def test_what_a_failed_transaction_did_is_taken_back_as_a_whole(
    store: Store, database_url: str
) -> None:
    with pytest.raises(GoneWrongError):
        change_everything_and_fail(store)

    assert all(rows == [] for rows in contents(database_url).values())


def test_everything_that_has_a_state_agrees_with_the_log(store: Store, database_url: str) -> None:
    with store.transaction() as tx:
        change_everything(tx)

    verdict = verify_log(by=ANN, store=store, clock=HandClock())

    assert verdict.findings == []
    # Two items, an attempt, an act, a case, an account, a worker, a file.
    assert verdict.states == 8
    assert verdict.records == len(contents(database_url)["audit_record"]) - 1


def test_records_are_numbered_in_their_stream_and_name_the_one_before(store: Store) -> None:
    with store.transaction() as tx:
        numbers = [tx.record(an_entry("item:i1", "step:fill")) for _ in range(3)]
        numbers.append(tx.record(an_entry("item:i2", "step:fill")))

    assert numbers == [1, 2, 3, 1]
    with store.reading() as tx:
        rows = tx.audit_log.of_stream("item:i1")
        everything = [(row.stream, row.seq) for row in tx.audit_log.all()]
    records = [decode(row.body) for row in rows]
    assert [record.prev for record in records[1:]] == [row.leaf.hex() for row in rows[:-1]]
    assert {record.log for record in records} == {"test/1"}
    assert len({record.id for record in records}) == 3
    assert everything == [("item:i1", 1), ("item:i1", 2), ("item:i1", 3), ("item:i2", 1)]


def test_a_record_that_breaks_the_profile_takes_its_transaction_with_it(store: Store) -> None:
    broken = replace(an_entry("item:i1", "step:fill"), data={"share": 0.5})

    with pytest.raises(RecordInvalidError), store.transaction() as tx:
        tx.record_first([an_entry("item:i2", "step:fill"), broken])

    with store.reading() as tx:
        assert tx.audit_log.count() == 0


def test_first_records_begin_new_streams_only(store: Store) -> None:
    with store.transaction() as tx:
        tx.record_first([])
        tx.record_first([an_entry("item:i1", "item")])

    with pytest.raises(StoreConflictError, match="out of place"), store.transaction() as tx:
        tx.record_first([an_entry("item:i2", "item"), an_entry("item:i1", "item")])

    with store.reading() as tx:
        assert tx.audit_log.count() == 1


def test_the_store_itself_refuses_a_change_that_nobody_recorded(store: Store) -> None:
    with store.transaction() as tx:
        add_items(tx, item := an_item())

    with pytest.raises(StoreConflictError, match="a change without its record"):
        save_unrecorded(store, item.moved_to(ItemState.PERFORMING, audit_seq=2, at=NOW))

    with store.reading() as tx:
        assert tx.items.get(ItemId("i1")) == item


def save_unrecorded(store: Store, item: object) -> None:
    with store.transaction() as tx:
        tx.items.save(item)  # type: ignore[arg-type]


def test_an_error_of_the_database_quotes_no_values(store: Store) -> None:
    secret = an_item("i1", reference=SECRET, sealed_fields=SECRET.encode())
    with store.transaction() as tx:
        add_items(tx, secret)
    refused: list[StoreError] = []

    for again in (
        replace(secret, id=ItemId("i2")),
        replace(secret, id=ItemId("i3"), runbook=None),  # type: ignore[arg-type]
    ):
        with pytest.raises(StoreError) as refusal, store.transaction() as tx:
            add_items(tx, again)
        refused.append(refusal.value)

    for error in refused:
        cause = str(getattr(error.__cause__, "statement", "")) + str(error)
        assert SECRET not in cause
        assert SECRET.encode().hex() not in cause


def test_parameters_are_hidden_wherever_an_error_is_printed(database: Engine) -> None:
    with pytest.raises(Exception, match="hidden") as refusal, database.connect() as connection:
        connection.exec_driver_sql("select * from nowhere where x = '1'", {"a": SECRET})

    assert SECRET not in str(refusal.value)


def test_a_closed_store_opens_again_when_it_is_used(store: SqlStore) -> None:
    with store.transaction() as tx:
        tx.record(an_entry("log", "step:fill"))

    store.close()

    with store.reading() as tx:
        assert tx.audit_log.count() == 1
