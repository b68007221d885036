"""Verify the audit log by itself, a part at a time, and keep the verdict as a record.

The new records are checked against the ones that they follow. From time to time the log is read
as a whole, stream by stream, and every state is compared with it. Each part is one short,
consistent reading: a stream and the states that rest on it are always of one moment. A process
that dies in between leaves no verdict, and so it is done again.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from deskhand.audit.record import decode, timestamp
from deskhand.audit.verify import Verdict, Verification
from deskhand.domain.entry import Actor, ActorKind, Entry, RecordType
from deskhand.domain.identifiers import WorkerId
from deskhand.domain.verification import DueVerification, LastVerified, VerificationRhythm
from deskhand.errors import RecordInvalidError, StoreConflictError
from deskhand.ports.clock import Clock
from deskhand.ports.log_parts import Streams
from deskhand.ports.notices import SETTLES_AFTER
from deskhand.ports.store import Store, Transaction

VERIFIER = Actor(kind=ActorKind.SERVICE, id="verifier")
PART_RECORDS = 50_000
"""Records in one reading, some tenths of a second; a stream that is longer is read as one."""

LEASE = timedelta(minutes=5)
"""Longer than any part takes: whoever takes over begins anew."""

_LEASE_NAME = "verifier"
_LOOKED_BACK = 200
_LONG_AGO = datetime.fromtimestamp(0, tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """What verifying the log by itself needs; `holder` is the host that does it."""

    store: Store
    clock: Clock
    rhythm: VerificationRhythm
    holder: WorkerId


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenHead:
    """The last record at a moment: a while later no record before it is still to come."""

    position: int
    at: datetime


@dataclass(slots=True, kw_only=True)
class PartialVerdict:
    """A verification on its way: what was found so far, and where it goes on."""

    due: DueVerification
    up_to: int
    held_until: datetime
    verdict: Verdict = field(default_factory=Verdict)
    stream: str | None = None
    position: int = 0
    ended: bool = False


def last_verified(tx: Transaction) -> LastVerified | None:
    """Return what the log says of its last verification, None before the first."""
    rows = tx.log_parts.newest(RecordType.AUDIT_VERIFIED, limit=_LOOKED_BACK)
    if not rows:
        return None
    try:
        records = [decode(row.body) for row in rows]
        newest = records[0]
        at, clean = _moment(newest.ts), newest.data.get("clean") is True
        own = next((one.data for one in records if "up_to" in one.data), None)
        if own is None:
            return LastVerified(at=at, clean=clean)
        return LastVerified(
            at=at,
            clean=clean,
            slot=_moment(own["slot"]),
            up_to=_position(own["up_to"]),
            whole_slot=_moment(own["whole_slot"]),
        )
    except (RecordInvalidError, ValueError, KeyError):
        # Somebody was at work on these very records: all of the log is read anew.
        return LastVerified(at=_LONG_AGO, clean=False)


def seen_head(before: SeenHead | None, *, watch: Watch) -> tuple[SeenHead, bool]:
    """Return the last record that nothing is still to come before, or a first sight of it.

    The second tells whether it may be verified up to there: where records are committed in
    another order than they are counted in, only a while later.
    """
    now = watch.clock.now()
    with watch.store.reading() as tx:
        if before is None or tx.notices.in_order:
            before = SeenHead(position=tx.notices.head(), at=now)
        return before, tx.notices.in_order or now - before.at >= SETTLES_AFTER


def is_due(*, watch: Watch) -> bool:
    """Whether the time for a verification has come."""
    with watch.store.reading() as tx:
        return watch.rhythm.due(last_verified(tx), now=watch.clock.now()) is not None


def begin_verification(head: SeenHead, *, watch: Watch) -> PartialVerdict | None:
    """Begin what is due; None when nothing is, or another host is about it."""
    now = watch.clock.now()
    with watch.store.transaction() as tx:
        due = watch.rhythm.due(last_verified(tx), now=now)
        if due is None or not _hold(tx, watch, now=now):
            return None
    return PartialVerdict(
        due=due, up_to=head.position, held_until=now + LEASE, position=due.after or 0
    )


def verify_part(run: PartialVerdict, *, watch: Watch) -> bool:
    """Verify one more part; False when another host has taken over, and this one is to forget it.

    A database that cannot be read there is a finding like others.
    """
    now = watch.clock.now()
    if now > run.held_until - LEASE / 2:
        with watch.store.transaction() as tx:
            if not _hold(tx, watch, now=now):
                return False
        run.held_until = now + LEASE
    verification = Verification()
    try:
        with watch.store.reading() as tx:
            if run.due.whole:
                _read_streams(tx, run, verification)
            else:
                _read_grown(tx, run, verification)
    except StoreConflictError as error:
        verification.verdict.add("the database", f"it cannot be read: {error}")
        run.ended = True
    run.verdict.take_in(verification.verdict)
    return True


def note_verdict(run: PartialVerdict, *, watch: Watch) -> None:
    """Keep the verdict of a verification that has come to its end."""
    now = watch.clock.now()
    with watch.store.transaction() as tx:
        tx.record(
            Entry(
                stream="log",
                type=RecordType.AUDIT_VERIFIED,
                subject="log",
                actor=VERIFIER,
                at=now,
                data={
                    "clean": run.verdict.clean,
                    "records": run.verdict.records,
                    "findings": len(run.verdict.findings) + run.verdict.unlisted,
                    "whole": run.due.whole,
                    "up_to": run.up_to,
                    "slot": timestamp(run.due.slot),
                    "whole_slot": timestamp(run.due.whole_slot),
                },
            )
        )
        tx.workers.free(_LEASE_NAME, holder=watch.holder)


def _read_streams(tx: Transaction, run: PartialVerdict, verification: Verification) -> None:
    """Read the next streams, whole, and compare the states that rest on them."""
    to = tx.log_parts.last_of_part(after=run.stream, records=PART_RECORDS)
    streams = Streams(after=run.stream, to=to)
    verification.read(tx.log_parts.by_stream(streams))
    verification.compare(tx.log_parts.claims(streams))
    run.stream = to
    run.ended = to is None


def _read_grown(tx: Transaction, run: PartialVerdict, verification: Verification) -> None:
    """Read the next records, each against the one that it follows."""
    after = run.position
    to = tx.log_parts.end_of_part(after=after, up_to=run.up_to, records=PART_RECORDS)
    behind = tx.log_parts.links(after=after, to=to)
    verification.read(tx.log_parts.grown(after=after, to=to), behind=behind)
    run.position = to
    run.ended = to >= run.up_to


def _hold(tx: Transaction, watch: Watch, *, now: datetime) -> bool:
    return tx.workers.lease(_LEASE_NAME, holder=watch.holder, now=now, until=now + LEASE)


def _moment(text: object) -> datetime:
    moment = datetime.fromisoformat(str(text))
    if moment.tzinfo is None:
        raise ValueError("a time without its zone")
    return moment


def _position(value: object) -> int:
    if type(value) is not int:
        raise ValueError("no position")
    return value
