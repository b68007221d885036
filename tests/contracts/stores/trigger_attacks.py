"""Attacks on what the store keeps of triggers, and changes of it that the log tells of."""

from collections.abc import Mapping

import pytest

from tests.contracts.stores.raw_access import copied, forged
from tests.making_triggers import TRIGGER, a_slot

TRIGGER_STREAM = f"trigger:{TRIGGER}"
TRIGGER_ATTACKS: Mapping[str, list[str]] = {
    "resumed without a record": ["update trigger_state set paused = false"],
    "resumed by a record about a slot": [
        forged(TRIGGER_STREAM, 3, subject="slot:x", state="working"),
        "update trigger_state set paused = false, audit_seq = 3",
    ],
    "put back to before its record": ["update trigger_state set audit_seq = 0"],
    "deleted": ["delete from trigger_state"],
    "a new trigger that is paused without a record": [
        copied("trigger_state", where="paused", name="'x'")
    ],
}
SLOT = a_slot().subject
SLOT_ATTACKS: Mapping[str, list[str]] = {
    "a state without a record": ["update trigger_slot set state = 'fired'"],
    "counts without a record": ["update trigger_slot set accepted = 9"],
    "a record that was used before": ["update trigger_slot set accepted = 9, audit_seq = 2"],
    "a record of another state": [
        forged(TRIGGER_STREAM, 3, subject=SLOT, state="failed"),
        "update trigger_slot set state = 'fired', audit_seq = 3",
    ],
    "another slot": [
        forged(TRIGGER_STREAM, 3, subject=SLOT, state="due"),
        "update trigger_slot set slot = '2026-05-05T05:00', audit_seq = 3",
    ],
    "deleted": ["delete from trigger_slot"],
    "a new slot without a record": [
        copied("trigger_slot", where="accepted = 0", id="'x'", slot="'x'")
    ],
    "the same slot under another id": [
        forged(TRIGGER_STREAM, 3, subject="slot:x", state="due"),
        copied("trigger_slot", where="accepted = 0", id="'x'", audit_seq="3"),
    ],
}
TRIGGER_CHANGES = [
    pytest.param(
        [
            forged(TRIGGER_STREAM, 3, subject="trigger", state="working"),
            "update trigger_state set paused = false, audit_seq = 3",
        ],
        id="trigger",
    ),
    pytest.param(
        ["update trigger_state set decided_to = decided_to + 1"], id="how far a trigger came"
    ),
    pytest.param(
        [
            forged(TRIGGER_STREAM, 3, subject=SLOT, state="fired"),
            "update trigger_slot set state = 'fired', audit_seq = 3, accepted = 2",
        ],
        id="slot",
    ),
]
