"""Checking the log: every record against its place, every state against the records.

The verifier reads rows and never raises on bad input: whatever is wrong is a finding. It says
what it proves, and no more: without a checkpoint outside this machine, somebody who can
rewrite the whole database can also rewrite the whole log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import msgspec

from deskhand.audit.record import GENESIS, Record, check_profile, decode, encode, leaf_hash
from deskhand.errors import RecordInvalidError
from deskhand.ports.log_parts import Link, LoggedRecord, StateClaim

MAX_FINDINGS = 100
_NONE: Mapping[str, Link] = {}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong: where, and what."""

    where: str
    problem: str


@dataclass(slots=True)
class Verdict:
    """What a verification found. `clean` only when nothing is wrong.

    `findings` lists the first ones, `unlisted` counts the others.
    """

    records: int = 0
    streams: int = 0
    states: int = 0
    findings: list[Finding] = field(default_factory=list)
    unlisted: int = 0

    @property
    def clean(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    @property
    def first(self) -> Finding | None:
        """The first thing that is wrong."""
        return self.findings[0] if self.findings else None

    def add(self, where: str, problem: str) -> None:
        """Note what is wrong; beyond a number of findings they are only counted."""
        if len(self.findings) < MAX_FINDINGS:
            self.findings.append(Finding(where, problem))
        else:
            self.unlisted += 1

    def take_in(self, part: "Verdict") -> None:
        """Add what was found in another part of the same log."""
        self.records += part.records
        self.streams += part.streams
        self.states += part.states
        self.unlisted += part.unlisted
        for finding in part.findings:
            self.add(finding.where, finding.problem)


class _Told(msgspec.Struct, gc=False):
    """What the log says of one subject: the last record that gave it a state.

    There is one a subject of the whole store: it is small, and no cycle can begin in it.
    """

    state: str
    seq: int
    changes: int


class Verification:
    """One pass over the log, stream by stream, then over the states that rest on it."""

    def __init__(self) -> None:
        self.verdict = Verdict()
        self._told: dict[tuple[str, str], _Told] = {}

    def read(self, rows: Iterable[LoggedRecord], *, behind: Mapping[str, Link] = _NONE) -> None:
        """Check the log's rows, which come ordered by stream and sequence.

        Where only the last rows of a stream come, `behind` has the record before them.
        """
        stream, seq, position, prev = "", 0, 0, GENESIS
        for row in rows:
            if row.stream != stream:
                stream, seq, position, prev = row.stream, 0, 0, GENESIS
                if (link := behind.get(stream)) is not None:
                    seq, position, prev = link.seq, link.position, link.leaf.hex()
                self.verdict.streams += 1
            self.verdict.records += 1
            seq += 1
            if row.seq != seq:
                self._find(row, f"expected record {seq} of its stream, found {row.seq}")
                seq = row.seq
            if row.position <= position:
                self._find(row, "it stands before the record that it follows")
            position = row.position
            self._check(row, prev=prev)
            prev = row.leaf.hex()

    def compare(self, states: Iterable[StateClaim]) -> None:
        """Check the store's states against what the log told, in both directions.

        `states` must hold every subject of the store; what the log tells of and the store
        lacks is a finding, too.
        """
        for state in states:
            told = self._told.pop((state.stream, state.subject), None)
            for problem in _differences(state, told):
                self._add(f"{state.stream} {state.subject}", problem)
            self.verdict.states += 1
        for stream, subject in self._told:
            self._add(f"{stream} {subject}", "the log tells of it, the store does not have it")

    def _check(self, row: LoggedRecord, *, prev: str) -> None:
        if leaf_hash(row.body) != row.leaf:
            self._find(row, "its bytes do not give its hash: the record was changed")
            return
        try:
            record = decode(row.body)
        except RecordInvalidError as error:
            self._find(row, str(error))
            return
        for problem in _record_problems(row, record, prev=prev):
            self._find(row, problem)
        if record.state:
            told = self._told.setdefault((row.stream, row.subject), _Told("", 0, 0))
            told.state, told.seq = record.state, record.seq
            told.changes += 1

    def _find(self, row: LoggedRecord, problem: str) -> None:
        self._add(f"{row.stream} record {row.seq} (position {row.position})", problem)

    def _add(self, where: str, problem: str) -> None:
        self.verdict.add(where, problem)


# Both are asked of every row of a log: a list that stays empty costs less than a generator.
def _record_problems(row: LoggedRecord, record: Record, *, prev: str) -> list[str]:
    problems: list[str] = []
    if record.prev != prev:
        problems.append(
            "it does not follow the record before it: one was changed, dropped or moved"
        )
    if (record.stream, record.seq, record.type, record.subject, record.state) != row[1:6]:
        problems.append("its index columns differ from its bytes")
    try:
        check_profile(record)
    except RecordInvalidError as error:
        return [*problems, str(error)]
    if encode(record) != row.body:
        problems.append("its bytes are not in canonical form")
    return problems


def _differences(state: StateClaim, told: _Told | None) -> list[str]:
    if told is None:
        return [f"it is {state.state}, and the log has no record of it"]
    problems: list[str] = []
    if told.state != state.state:
        problems.append(f"it is {state.state}, the log says {told.state} (record {told.seq})")
    if state.audit_seq is not None and state.audit_seq != told.seq:
        problems.append(f"it rests on record {state.audit_seq}, the log's last is {told.seq}")
    if state.version is not None and state.version != told.changes:
        problems.append(
            f"it is at version {state.version}, the log tells of {told.changes} changes"
        )
    return problems


def summary(verdict: Verdict) -> Mapping[str, object]:
    """Return a verdict as JSON types."""
    return {
        "clean": verdict.clean,
        "records": verdict.records,
        "streams": verdict.streams,
        "states": verdict.states,
        "unlisted": verdict.unlisted,
        "findings": [
            {"where": finding.where, "problem": finding.problem} for finding in verdict.findings
        ],
    }
