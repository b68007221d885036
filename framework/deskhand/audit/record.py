"""One record: canonical bytes, and the hash that chains it.

The stored bytes are what is hashed. They are JSON in a restricted RFC 8785 profile: keys
`[a-z0-9_]+` in sorted order, no floats, whole numbers below 2^53, valid UTF-8, at most
65,535 bytes, nested at most 32 deep, so that any careful JSON writer would make the same bytes.
"""

import hashlib
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import lru_cache

import msgspec

from deskhand.domain.entry import Entry
from deskhand.errors import RecordInvalidError

MAX_BYTES = 65_535
MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32
GENESIS = "0" * 64
"""What the first record of a stream names as its predecessor."""

_PLAIN = frozenset({str, bool, type(None)})
_MAPPINGS = (dict, Mapping)  # a dict is told at once, any other mapping by its abstract class
_KEY = re.compile(r"[a-z0-9_]+\Z")


class Record(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A record as it stands in the log, every field in its place."""

    v: int
    log: str
    id: str
    stream: str
    seq: int
    prev: str
    type: str
    subject: str
    state: str
    ts: str
    actor: dict[str, str | None]
    source: dict[str, str]
    attempt: int | None
    data: dict[str, object]


_encoder = msgspec.json.Encoder(order="sorted")
_decoder = msgspec.json.Decoder(Record)


def leaf_hash(body: bytes) -> bytes:
    """Return the hash of a record's bytes (an RFC 6962 leaf)."""
    return hashlib.sha256(b"\x00" + body).digest()


def encode(record: Record) -> bytes:
    """Return the record's canonical bytes."""
    return _encoder.encode(record)


def decode(body: bytes) -> Record:
    """Read a record's bytes; raises `RecordInvalidError` for anything that is not a record."""
    if len(body) > MAX_BYTES:
        raise RecordInvalidError(f"not a record: over the limit of {MAX_BYTES} bytes")
    try:
        return _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise RecordInvalidError(f"not a record: {error}") from error


def check_profile(record: Record) -> None:
    """Raise `RecordInvalidError` when a record's facts break the canonical profile."""
    facts = record.data
    # Most records hold plain facts only, which is seen at a glance; others are walked through.
    if not (_PLAIN.issuperset(map(type, facts.values())) and all(map(_is_key, facts))):
        _check_profile(facts)


def chained(
    entry: Entry, *, seq: int, prev: str, record_id: str, log: str, source: Mapping[str, str]
) -> tuple[bytes, bytes]:
    """Give an entry its place in its stream; return its bytes and their hash.

    `prev` is the hash (hex) of the record before it. Raises `RecordInvalidError` when the
    entry breaks the canonical profile.
    """
    _check_profile(entry.data)
    body = _encoded(
        Record(
            v=1,
            log=log,
            id=record_id,
            stream=entry.stream,
            seq=seq,
            prev=prev,
            type=entry.type,
            subject=entry.subject,
            state=entry.state,
            ts=timestamp(entry.at),
            actor={
                "kind": entry.actor.kind.value,
                "id": entry.actor.id,
                "asserted": entry.actor.asserted,
            },
            source=dict(source),
            attempt=entry.attempt,
            data=dict(entry.data),
        )
    )
    if len(body) > MAX_BYTES:
        raise RecordInvalidError(
            f"a {entry.type} record of {len(body)} bytes is over the limit of {MAX_BYTES}"
        )
    return body, leaf_hash(body)


def _encoded(record: Record) -> bytes:
    try:
        return encode(record)
    except UnicodeEncodeError as error:
        raise RecordInvalidError("a record's text is not valid Unicode") from error


def timestamp(at: datetime) -> str:
    """Return a time as records spell it: UTC, microseconds, `Z`.

    >>> timestamp(datetime(2026, 5, 4, 3, 2, 1, tzinfo=UTC))
    '2026-05-04T03:02:01.000000Z'
    """
    return at.astimezone(UTC).isoformat(timespec="microseconds").removesuffix("+00:00") + "Z"


def _check_profile(value: object, *, depth: int = 0) -> None:
    if type(value) in _PLAIN or isinstance(value, str):
        return
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return
    if depth > MAX_DEPTH:
        raise RecordInvalidError(f"a record's facts are nested over {MAX_DEPTH} deep")
    for inner in _parts(value):
        if type(inner) not in _PLAIN:
            _check_profile(inner, depth=depth + 1)


def _parts(value: object) -> Iterable[object]:
    if isinstance(value, _MAPPINGS):
        if not all(map(_is_key, value)):
            strange = next(key for key in value if not _is_key(key))
            raise RecordInvalidError(f"{strange!r} is not a record's key: [a-z0-9_]+")
        return value.values()
    if isinstance(value, list | tuple):
        return value
    raise RecordInvalidError(
        f"a {type(value).__name__} like this has no place in a record: text, booleans, "
        "None, whole numbers below 2^53, lists and mappings of these"
    )


@lru_cache(maxsize=1024)
def _is_key(key: object) -> bool:
    return isinstance(key, str) and _KEY.match(key) is not None
