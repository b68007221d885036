"""Attacks on re-checks and held versions; of the history i2 waits for one, and version 1 is held.

The stream of i2: 1 created, 2 re-check.
"""

from collections.abc import Mapping

import pytest

from tests.contracts.stores.raw_access import copied, forged
from tests.making_quality import a_version

VERSION = a_version()
RECHECK_ATTACKS: Mapping[str, list[str]] = {
    "a grade without a record": ["update recheck set state = 'graded', grade = 'pass'"],
    "a grade by the record of the present state": [
        "update recheck set state = 'graded', audit_seq = 2"
    ],
    "a record of another state": [
        forged("item:i2", 3, subject="recheck", state="answered"),
        "update recheck set state = 'graded', audit_seq = 3",
    ],
    "a record about the item": [
        forged("item:i2", 3, state="graded"),
        "update recheck set state = 'graded', audit_seq = 3",
    ],
    "another answer without a record": ["update recheck set differing = '[]', answered_by = 'x'"],
    "other reasons": [
        forged("item:i2", 3, subject="recheck", state="waiting"),
        "update recheck set why = '[]', audit_seq = 3",
    ],
    "fewer fields": [
        forged("item:i2", 3, subject="recheck", state="waiting"),
        "update recheck set fields = '[]', audit_seq = 3",
    ],
    "another number among the first": [
        forged("item:i2", 3, subject="recheck", state="waiting"),
        "update recheck set ordinal = null, audit_seq = 3",
    ],
    "another item": [
        forged("item:i1", 8, subject="recheck", state="waiting"),
        "update recheck set item = 'i1', audit_seq = 8",
    ],
    "deleted": ["delete from recheck"],
    "a new one without a record": [copied("recheck", where="true", item="'i1'", ordinal="null")],
    "the same number for another item": [
        forged("item:i1", 8, subject="recheck", state="waiting"),
        copied("recheck", where="true", item="'i1'", audit_seq="8"),
    ],
}
VERSION_ATTACKS: Mapping[str, list[str]] = {
    "released without a record": ["update runbook_hold set held = false"],
    "released by a record about another version": [
        forged(VERSION.stream, 2, subject="version:x", state="working"),
        "update runbook_hold set held = false, audit_seq = 2",
    ],
    "another person without a record": ["update runbook_hold set held_by = 'x'"],
    "another number": [
        forged(VERSION.stream, 2, subject=VERSION.subject, state="held"),
        "update runbook_hold set number = 9, audit_seq = 2",
    ],
    "deleted": ["delete from runbook_hold"],
    "a new one that is held without a record": [copied("runbook_hold", where="held", hash="'x'")],
}
QUALITY_CHANGES = [
    pytest.param(
        [
            forged("item:i2", 3, subject="recheck", state="answered"),
            "update recheck set state = 'answered', audit_seq = 3",
        ],
        id="re-check",
    ),
    pytest.param(
        [
            forged(VERSION.stream, 2, subject=VERSION.subject, state="working"),
            "update runbook_hold set held = false, audit_seq = 2",
        ],
        id="version",
    ),
]
