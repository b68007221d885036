"""A log as a store holds it: rows and states that agree, made with the real chain."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from deskhand.audit.record import GENESIS, Record, chained, decode, encode, leaf_hash
from deskhand.audit.verify import Verdict, Verification
from deskhand.ports.log_parts import LoggedRecord, StateClaim
from tests.making import an_entry


@dataclass(slots=True)
class Story:
    """Rows in the order of writing, and what the store claims."""

    rows: list[LoggedRecord] = field(default_factory=list)
    states: list[StateClaim] = field(default_factory=list)

    def tell(self, stream: str, subject: str, state: str = "", **facts: object) -> None:
        """Append a record to a stream."""
        before = [row for row in self.rows if row.stream == stream]
        entry = replace(an_entry(stream, subject, state), data=facts)
        seq = len(before) + 1
        prev = before[-1].leaf.hex() if before else GENESIS
        number = len(self.rows) + 1
        body, leaf = chained(
            entry, seq=seq, prev=prev, record_id=f"r{number}", log="test/1", source={"host": "h"}
        )
        self.rows.append(
            LoggedRecord(number, stream, seq, entry.type, subject, state, leaf, body),
        )

    def verify(self) -> Verdict:
        """Verify as the store would hand it over: by stream, then by number."""
        return verify(sorted(self.rows, key=lambda row: (row.stream, row.seq)), self.states)


def verify(rows: Iterable[LoggedRecord], states: Iterable[StateClaim]) -> Verdict:
    verification = Verification()
    verification.read(rows)
    verification.compare(states)
    return verification.verdict


def a_story(items: int = 3) -> Story:
    """Items with attempts, an act, a case; a held account; each stream ends with a state."""
    story = Story()
    for number in range(items):
        stream = f"item:i{number}"
        story.tell(stream, "item", "waiting", reference=f"C-{number}")
        story.tell(stream, "item", "performing")
        story.tell(stream, "attempt:1", "running")
        story.tell(stream, "step:fill", step="fill")
        story.tell(stream, "effect:e1", "intended", act_no=1)
        story.tell(stream, "effect:e1", "confirmed")
        story.tell(stream, "attempt:1", "ended", outcome="done")
        story.tell(stream, "item", "done")
        story.states += [
            StateClaim(stream, "item", "done", 8, 3),
            StateClaim(stream, "effect:e1", "confirmed", 6),
            StateClaim(stream, "attempt:1", "ended", None),
        ]
    story.tell("account:a", "account", "held")
    story.states.append(StateClaim("account:a", "account", "held", 1))
    return story


def rewritten(row: LoggedRecord, *, rehash: bool = True, **changes: object) -> LoggedRecord:
    """Return a row whose record says something else, hashed anew by somebody who knows how."""
    record = decode(row.body)
    values = {name: getattr(record, name) for name in Record.__struct_fields__}
    body = encode(Record(**{**values, **changes}))
    return row._replace(body=body, leaf=leaf_hash(body) if rehash else row.leaf)
