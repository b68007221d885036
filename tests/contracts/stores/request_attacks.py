"""Attacks on what the store remembers of signed requests, and how it may forget them."""

from collections.abc import Mapping

import pytest

from tests.contracts.stores.raw_access import copied, forged
from tests.making import NOW

IDS_STREAM = "hook-ids:lakeside/claims"
SEEN_AT = int(NOW.replace(microsecond=0).timestamp()) * 1_000_000 + NOW.microsecond


def told(before: int, *, stream: str = IDS_STREAM, type: str = "webhook.ids_forgotten") -> str:
    """Return the insert of a record that ids from before a moment are forgotten."""
    return forged(stream, 1, subject=f"before:{before}", type=type)


REQUEST_ATTACKS: Mapping[str, list[str]] = {
    "forgotten without a record": ["delete from webhook_seen"],
    "forgotten by a record of an earlier moment": [told(SEEN_AT), "delete from webhook_seen"],
    "forgotten by a record of another hook": [
        told(SEEN_AT + 1, stream="hook-ids:lakeside/other"),
        "delete from webhook_seen",
    ],
    "forgotten by a record of another type": [
        told(SEEN_AT + 1, type="webhook.taken"),
        "delete from webhook_seen",
    ],
    "another digest": ["update webhook_seen set digest = 'x'"],
    "an older moment": [told(SEEN_AT), "update webhook_seen set seen_at = 0"],
}
REQUEST_CHANGES = [
    pytest.param([told(SEEN_AT + 1), "delete from webhook_seen"], id="forgotten request"),
    pytest.param([copied("webhook_seen", where="true", id="'msg-9'")], id="another request"),
]
