"""Why an attempt did not end in success."""

import re
from dataclasses import dataclass
from enum import Enum


class CauseKind(Enum):
    """Who can do something about it."""

    BUSINESS = "business"  # the portal, or a check, says no: a person corrects the data
    SYSTEM = "system"  # portal, network, browser, configuration: retried, then for engineers
    UNCERTAIN = "uncertain"  # an act may or may not have happened: only proof settles it
    STOP = "stop"  # captcha, locked, password expired, new terms: the account must rest


class SystemCode:
    """The codes of system causes that the framework itself gives."""

    TRANSIENT = "TRANSIENT"
    PORTAL_DOWN = "PORTAL_DOWN"
    PORTAL_BUSY = "PORTAL_BUSY"
    PORTAL_UNSURE = "PORTAL_UNSURE"
    SESSION_LOST = "SESSION_LOST"
    BROWSER_LOST = "BROWSER_LOST"
    LAYOUT_CHANGED = "LAYOUT_CHANGED"
    FIELD_NOT_HELD = "FIELD_NOT_HELD"
    CONFIGURATION = "CONFIGURATION"
    BOT_FAULTY = "BOT_FAULTY"
    RUNBOOK_FAULTY = "RUNBOOK_FAULTY"
    TIMED_OUT = "TIMED_OUT"
    WORKER_LOST = "WORKER_LOST"
    STORE_AWAY = "STORE_AWAY"
    ACCOUNT_HELD = "ACCOUNT_HELD"
    ACCOUNT_BUSY = "ACCOUNT_BUSY"
    EVENT_UNDELIVERED = "EVENT_UNDELIVERED"
    NOTIFICATION_UNDELIVERED = "NOTIFICATION_UNDELIVERED"
    SEAL_BROKEN = "SEAL_BROKEN"


RETRIED_CODES = frozenset(
    {
        SystemCode.TRANSIENT,
        SystemCode.PORTAL_DOWN,
        SystemCode.PORTAL_BUSY,
        SystemCode.PORTAL_UNSURE,
        SystemCode.SESSION_LOST,
        SystemCode.BROWSER_LOST,
        SystemCode.FIELD_NOT_HELD,
        SystemCode.TIMED_OUT,
        SystemCode.WORKER_LOST,
        SystemCode.STORE_AWAY,
        SystemCode.ACCOUNT_HELD,
        SystemCode.ACCOUNT_BUSY,
    }
)

PORTAL_REFUSED = "PORTAL_REFUSED"
"""The code of a refusal for which the portal has none."""

_CODE = re.compile(r"[A-Z0-9][A-Z0-9_.:-]{0,62}")


def is_code(text: str) -> bool:
    """Whether a text is a code: a constant that may stand in clear wherever causes are told.

    >>> is_code("NOT_A_MEMBER"), is_code("A7:562"), is_code("Rosa Diaz is not a member")
    (True, True, False)
    """
    return _CODE.fullmatch(text) is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cause:
    """One reason, reduced to what may be kept: foreign messages never enter it unredacted.

    `code` is a constant (`MEMBER_NOT_FOUND`, `LAYOUT_CHANGED`); `message` is for a person and
    has the item's sensitive values taken out; `step` names the step; `hint` says what to do,
    for a changed layout the suggested locator; `retry_after` is the portal's own wish, in seconds.
    """

    kind: CauseKind
    code: str
    message: str = ""
    step: str = ""
    hint: str = ""
    retry_after: float | None = None

    @property
    def retried(self) -> bool:
        """Whether trying again later may help without a person."""
        return self.kind is CauseKind.SYSTEM and self.code in RETRIED_CODES

    @property
    def group(self) -> str:
        """What makes two causes the same one: kind, code and step."""
        return f"{self.kind.value}/{self.code}/{self.step}"
