# ruff: noqa: S608 - attacks are SQL put together, on purpose
"""A row that is replaced fires no trigger of a delete: each database's own ways to do that."""

from collections.abc import Iterator

import pytest

from tests.contracts.stores.raw_access import (
    GUARDED,
    NEXT,
    attack,
    contents,
    copied,
    forged,
    make_history,
)
from tests.making import sqlite_url
from tests.postgres import PostgresServer

REPLACE = "insert or replace into"
WITH_ITS_RECORD = forged("item:i9", 1, state="waiting")
MOVE_I1 = f"update or replace item set audit_seq = {NEXT}, version = version + 1"

ON_SQLITE = {
    "an item by its id": [copied("item", where="id = 'i1'", verb=REPLACE, state="'done'")],
    "an item by its id, in its first state": [
        copied("item", where="id = 'i2'", verb=REPLACE, client="'hill'")
    ],
    "an item by its reference": [
        WITH_ITS_RECORD,
        copied("item", where="id = 'i2'", verb=REPLACE, id="'i9'"),
    ],
    "an item by its row number": [
        WITH_ITS_RECORD,
        copied(
            "item", where="id = 'i2'", verb=REPLACE, id="'i9'", reference="'C-9'", rowid="rowid"
        ),
    ],
    "an item by a change of another one's reference": [
        forged("item:i1", NEXT, state="waiting"),
        f"{MOVE_I1}, reference = 'C-i2' where id = 'i1'",
    ],
    "an item by a change of another one's row number": [
        forged("item:i1", NEXT, state="waiting"),
        f"{MOVE_I1}, rowid = (select rowid from item where id = 'i2') where id = 'i1'",
    ],
    "an act by its id": [copied("effect", where="true", verb=REPLACE, act_by="act_by + 1")],
    "an act by its name": [
        forged("item:i1", NEXT, subject="effect:x", state="intended"),
        copied("effect", where="true", verb=REPLACE, id="'x'", audit_seq=str(NEXT)),
    ],
    "a case by its id": [copied("exception_case", where="true", verb=REPLACE, code="'OTHER'")],
    "a case by its row number": [
        forged("item:i1", NEXT, subject="case:x", state="open"),
        copied(
            "exception_case",
            where="true",
            verb=REPLACE,
            id="'x'",
            audit_seq=str(NEXT),
            rowid="rowid",
        ),
    ],
    "an account by its name": [copied("account_health", where="true", verb=REPLACE)],
    "an account by its row number": [
        copied(
            "account_health",
            where="true",
            verb=REPLACE,
            name="'x'",
            held="0",
            audit_seq="0",
            rowid="rowid",
        )
    ],
    "a re-check by its item": [
        copied("recheck", where="true", verb=REPLACE, client="'hill'", ordinal="null")
    ],
    "a re-check by its number among the first": [
        forged("item:i1", NEXT, subject="recheck", state="waiting"),
        copied("recheck", where="true", verb=REPLACE, item="'i1'", audit_seq=str(NEXT)),
    ],
    "a version by its hash": [copied("runbook_hold", where="true", verb=REPLACE, held="0")],
    "a dispatch by its id": [
        copied(
            "dispatch",
            where="true",
            verb=REPLACE,
            position="position",
            state="'waiting'",
            audit_seq="0",
        )
    ],
    "a dispatch by its row number": [
        copied(
            "dispatch",
            where="true",
            verb=REPLACE,
            id="'x'",
            position="position",
            state="'waiting'",
            audit_seq="0",
            rowid="rowid",
        )
    ],
    "a request by its id": [copied("webhook_seen", where="true", verb=REPLACE, digest="'x'")],
    "a request by its row number": [
        copied("webhook_seen", where="true", verb=REPLACE, id="'x'", rowid="rowid")
    ],
    "a record by its position": [
        copied(
            "audit_record",
            where="stream = 'item:i2'",
            verb=REPLACE,
            seq="2",
            position="(select position from audit_record where stream = 'item:i1' and seq = 1)",
        )
    ],
    "a record by its place in its stream": [
        copied("audit_record", where="stream = 'item:i2'", verb=REPLACE, state="'done'")
    ],
    "a record by a change of another one's position": [
        "update or replace audit_record set position = 1 where seq = 3"
    ],
}
ON_POSTGRESQL = {
    "an item by its id": [
        copied("item", where="id = 'i1'", then="on conflict (id) do update set state = 'done'")
    ],
    "an item by its reference": [
        WITH_ITS_RECORD,
        copied(
            "item",
            where="id = 'i2'",
            id="'i9'",
            then="on conflict (runbook, client, reference, occurrence) do update set client = 'x'",
        ),
    ],
    "an act by its id": [
        copied("effect", where="true", then="on conflict (id) do update set state = 'not_done'")
    ],
    "a case by its id": [
        copied("exception_case", where="true", then="on conflict (id) do update set code = 'X'")
    ],
    "an account by its name": [
        copied("account_health", where="true", then="on conflict (name) do update set held = false")
    ],
    "a record by its place in its stream": [
        copied(
            "audit_record",
            where="stream = 'item:i2'",
            then="on conflict (stream, seq) do update set state = 'done'",
        )
    ],
    "a re-check by its item": [
        copied("recheck", where="true", then="on conflict (item) do update set grade = 'pass'")
    ],
    "a re-check by its number among the first": [
        forged("item:i1", NEXT, subject="recheck", state="waiting"),
        copied(
            "recheck",
            where="true",
            item="'i1'",
            audit_seq=str(NEXT),
            then="on conflict (runbook_hash, client, ordinal) do update set grade = 'pass'",
        ),
    ],
    "a version by its hash": [
        copied("runbook_hold", where="true", then="on conflict (hash) do update set held = false")
    ],
    "a dispatch by its id": [
        copied(
            "dispatch",
            where="true",
            position="position",
            then="on conflict (id) do update set state = 'dropped'",
        )
    ],
    "a request by its id": [
        copied(
            "webhook_seen",
            where="true",
            then="on conflict (client, hook, id) do update set digest = 'x'",
        )
    ],
    **{f"{table} truncated": [f"truncate {table} cascade"] for table in GUARDED},
}


@pytest.fixture(scope="module")
def sqlite_history(tmp_path_factory: pytest.TempPathFactory) -> str:
    make_history(url := sqlite_url(tmp_path_factory.mktemp("guards")))
    return url


@pytest.fixture(scope="module")
def postgresql_history(postgres_server: PostgresServer) -> Iterator[str]:
    with postgres_server.fresh_database() as url:
        make_history(url)
        yield url


def refused(url: str, statements: list[str]) -> bool:
    before = contents(url)
    refusal = attack(url, statements)
    told = ("a change without its record", "the audit log only grows", "would be dropped")
    return any(words in refusal for words in told) and contents(url) == before


@pytest.mark.parametrize("statements", ON_SQLITE.values(), ids=ON_SQLITE)
def test_nothing_is_replaced_on_sqlite(sqlite_history: str, statements: list[str]) -> None:
    assert refused(sqlite_history, statements)


@pytest.mark.parametrize("statements", ON_POSTGRESQL.values(), ids=ON_POSTGRESQL)
def test_nothing_is_replaced_on_postgresql(postgresql_history: str, statements: list[str]) -> None:
    assert refused(postgresql_history, statements)
