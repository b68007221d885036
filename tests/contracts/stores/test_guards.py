# ruff: noqa: S608 - attacks are SQL put together, on purpose
"""No change without a record, whoever makes it: every attack of the design, and some more."""

from collections.abc import Iterator, Mapping

import pytest

from deskhand.stores.database import sqlite_file
from tests.contracts.stores.account_attacks import ACCOUNT_ATTACKS, ACCOUNT_STREAM
from tests.contracts.stores.answer_attacks import ANSWER, ANSWER_ATTACKS
from tests.contracts.stores.dispatch_attacks import DISPATCH_ATTACKS, DISPATCH_CHANGES
from tests.contracts.stores.notification_attacks import (
    NOTIFICATION_ATTACKS,
    NOTIFICATION_CHANGES,
)
from tests.contracts.stores.quality_attacks import (
    QUALITY_CHANGES,
    RECHECK_ATTACKS,
    VERSION_ATTACKS,
)
from tests.contracts.stores.raw_access import (
    NEXT,
    attack,
    contents,
    copied,
    forged,
    make_history,
)
from tests.contracts.stores.request_attacks import REQUEST_ATTACKS, REQUEST_CHANGES
from tests.contracts.stores.trigger_attacks import (
    SLOT_ATTACKS,
    TRIGGER_ATTACKS,
    TRIGGER_CHANGES,
)
from tests.making import an_entry, migrated, sql_store, sqlite_url
from tests.postgres import PostgresServer

EFFECT = "effect:i1/submit_claim/0/1"
ACT = "id = 'i1/submit_claim/0/1'"


