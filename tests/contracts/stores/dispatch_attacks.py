"""Attacks on an event's way to its receivers; the dispatch of the history is given up."""

from collections.abc import Mapping

import pytest

from tests.contracts.stores.raw_access import copied, forged
from tests.making_dispatches import a_dispatch

DISPATCH = a_dispatch().subject
DISPATCH_ATTACKS: Mapping[str, list[str]] = {
    "a state without a record": ["update dispatch set state = 'dropped'"],
    "a state by the record of the present one": [
        "update dispatch set state = 'dropped', audit_seq = 1"
    ],
    "a record of another state": [
        forged("event:1", 2, subject=DISPATCH, state="waiting"),
        "update dispatch set state = 'dropped', audit_seq = 2",
    ],
    "a record about another dispatch": [
        forged("event:1", 2, subject="dispatch:x", state="dropped"),
        "update dispatch set state = 'dropped', audit_seq = 2",
    ],
    "put back to before its record": ["update dispatch set state = 'waiting', audit_seq = 0"],
    "another stream": ["update dispatch set stream = 'item:i1'"],
    "another receiver": ["update dispatch set receiver = 'x'"],
    "another id": ["update dispatch set id = 'x'"],
    "no state": ["update dispatch set state = null, audit_seq = 2"],
    "deleted": ["delete from dispatch"],
    "a new one that is delivered": [
        copied("dispatch", where="true", id="'x'", position="position", state="'delivered'")
    ],
    "a new one that is delivered, with no record's number": [
        copied(
            "dispatch",
            where="true",
            id="'x'",
            position="position",
            state="'delivered'",
            audit_seq="0",
        )
    ],
}
DISPATCH_CHANGES = [
    pytest.param(
        [
            forged("event:1", 2, subject=DISPATCH, state="dropped"),
            "update dispatch set state = 'dropped', audit_seq = 2",
        ],
        id="dispatch",
    ),
    pytest.param(["update dispatch set tries = 3, next_try_at = 0"], id="a dispatch's tries"),
    pytest.param(
        [
            copied(
                "dispatch",
                where="true",
                id="'x'",
                position="position",
                state="'waiting'",
                audit_seq="0",
            )
        ],
        id="new dispatch",
    ),
]
