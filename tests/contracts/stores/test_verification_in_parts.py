"""A verification in parts finds what one of the whole finds, and disturbs nobody."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from deskhand.audit.verify import Verdict
from deskhand.domain.entry import RecordType
from deskhand.domain.notification import NotificationState
from deskhand.domain.work_item import ItemState
from deskhand.ports.store import Store
from deskhand.use_cases import watch_log
from deskhand.use_cases.check_log import verify_log
from deskhand.use_cases.watch_log import (
    last_verified,
    note_verdict,
    verify_part,
)
from tests.contracts.stores.raw_access import Raw, make_history, raw_access
from tests.contracts.stores.test_verification import ONLY_ON_SQLITE, TAMPERING, tamper
from tests.contracts.stores.verifying import begun, ended, open_store, watching
from tests.making import (
    ANN,
    HandClock,
    add_items,
    an_entry,
    an_item,
    move_item,
)
from tests.making_notifications import a_notification, end

DAY = timedelta(days=1)
NEW = {
    "a new record's body": "update audit_record set body = leaf where stream = 'item:i9'",
    "a new record's state": "update audit_record set state = 'done' where stream = 'item:i9'",
    "a new record's hash": "update audit_record set leaf = body where stream = 'item:i9'",
    "the record that a new one follows": (
        "delete from audit_record where stream = 'item:i2' and seq ="
        " (select max(seq) - 1 from audit_record where stream = 'item:i2')"
    ),
    "a new record in between dropped": (
        "delete from audit_record where stream = 'item:i9' and seq = 1"
    ),
}


@pytest.fixture(autouse=True)
def _small_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_log, "PART_RECORDS", 3)


def whole_verdict(url: str) -> Verdict:
    with open_store(url, HandClock()) as store:
        return ended(watching(store, HandClock())).verdict


def grow(store: Store) -> None:
    with store.transaction() as tx:
        first = an_item("i9")
        add_items(tx, first)
        move_item(tx, first, ItemState.PERFORMING)
        move_item(tx, tx.items.get(an_item("i2").id), ItemState.PERFORMING)


def test_what_nobody_tampered_with_is_clean_and_as_much_as_a_verification_by_hand_reads(
    database_url: str,
) -> None:
    make_history(database_url)
    with open_store(database_url, HandClock()) as store:
        run = ended(watching(store, HandClock()))
        by_hand = verify_log(by=ANN, store=store, clock=HandClock())

    assert (run.verdict.findings, run.due.whole) == ([], True)
    assert (run.verdict.records, run.verdict.states) == (by_hand.records - 1, by_hand.states)


@pytest.mark.parametrize("statement", TAMPERING.values(), ids=TAMPERING)
def test_what_the_owner_changed_behind_the_guards_is_found_in_parts(
    tmp_path: Path, statement: str
) -> None:
    url = f"sqlite:///{tmp_path / 'deskhand.db'}"
    make_history(url)
    tamper(url, statement)

    assert not whole_verdict(url).clean


@pytest.mark.parametrize("statement", ONLY_ON_SQLITE.values(), ids=ONLY_ON_SQLITE)
def test_values_of_a_strange_kind_stop_no_part(tmp_path: Path, statement: str) -> None:
    url = f"sqlite:///{tmp_path / 'deskhand.db'}"
    make_history(url)
    tamper(url, statement)

    assert not whole_verdict(url).clean


@pytest.mark.parametrize("statement", NEW.values(), ids=NEW)
def test_what_is_wrong_with_new_records_is_found_by_reading_them_alone(
    database_url: str, statement: str
) -> None:
    make_history(database_url)
    clock = HandClock()
    with open_store(database_url, clock) as store:
        first = ended(watching(store, clock))
        grow(store)
    tamper(database_url, statement)
    clock.turn(DAY)

    with open_store(database_url, clock) as store:
        run = ended(watching(store, clock))

    assert (first.verdict.clean, run.due.whole) == (True, False)
    assert not run.verdict.clean


def test_new_records_alone_are_read_and_are_clean(database_url: str) -> None:
    make_history(database_url)
    clock = HandClock()
    with open_store(database_url, clock) as store:
        ended(watching(store, clock))
        grow(store)
        clock.turn(DAY)

        run = ended(watching(store, clock))

    assert (run.due.whole, run.verdict.findings) == (False, [])
    assert run.verdict.records == 3 + 1  # and the record of the verification before


def test_what_goes_on_meanwhile_is_no_finding(database_url: str) -> None:
    make_history(database_url)
    clock = HandClock()
    with open_store(database_url, clock) as store:
        watch = watching(store, clock)
        run = begun(watch)
        assert run is not None
        for number in range(100):
            with store.transaction() as tx:
                add_items(tx, new := an_item(f"i{number:03}"))
                move_item(tx, new, ItemState.PERFORMING)
                tx.notifications.add(due := a_notification(f"n{number:03}"))
                end(tx, due, NotificationState.SENT)
            verify_part(run, watch=watch)
            if run.ended:
                break
        note_verdict(run, watch=watch)

    assert (run.ended, run.verdict.findings) == (True, [])


def test_the_verdict_is_a_record_and_tells_where_the_next_one_begins(store: Store) -> None:
    clock = HandClock()
    with store.transaction() as tx:
        add_items(tx, an_item())
    run = ended(watching(store, clock))

    with store.reading() as tx:
        last = last_verified(tx)
        (record,) = tx.log_parts.newest(RecordType.AUDIT_VERIFIED, limit=9)

    assert last is not None
    assert (last.at, last.clean, last.up_to) == (clock.at, True, run.up_to)
    assert (last.slot, last.whole_slot) == (run.due.slot, run.due.slot)
    assert b'"id":"verifier"' in record.body


def test_a_record_of_a_verification_that_cannot_be_read_is_a_damage(store: Store) -> None:
    clock = HandClock()
    entry = an_entry("log", "log", type=RecordType.AUDIT_VERIFIED)
    for facts in ({"clean": True, "up_to": "x", "slot": "y", "whole_slot": 1}, {"up_to": 1}):
        with store.transaction() as tx:
            tx.record(replace(entry, data=facts))
            last = last_verified(tx)

        assert last is not None
        assert not last.clean
        due = watching(store, clock).rhythm.due(last, now=clock.at)
        assert due is not None
        assert due.whole


def test_a_database_that_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'deskhand.db'}"
    make_history(url)
    clock = HandClock()
    with open_store(url, clock) as store:
        watch = watching(store, clock)
        run = begun(watch)
        assert run is not None
        with raw_access(url) as raw:
            raw.execute("pragma wal_checkpoint(truncate)")
            root = _number(raw, "select rootpage from sqlite_master where name = 'audit_record'")
            size = _number(raw, "pragma page_size")
        with (tmp_path / "deskhand.db").open("r+b") as file:
            file.seek((root - 1) * size)
            file.write(b"\xff" * 100)

        verify_part(run, watch=watch)

    assert run.ended
    assert "cannot be read" in run.verdict.findings[0].problem


def _number(raw: Raw, question: str) -> int:
    (row,) = raw.execute(question)
    assert isinstance(row, tuple)
    return int(row[0])
