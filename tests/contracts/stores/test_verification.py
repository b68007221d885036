"""Somebody who owns the database puts the guards aside: the verification finds what they did."""

import pytest

from deskhand.audit.verify import Verdict
from deskhand.stores.database import sqlite_file
from deskhand.use_cases.check_log import verify_log
from tests.contracts.stores.raw_access import GUARDED, copied, make_history, raw_access
from tests.making import ANN, HandClock, migrated, sql_store

TAMPERING = {
    "a record's body": "update audit_record set body = leaf where stream = 'item:i1' and seq = 1",
    "a record's state": "update audit_record set state = 'done' where stream = 'item:i2'",
    "a record's subject": "update audit_record set subject = 'x' where stream = 'item:i2'",
    "a record's stream": "update audit_record set stream = 'item:i3' where stream = 'item:i2'",
    "a record dropped": "delete from audit_record where stream = 'item:i1' and seq = 2",
    "the last record dropped": "delete from audit_record where stream = 'item:i1' and seq = 7",
    "a stream dropped": "delete from audit_record where stream = 'item:i2'",
    "an item's state": "update item set state = 'done' where id = 'i2'",
    "an item's version": "update item set version = 9 where id = 'i2'",
    "an item's record": "update item set audit_seq = 2 where id = 'i1'",
    "an item dropped": "delete from item where id = 'i2'",
    "an attempt's state": "update attempt set state = 'ended'",
    "an attempt put back": "update attempt set state = 'enqueued'",
    "an attempt under another number": "update attempt set number = 9",
    "an act's state": "update effect set state = 'not_done'",
    "an act dropped": "delete from effect",
    "a case closed": "update exception_case set state = 'closed'",
    "a case dropped": "delete from exception_case",
    "an answer withdrawn": "update answer set state = 'withdrawn'",
    "an answer forgotten": "delete from answer",
    "an account released": "update account_health set held = false",
    "an account held that never was": copied(
        "account_health", where="true", name="'x'", held="true", audit_seq="0"
    ),
    "an account forgotten": "delete from account_health",
    "a trigger resumed": "update trigger_state set paused = false",
    "a trigger paused that never was": copied(
        "trigger_state", where="true", name="'x'", paused="true", audit_seq="0"
    ),
    "a trigger forgotten": "delete from trigger_state",
    "a slot's state": "update trigger_slot set state = 'fired'",
    "a slot dropped": "delete from trigger_slot",
    "a dispatch delivered": "update dispatch set state = 'delivered'",
    "a dispatch put back": "update dispatch set state = 'waiting', audit_seq = 0",
    "a dispatch called delivered that never was tried": copied(
        "dispatch",
        where="true",
        id="'x'",
        position="position",
        receiver="'x'",
        state="'delivered'",
        audit_seq="0",
    ),
    "a dispatch forgotten": "delete from dispatch",
    "a notification that failed": "update notification set state = 'failed'",
    "a notification put back": "update notification set state = 'due', audit_seq = 0",
    "a notification called sent that never was tried": copied(
        "notification", where="true", id="'x'", state="'sent'", audit_seq="0"
    ),
    "a notification forgotten": "delete from notification",
    "a re-check graded": "update recheck set state = 'graded', grade = 'pass'",
    "a re-check forgotten": "delete from recheck",
    "a version released": "update runbook_hold set held = false",
    "a version forgotten": "delete from runbook_hold",
}
ONLY_ON_SQLITE = {
    "bytes that became text": "update audit_record set body = 'text' where seq = 1",
    "bytes that became a number": "update audit_record set body = 99999999999 where seq = 1",
    "a hash that became a number": "update audit_record set leaf = 7 where seq = 2",
    "a number that became text": "update audit_record set seq = 'x' where seq = 2",
    "text that became bytes": "update audit_record set stream = x'ff00' where position = 2",
    "a state that became bytes": "update item set state = x'ff' where id = 'i1'",
    "a version that became text": "update item set version = 'many' where id = 'i1'",
    "a state that nobody knows": "update item set state = 'lying about' where id = 'i1'",
}


@pytest.fixture
def history_url(database_url: str) -> str:
    make_history(database_url)
    return database_url


def tamper(url: str, statement: str) -> None:
    """Change the database as its owner may: without guards, without foreign keys."""
    with raw_access(url) as raw:
        if sqlite_file(url) is None:
            for table in GUARDED:
                raw.execute(f"alter table {table} disable trigger all")
        else:
            for table in GUARDED:
                for act in ("insert", "update", "delete"):
                    raw.execute(f"drop trigger {table}_{act}_guard")
        raw.execute(statement)


def verdict_on(url: str) -> Verdict:
    with migrated(url) as database:
        return verify_log(by=ANN, store=sql_store(database), clock=HandClock())


def test_what_nobody_tampered_with_is_clean_and_the_verdict_is_recorded(history_url: str) -> None:
    first = verdict_on(history_url)
    second = verdict_on(history_url)

    assert (first.findings, second.findings) == ([], [])
    assert second.records == first.records + 1


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
def test_what_the_owner_changed_behind_the_guards_is_found(
    history_url: str, statement: str
) -> None:
    tamper(history_url, statement)

    assert not verdict_on(history_url).clean


@pytest.mark.parametrize("statement", ONLY_ON_SQLITE.values(), ids=ONLY_ON_SQLITE)
def test_values_of_a_kind_that_no_column_should_hold_are_found_and_stop_nothing(
    tmp_path_factory: pytest.TempPathFactory, statement: str
) -> None:
    url = f"sqlite:///{tmp_path_factory.mktemp('odd') / 'deskhand.db'}"
    make_history(url)

    tamper(url, statement)

    assert not verdict_on(url).clean
