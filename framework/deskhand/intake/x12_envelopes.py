"""The envelopes of an X12 file, checked before a claim of it is read."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from deskhand.errors import BrokenFileError
from deskhand.intake.x12_segments import Segment, segments

PROFESSIONAL_CLAIMS: Final = ("005010X222", "005010X222A1", "005010X222A2")
_OTHERS: Final = {
    "HP": "a remittance (835)",
    "HN": "a claim status response (277)",
    "HR": "a claim status inquiry (276)",
    "FA": "an acknowledgement (999)",
    "HS": "an eligibility inquiry (270)",
    "HB": "an eligibility response (271)",
    "BE": "an enrolment (834)",
}
# What may follow what, by the envelope that is open; any other segment belongs inside ST … SE.
_INSIDE: Final = {
    "": {"ISA"},
    "ISA": {"GS", "TA1", "IEA"},
    "GS": {"ST", "GE"},
    "ST": None,
}
_OPENERS: Final = {"ISA", "GS", "ST"}
_CLOSERS: Final = {"SE": "ST", "GE": "GS", "IEA": "ISA"}
_CONTROL_NUMBER_AT: Final = {"ISA": 13, "GS": 6, "ST": 2}


@dataclass(slots=True)
class _Envelope:
    id: str
    control_number: str
    content: int = 0


def count_claims(file: Path) -> int:
    """How many claims the file holds, once all its envelopes have been found whole.

    Raises `BrokenFileError` for an envelope that is missing, misplaced or truncated, a count or
    a control number that does not agree, and for anything but professional claims (837P).
    """
    check = _Check(file)
    claims = 0
    for segment in segments(file):
        if segment.text.startswith("CLM" + segment.delimiters.element):
            claims += 1
        check.take(segment)
    check.end()
    if claims == 0:
        raise BrokenFileError(file, "holds no claims")
    return claims


class _Check:
    def __init__(self, file: Path) -> None:
        self._file = file
        self._open: list[_Envelope] = []
        self._last = 0

    def take(self, segment: Segment) -> None:
        self._last = segment.number
        inside = self._open[-1].id if self._open else ""
        if inside == "ST":
            self._open[-1].content += 1
        head = segment.id
        if _CLOSERS.get(head) == inside != "":
            self._close(segment)
            return
        allowed = _INSIDE[inside]
        if head in _OPENERS and (allowed is None or head not in allowed):
            raise self._broken(segment, f"has a {head} segment where none can be")
        if head in _CLOSERS or (allowed is not None and head not in allowed):
            where = f"inside {inside}" if inside else "outside of an interchange"
            raise self._broken(segment, f"has a {_shown(head)} segment {where}")
        if head in _OPENERS:
            self._begin(head, segment)

    def end(self) -> None:
        if self._open:
            problem = f"ends inside an envelope ({self._open[-1].id}): it is truncated"
            raise BrokenFileError(self._file, problem, line=self._last)

    def _begin(self, head: str, segment: Segment) -> None:
        elements = segment.elements()
        at = _CONTROL_NUMBER_AT[head]
        if len(elements) <= at:
            raise self._broken(segment, f"has a {head} segment that is too short")
        if self._open and self._open[-1].id != "ST":
            self._open[-1].content += 1
        if head == "GS":
            self._check_group(segment, elements)
        if head == "ST":
            self._check_set(segment, elements)
        self._open.append(_Envelope(head, elements[at].strip(), int(head == "ST")))

    def _check_group(self, segment: Segment, elements: list[str]) -> None:
        version = elements[8].strip() if len(elements) > 8 else ""
        if elements[1] == "HC" and version in PROFESSIONAL_CLAIMS:
            return
        kind = _OTHERS.get(elements[1], "of another kind or version")
        if elements[1] == "HC" and version.startswith("005010X223"):
            kind = "an institutional claim file (837I)"
        raise self._broken(segment, f"is {kind}; read are professional claims (837P, 005010X222)")

    def _check_set(self, segment: Segment, elements: list[str]) -> None:
        version = elements[3].strip() if len(elements) > 3 else PROFESSIONAL_CLAIMS[-1]
        if elements[1] != "837" or version not in PROFESSIONAL_CLAIMS:
            raise self._broken(segment, "has a transaction set that is no professional claim")

    def _close(self, segment: Segment) -> None:
        envelope = self._open.pop()
        _, count, number, *_ = [*segment.elements(), "", ""]
        if count.strip() != str(envelope.content) and _number(count) != envelope.content:
            problem = f"counts {_shown(count)} in its {segment.id} segment, but holds"
            raise self._broken(segment, f"{problem} {envelope.content}: it is not complete")
        if number.strip() != envelope.control_number:
            problem = f"has a {segment.id} segment whose control number is not that of"
            raise self._broken(segment, f"{problem} its {envelope.id} segment")

    def _broken(self, segment: Segment, problem: str) -> BrokenFileError:
        return BrokenFileError(self._file, problem, line=segment.number)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None


def _shown(text: str) -> str:
    """A segment's id or a count, if it is one; what else stands there may be a patient's."""
    harmless = text.isascii() and text.isalnum() and (len(text) <= 3 or text.isdigit())
    return text if harmless else "?"
