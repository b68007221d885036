"""Attacks on what people were told; the notification of the history was sent."""

from collections.abc import Mapping

import pytest

from tests.contracts.stores.raw_access import copied, forged

NOTIFICATION_STREAM = "notification:n1"
_NEW = {"id": "'x'", "state": "'due'", "audit_seq": "0"}
NOTIFICATION_ATTACKS: Mapping[str, list[str]] = {
    "a state without a record": ["update notification set state = 'failed'"],
    "a state by the record of the present one": [
        "update notification set state = 'failed', audit_seq = 1"
    ],
    "a record of another state": [
        forged(NOTIFICATION_STREAM, 2, subject="notification", state="dropped"),
        "update notification set state = 'failed', audit_seq = 2",
    ],
    "a record about something else": [
        forged(NOTIFICATION_STREAM, 2, subject="item", state="failed"),
        "update notification set state = 'failed', audit_seq = 2",
    ],
    "due again without a record": ["update notification set state = 'due'"],
    "due again on a record of another notification": [
        forged("notification:n2", 1, subject="notification", state="due"),
        "update notification set state = 'due', audit_seq = 2",
    ],
    "put back to before its record": ["update notification set state = 'due', audit_seq = 0"],
    "another target": ["update notification set target = 'x'"],
    "another topic": ["update notification set topic = 'x'"],
    "another id": ["update notification set id = 'x'"],
    "deleted": ["delete from notification"],
    "a new one that was sent": [
        copied("notification", where="true", **(_NEW | {"state": "'sent'"}))
    ],
    "a new one on a record that is not there": [
        copied("notification", where="true", **(_NEW | {"audit_seq": "1"}))
    ],
}
NOTIFICATION_CHANGES = [
    pytest.param(
        [
            forged(NOTIFICATION_STREAM, 2, subject="notification", state="failed"),
            "update notification set state = 'failed', audit_seq = 2",
        ],
        id="notification",
    ),
    pytest.param(
        [
            forged(NOTIFICATION_STREAM, 2, subject="notification", state="due"),
            "update notification set state = 'due', audit_seq = 2, tries = 0",
        ],
        id="retried",
    ),
    pytest.param(["update notification set tries = 3, next_try_at = 0"], id="its tries"),
    pytest.param([copied("notification", where="true", **_NEW)], id="new notification"),
]
