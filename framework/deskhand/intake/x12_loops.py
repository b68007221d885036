"""The claims of an X12 837P file, each with the loops above it that give it meaning."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from deskhand.errors import BrokenFileError
from deskhand.intake.x12_envelopes import PROFESSIONAL_CLAIMS
from deskhand.intake.x12_segments import Delimiters, Segment, segments

PROVIDER: Final = "20"
SUBSCRIBER: Final = "22"
PATIENT: Final = "23"
_ABOVE: Final = {PROVIDER: "", SUBSCRIBER: PROVIDER, PATIENT: SUBSCRIBER}
# A claim of 50 lines with every segment that the guide allows stays far below this.
_MOST_SEGMENTS: Final = 20_000
_ENDS_A_CLAIM: Final = frozenset({"CLM", "HL", "SE"})
_OUTSIDE: Final = frozenset({"SE", "ISA", "GE", "IEA", "TA1"})


@dataclass(slots=True)
class Level:
    """One hierarchical level (HL): its segments after the HL itself, shared by its claims."""

    code: str
    id: str
    segments: list[str] = field(default_factory=list)
    fault: str = ""


@dataclass(slots=True)
class ClaimText:
    """One claim as it stands in the file, with everything that it takes to read it alone.

    `header` is what the transaction set has before its first level, ST included; `patient` is
    None when the subscriber is the patient. `fault` says what is wrong with the claim's place
    in the hierarchy.
    """

    number: int
    line: int
    version: str
    delimiters: Delimiters
    header: list[str]
    provider: Level
    subscriber: Level
    patient: Level | None
    segments: list[str]
    fault: str = ""


def claims(file: Path) -> Iterator[ClaimText]:
    """Yield the claims of a file whose envelopes have been checked, in its order."""
    walk = _Walk(file)
    for segment in segments(file):
        if finished := walk.take(segment):
            yield finished


class _Walk:
    """Follows the levels of the file and remembers those that the present claim stands under."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._number = 0
        self._version = PROFESSIONAL_CLAIMS[-1]
        self._header: list[str] = []
        self._levels: dict[str, Level] = {}
        self._claim: ClaimText | None = None
        self._into: list[str] = self._header

    def take(self, segment: Segment) -> ClaimText | None:
        """Take the next segment; the answer is the claim that it ends, if it ends one."""
        head = segment.id
        finished = None
        if head in _ENDS_A_CLAIM:
            finished, self._claim = self._claim, None
        if head == "CLM":
            self._begin_claim(segment)
        elif head == "HL":
            self._begin_level(segment)
        elif head == "ST":
            self._header = self._into = [segment.text]
            self._levels = {}
        elif head == "GS":
            self._version = segment.elements()[8].strip()
        elif head not in _OUTSIDE:
            self._add(segment)
        return finished

    def _begin_level(self, segment: Segment) -> None:
        _, level_id, parent, code, *_ = [*segment.elements(), "", "", "", ""]
        level = Level(code, level_id)
        above = _ABOVE.get(code)
        if above is None:
            # Kept under the subscriber's code: no claim below may be taken for someone else's.
            level.fault = "stands under a level (HL) that professional claims do not have"
            code, above = SUBSCRIBER, PROVIDER
        elif above and (above not in self._levels or self._levels[above].id != parent):
            level.fault = "stands under a level (HL) that names another parent than the one above"
        elif not above and parent:
            level.fault = "stands under a billing provider (HL) that names a parent"
        self._levels = {kept: each for kept, each in self._levels.items() if kept < code and above}
        self._levels[code] = level
        self._into = level.segments

    def _begin_claim(self, segment: Segment) -> None:
        self._number += 1
        provider = self._levels.get(PROVIDER, Level(PROVIDER, ""))
        subscriber = self._levels.get(SUBSCRIBER, Level(SUBSCRIBER, ""))
        patient = self._levels.get(PATIENT)
        faults = [level.fault for level in self._levels.values() if level.fault]
        if SUBSCRIBER not in self._levels:
            faults.append("stands under no subscriber")
        self._into = [segment.text]
        self._claim = ClaimText(
            number=self._number,
            line=segment.number,
            version=self._version,
            delimiters=segment.delimiters,
            header=self._header,
            provider=provider,
            subscriber=subscriber,
            patient=patient,
            segments=self._into,
            fault=faults[0] if faults else "",
        )

    def _add(self, segment: Segment) -> None:
        if len(self._into) >= _MOST_SEGMENTS:
            problem = f"has a loop of over {_MOST_SEGMENTS} segments"
            raise BrokenFileError(self._file, problem, line=segment.number)
        self._into.append(segment.text)
