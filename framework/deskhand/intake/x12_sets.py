"""Small transaction sets made from single claims of a large one."""

from collections.abc import Sequence
from typing import Final

from deskhand.intake.x12_loops import PATIENT, PROVIDER, SUBSCRIBER, ClaimText, Level

_CONTROL_NUMBER: Final = "0001"
_OF_AN_ADJUDICATION: Final = frozenset({"CAS", "DTP", "AMT"})


def transaction_set(claims: Sequence[ClaimText]) -> list[list[str]]:
    """A whole transaction set, ST to SE, that holds just these claims, in their order.

    The claims come from one set of one file. Each segment is a list: its id and its elements.
    The levels are numbered anew, so the file's own numbering must have been checked before.
    """
    made = _Made(claims[0])
    for claim in claims:
        made.add(claim)
    return made.ended()


class _Made:
    """A transaction set that grows by claims, opening a level only where it changes."""

    def __init__(self, first: ClaimText) -> None:
        self._separator = first.delimiters.element
        self._segments = [["ST", "837", _CONTROL_NUMBER, first.version]]
        self._extend(first.header[1:])
        self._levels = 0
        self._provider: tuple[Level | None, str] = (None, "")
        self._subscriber: tuple[Level | None, bool, str] = (None, False, "")
        self._patient: Level | None = None

    def add(self, claim: ClaimText) -> None:
        if claim.provider is not self._provider[0]:
            self._provider = (claim.provider, self._open(claim.provider, PROVIDER, "", "1"))
            self._subscriber = (None, False, "")
        for_someone_else = claim.patient is not None
        if (claim.subscriber, for_someone_else) != self._subscriber[:2]:
            child = "1" if for_someone_else else "0"
            number = self._open(claim.subscriber, SUBSCRIBER, self._provider[1], child)
            self._subscriber = (claim.subscriber, for_someone_else, number)
            self._patient = None
        if claim.patient is not None and claim.patient is not self._patient:
            self._open(claim.patient, PATIENT, self._subscriber[2], "0")
            self._patient = claim.patient
        self._extend(_first_adjudications(claim.segments, self._separator))

    def ended(self) -> list[list[str]]:
        self._segments.append(["SE", str(len(self._segments) + 1), _CONTROL_NUMBER])
        return self._segments

    def _open(self, level: Level, code: str, parent: str, child: str) -> str:
        self._levels += 1
        number = str(self._levels)
        self._segments.append(["HL", number, parent, code, child])
        self._extend(level.segments)
        return number

    def _extend(self, texts: Sequence[str]) -> None:
        for text in texts:
            elements = text.split(self._separator)
            if elements[0] == "DMG" and elements[3:4] == ["U"]:
                # The guide allows an unknown sex; x12sdk knows only M and F.
                elements[3] = ""
            self._segments.append(elements)


def _first_adjudications(texts: Sequence[str], separator: str) -> Sequence[str]:
    """The claim's segments with one adjudication (SVD) a line.

    x12sdk keeps only the last one of a line and then finds that segments are missing.
    """
    begin = f"SVD{separator}"
    if sum(text.startswith(begin) for text in texts) < 2:
        return texts
    kept = []
    seen = skipping = False
    for text in texts:
        head = text.partition(separator)[0]
        if head == "LX":
            seen = False
        skipping = (head == "SVD" and seen) or (skipping and head in _OF_AN_ADJUDICATION)
        seen = seen or head == "SVD"
        if not skipping:
            kept.append(text)
    return kept
