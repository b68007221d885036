"""Ids have their own types, so that one cannot be passed for another."""

from datetime import datetime
from typing import NewType

ItemId = NewType("ItemId", str)
AttemptId = NewType("AttemptId", str)
EffectId = NewType("EffectId", str)
CaseId = NewType("CaseId", str)
AnswerId = NewType("AnswerId", str)
DispatchId = NewType("DispatchId", str)
NotificationId = NewType("NotificationId", str)
FileId = NewType("FileId", str)
WorkerId = NewType("WorkerId", str)
RunbookHash = NewType("RunbookHash", str)
AccountName = NewType("AccountName", str)
TriggerName = NewType("TriggerName", str)
SlotId = NewType("SlotId", str)
DropId = NewType("DropId", str)


def ordered_id(*, at: datetime, entropy: bytes) -> str:
    """Return a UUIDv7 (RFC 9562) as 32 hex digits: ids made later sort later.

    `entropy` is 10 random bytes; the caller draws them, this stays pure.

    >>> from datetime import datetime, UTC
    >>> ordered_id(at=datetime(2026, 1, 2, tzinfo=UTC), entropy=bytes(10))
    '019b7c01040070008000000000000000'
    """
    milliseconds = int(at.timestamp() * 1000)
    number = (milliseconds << 80) | int.from_bytes(entropy)
    number = number & ~(0xF << 76) | (0x7 << 76)
    number = number & ~(0x3 << 62) | (0x2 << 62)
    return f"{number:032x}"
