"""What an attempt leaves as proof."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from deskhand.domain.identifiers import AttemptId, ItemId


class EvidenceKind(Enum):
    """The kinds of evidence that a browser session can give."""

    SCREENSHOT = "screenshot"  # masked JPEG of the page
    SNAPSHOT = "snapshot"  # redacted ARIA snapshot, as YAML text
    RECEIPT = "receipt"  # masked JPEG of the page that shows the receipt


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """Bytes taken from a page, masked before they left it, not stored yet."""

    kind: EvidenceKind
    step: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Stored evidence: found by the hash of its sealed bytes."""

    sha256: str
    kind: EvidenceKind
    item: ItemId
    attempt: AttemptId
    step: str
    size: int
    taken_at: datetime
