# ruff: noqa: S608 - attacks are SQL put together, on purpose
"""Attacks on what people answered."""

from collections.abc import Mapping

from tests.contracts.stores.raw_access import NEXT, copied, forged

ANSWER = "answer:i1/approval/1"
ANSWER_ATTACKS: Mapping[str, list[str]] = {
    "a state without a record": ["update answer set state = 'withdrawn'"],
    "a record of another state": [
        forged("item:i1", NEXT, subject=ANSWER, state="withdrawn"),
        f"update answer set state = 'void', audit_seq = {NEXT}",
    ],
    "a record that was used before": ["update answer set digest = 'x', audit_seq = 6"],
    "another person without a record": ["update answer set \"by\" = 'bob'"],
    "another item": [
        forged("item:i2", 2, subject=ANSWER, state="given"),
        "update answer set item = 'i2', audit_seq = 2",
    ],
    "another id": ["update answer set id = 'x', audit_seq = 6"],
    "deleted": ["delete from answer"],
    "a new answer without a record": [copied("answer", where="true", id="'x'")],
}
