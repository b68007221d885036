"""Attacks on what is known of an account."""

from collections.abc import Mapping

from tests.contracts.stores.raw_access import copied, forged
from tests.making import ACCOUNT

ACCOUNT_STREAM = f"account:{ACCOUNT}"
ACCOUNT_ATTACKS: Mapping[str, list[str]] = {
    "released without a record": ["update account_health set held = false"],
    "released by the record that held it": [
        "update account_health set held = false, audit_seq = 1"
    ],
    "released by a record of another state": [
        forged(ACCOUNT_STREAM, 2, subject="account", state="held"),
        "update account_health set held = false, audit_seq = 2",
    ],
    "released by a record about something else": [
        forged(ACCOUNT_STREAM, 2, subject="login", state="working"),
        "update account_health set held = false, audit_seq = 2",
    ],
    "put back to before its record": ["update account_health set audit_seq = 0"],
    "another name": ["update account_health set name = 'x'"],
    "deleted": ["delete from account_health"],
    "a new account that is held without a record": [
        copied("account_health", where="held", name="'x'")
    ],
    "a new account on a record that is not there": [
        copied("account_health", where="held", name="'x'", held="false")
    ],
}