@pytest.fixture(scope="module", params=["sqlite", pytest.param("pg", marks=pytest.mark.postgres)])
def history_url(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[str]:
    """One database for all attacks: each of them leaves it as it was."""
    if request.param == "sqlite":
        make_history(url := sqlite_url(tmp_path_factory.mktemp("guards")))
        yield url
    else:
        server: PostgresServer = request.getfixturevalue("postgres_server")
        with server.fresh_database() as url:
            make_history(url)
            yield url


def moved(state: str, seq: int, *, version: str = "version + 1", item: str = "i1") -> str:
    return (
        f"update item set state = '{state}', audit_seq = {seq}, version = {version} "
        f"where id = '{item}'"
    )


ITEM_ATTACKS: Mapping[str, list[str]] = {
    "a state without a record": ["update item set state = 'done' where id = 'i1'"],
    "a state with its version and no record": [moved("done", NEXT)],
    "a record of another state": [
        forged("item:i1", NEXT, state="performing"),
        moved("done", NEXT),
    ],
    "a record that was used before": [moved("performing", 2)],
    "the record of the present state": [moved("waiting", NEXT - 1)],
    "a record of another item": [
        forged("item:i2", 2, state="done"),
        moved("done", 2),
    ],
    "a record about something else in the item's stream": [
        forged("item:i1", NEXT, subject="step:fill", state="done"),
        moved("done", NEXT),
    ],
    "a record that is not the last one": [
        forged("item:i1", NEXT, state="done"),
        forged("item:i1", NEXT + 1, subject="step:fill"),
        moved("done", NEXT),
    ],
    "a version that jumps": [
        forged("item:i1", NEXT, state="done"),
        moved("done", NEXT, version="version + 2"),
    ],
    "a version that stays": [
        forged("item:i1", NEXT, state="done"),
        moved("done", NEXT, version="version"),
    ],
    "another id": [
        forged("item:i9", 1, state="waiting"),
        "update item set id = 'i9', version = version + 1, audit_seq = 1 where id = 'i1'",
    ],
    "another reference without a record": ["update item set reference = 'X' where id = 'i1'"],
    "other fields without a record": ["update item set sealed_fields = fields_digest::bytea"],
    "no record number": [
        "update item set state = 'done', audit_seq = null, version = version + 1 where id = 'i1'"
    ],
    "every item deleted": ["delete from item"],
    "a new item without a record": [
        copied("item", where="id = 'i2'", id="'i9'", reference="'C-9'")
    ],
    "a new item with another one's record": [
        copied("item", where="id = 'i2'", id="'i9'", reference="'C-9'", audit_seq="2")
    ],
    "a new item in another state than its record's": [
        forged("item:i9", 1, state="waiting"),
        copied("item", where="id = 'i2'", id="'i9'", reference="'C-9'", state="'done'"),
    ],
    "a new item that begins with version 2": [
        forged("item:i9", 1, state="waiting"),
        copied("item", where="id = 'i2'", id="'i9'", reference="'C-9'", version="2"),
    ],
}
EFFECT_ATTACKS: Mapping[str, list[str]] = {
    "a state without a record": ["update effect set state = 'not_done'"],
    "a record of another state": [
        forged("item:i1", NEXT, subject=EFFECT, state="unknown"),
        f"update effect set state = 'not_done', audit_seq = {NEXT}",
    ],
    "a record that was used before": ["update effect set act_by = act_by + 1, audit_seq = 4"],
    "a record about the item": [
        forged("item:i1", NEXT, state="not_done"),
        f"update effect set state = 'not_done', audit_seq = {NEXT}",
    ],
    "another item": [
        forged("item:i2", 2, subject=EFFECT, state="intended"),
        forged("item:i2", 3, subject=EFFECT, state="intended"),
        forged("item:i2", 4, subject=EFFECT, state="intended"),
        forged("item:i2", 5, subject=EFFECT, state="intended"),
        "update effect set item = 'i2', audit_seq = 5",
    ],
    "another id": ["update effect set id = 'x', audit_seq = 4"],
    "no state": [f"update effect set state = null, audit_seq = {NEXT}"],
    "deleted": ["delete from effect"],
    "a new act without a record": [copied("effect", where=ACT, id="'x'", act_no="2")],
}
CASE_ATTACKS: Mapping[str, list[str]] = {
    "a state without a record": ["update exception_case set state = 'closed'"],
    "a record of another state": [
        forged("item:i1", NEXT, subject="case:i1-1", state="taken"),
        f"update exception_case set state = 'closed', audit_seq = {NEXT}, version = 2",
    ],
    "a record that was used before": ["update exception_case set audit_seq = 5, version = 2"],
    "a record of another case": [
        forged("item:i1", NEXT, subject="case:i1-2", state="closed"),
        f"update exception_case set state = 'closed', audit_seq = {NEXT}, version = 2",
    ],
    "another stream": [
        forged("item:i9", 1, subject="case:i1-1", state="open"),
        "update exception_case set stream = 'item:i9', audit_seq = 1, version = 2",
    ],
    "a version that jumps": [
        forged("item:i1", NEXT, subject="case:i1-1", state="closed"),
        f"update exception_case set state = 'closed', audit_seq = {NEXT}, version = 3",
    ],
    "a decision without a record": ["update exception_case set decision = 'reject'"],
    "another id": ["update exception_case set id = 'x'"],
    "deleted": ["delete from exception_case"],
    "a new case without a record": [copied("exception_case", where="id = 'i1-1'", id="'x'")],
}
RECORD_ATTACKS: Mapping[str, list[str]] = {
    "another body": ["update audit_record set body = leaf where stream = 'item:i1' and seq = 1"],
    "another state": ["update audit_record set state = 'done' where seq = 2"],
    "another place": ["update audit_record set seq = 99 where seq = 7"],
    "deleted at the end": ["delete from audit_record where stream = 'item:i1' and seq = 7"],
    "everything deleted": ["delete from audit_record"],
    "inserted behind a gap": [forged("item:i1", NEXT + 1)],
    "inserted in a place that is taken": [forged("item:i1", NEXT - 1)],
    "inserted before the first": [forged("item:i1", 0)],
    "a new stream that does not begin at 1": [forged("item:i9", 2)],
}
ATTACKS = [
    pytest.param(statements, id=f"{table}: {name}")
    for table, attacks in (
        ("item", ITEM_ATTACKS),
        ("effect", EFFECT_ATTACKS),
        ("case", CASE_ATTACKS),
        ("answer", ANSWER_ATTACKS),
        ("account", ACCOUNT_ATTACKS),
        ("trigger", TRIGGER_ATTACKS),
        ("slot", SLOT_ATTACKS),
        ("dispatch", DISPATCH_ATTACKS),
        ("notification", NOTIFICATION_ATTACKS),
        ("recheck", RECHECK_ATTACKS),
        ("version", VERSION_ATTACKS),
        ("request", REQUEST_ATTACKS),
        ("record", RECORD_ATTACKS),
    )
    for name, statements in attacks.items()
]


@pytest.mark.parametrize("statements", ATTACKS)
def test_a_change_that_no_record_tells_of_is_refused(
    history_url: str, statements: list[str]
) -> None:
    before = contents(history_url)
    if sqlite_file(history_url) is not None:
        statements = [statement.replace("::bytea", "") for statement in statements]

    refusal = attack(history_url, statements)

    assert "a change without its record" in refusal or "the audit log only grows" in refusal
    assert contents(history_url) == before


@pytest.mark.parametrize(
    "statements",
    [
        pytest.param(
            [forged("item:i1", NEXT, state="performing"), moved("performing", NEXT)], id="item"
        ),
        pytest.param(
            [
                forged("item:i1", NEXT, subject=EFFECT, state="confirmed"),
                f"update effect set state = 'confirmed', audit_seq = {NEXT}",
            ],
            id="effect",
        ),
        pytest.param(
            [
                forged("item:i1", NEXT, subject="case:i1-1", state="closed"),
                f"update exception_case set state = 'closed', audit_seq = {NEXT}, version = 2",
            ],
            id="case",
        ),
        pytest.param(
            [
                forged("item:i1", NEXT, subject=ANSWER, state="void"),
                f"update answer set state = 'void', audit_seq = {NEXT}",
            ],
            id="answer",
        ),
        pytest.param(
            [
                forged(ACCOUNT_STREAM, 2, subject="account", state="working"),
                "update account_health set held = false, audit_seq = 2",
            ],
            id="account",
        ),
        pytest.param(["update account_health set in_a_row = 3"], id="an account's counter"),
        *TRIGGER_CHANGES,
        *DISPATCH_CHANGES,
        *NOTIFICATION_CHANGES,
        *QUALITY_CHANGES,
        *REQUEST_CHANGES,
        pytest.param(
            [
                forged("item:i9", 1, state="waiting"),
                copied("item", where="id = 'i2'", id="'i9'", reference="'C-9'"),
            ],
            id="new item",
        ),
    ],
)
def test_a_change_whose_record_stands_in_the_log_passes(
    database_url: str, statements: list[str]
) -> None:
    make_history(database_url)
    before = contents(database_url)

    refusal = attack(database_url, statements)

    assert refusal == ""
    assert contents(database_url) != before


def test_a_record_alone_changes_nothing_but_the_log(database_url: str) -> None:
    make_history(database_url)
    before = contents(database_url)

    with migrated(database_url) as database, sql_store(database).transaction() as tx:
        tx.record(an_entry("item:i1", "item", "done"))

    after = contents(database_url)
    assert len(after["audit_record"]) == len(before["audit_record"]) + 1
    assert after["item"] == before["item"]
