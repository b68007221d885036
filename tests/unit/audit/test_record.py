import hashlib
import json
from dataclasses import replace
from datetime import timedelta, timezone
from enum import Enum
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from deskhand.audit.record import (
    GENESIS,
    MAX_BYTES,
    MAX_DEPTH,
    MAX_INTEGER,
    Record,
    chained,
    check_profile,
    decode,
    encode,
    leaf_hash,
    timestamp,
)
from deskhand.domain.entry import Actor, ActorKind, Entry
from deskhand.errors import RecordInvalidError
from tests.making import NOW, an_entry

# Every character that JSON can carry; UTF-8 knows no lone surrogates.
TEXTS = st.text(st.characters(exclude_categories=["Cs"]))
KEYS = st.from_regex(r"[a-z0-9_]{1,12}", fullmatch=True)
PLAIN = (
    st.none() | st.booleans() | TEXTS | st.integers(min_value=-MAX_INTEGER, max_value=MAX_INTEGER)
)
FACTS = st.dictionaries(
    KEYS,
    st.recursive(
        PLAIN,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=3),
        max_leaves=6,
    ),
    max_size=4,
)


def body_of(entry: Entry, *, seq: int = 1, prev: str = GENESIS) -> bytes:
    body, _ = chained(entry, seq=seq, prev=prev, record_id="r1", log="test/1", source={"host": "h"})
    return body


def with_facts(**facts: object) -> Entry:
    return replace(an_entry("item:i1", "step:fill"), data=facts)


@given(FACTS, TEXTS, TEXTS)
def test_any_careful_writer_makes_the_same_bytes(
    facts: dict[str, Any], stream: str, person: str
) -> None:
    actor = Actor(kind=ActorKind.HUMAN, id=person, asserted=person)
    entry = replace(with_facts(**facts), stream=stream, actor=actor, attempt=3, state="done")

    body = body_of(entry)

    assert body == rfc8785.dumps(json.loads(body))
    assert json.loads(body)["data"] == facts


@given(FACTS)
def test_what_was_written_is_read_and_written_again_alike(facts: dict[str, Any]) -> None:
    body = body_of(with_facts(**facts))

    record = decode(body)

    assert record.data == facts
    assert encode(record) == body
    check_profile(record)


def test_a_records_leaf_is_the_hash_of_its_bytes_behind_a_zero() -> None:
    body, leaf = chained(with_facts(), seq=1, prev=GENESIS, record_id="r1", log="test/1", source={})

    assert leaf == hashlib.sha256(b"\x00" + body).digest() == leaf_hash(body)


def test_a_record_says_everything_in_its_place() -> None:
    later = NOW.astimezone(timezone(timedelta(hours=2)))
    actor = Actor(kind=ActorKind.HUMAN, id="ann", asserted="Ann Lee")
    entry = Entry(
        stream="item:i1",
        type="human.decision",
        subject="case:c1",
        state="closed",
        actor=actor,
        at=later,
        attempt=2,
        data={"reason": "äöü"},
    )

    written = json.loads(body_of(entry, seq=7, prev="ab" * 32))

    assert written == {
        "v": 1,
        "log": "test/1",
        "id": "r1",
        "stream": "item:i1",
        "seq": 7,
        "prev": "ab" * 32,
        "type": "human.decision",
        "subject": "case:c1",
        "state": "closed",
        "ts": "2026-05-04T09:00:00.123456Z",
        "actor": {"kind": "human", "id": "ann", "asserted": "Ann Lee"},
        "source": {"host": "h"},
        "attempt": 2,
        "data": {"reason": "äöü"},
    }
    assert timestamp(later) == timestamp(NOW)


class Colour(Enum):
    RED = "red"


NESTED: list[object] = []
for _ in range(MAX_DEPTH + 1):
    NESTED = [NESTED]


@pytest.mark.parametrize(
    "value",
    [
        0.5,
        float("nan"),
        MAX_INTEGER + 1,
        -MAX_INTEGER - 1,
        b"bytes",
        NOW,
        Colour.RED,
        {1},
        {"Upper": 1},
        {"": 1},
        {"with-dash": 1},
        {"line\n": 1},
        {"ä": 1},
        {5: 1},
        {"deep": [{"deeper": 1.0}]},
        NESTED,
        "\ud800",
        ["\udfff"],
    ],
    ids=repr,
)
def test_what_others_would_write_differently_has_no_place_in_a_record(value: object) -> None:
    with pytest.raises(RecordInvalidError):
        body_of(with_facts(fact=value))


@pytest.mark.parametrize("value", [MAX_INTEGER, -MAX_INTEGER, True, None, "", [], {}, [[{}]]])
def test_the_profiles_limits_themselves_are_within_it(value: object) -> None:
    assert decode(body_of(with_facts(fact=value))).data == {"fact": value}


def test_a_surrogate_anywhere_else_in_a_record_is_refused_too() -> None:
    with pytest.raises(RecordInvalidError):
        body_of(replace(with_facts(), stream="item:\ud800"))


def test_a_record_has_at_most_65535_bytes() -> None:
    room = MAX_BYTES - len(body_of(with_facts(fact="")))

    longest = body_of(with_facts(fact="x" * room))

    assert len(longest) == MAX_BYTES
    with pytest.raises(RecordInvalidError, match="65536 bytes is over the limit"):
        body_of(with_facts(fact="x" * (room + 1)))


GOOD = body_of(with_facts(fact="x"))


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b"\xff\xfe",
        GOOD[:-1],
        GOOD + b"x",
        GOOD.replace(b'"seq":1', b'"seq":"1"'),
        GOOD.replace(b'"seq":1', b'"seq":1.5'),
        GOOD.replace(b'"seq":1', b'"seq":1,"extra":2'),
        GOOD.replace(b'"fact":"x"', b'"fact":"\xff"'),
        b"[" * 60_000,
        GOOD.replace(b'"x"', b"[" * 20_000 + b"]" * 20_000),
        b" " * (MAX_BYTES + 1),
    ],
    ids=lambda body: repr(body[:20]),
)
def test_what_is_no_record_is_refused_in_one_way(body: bytes) -> None:
    with pytest.raises(RecordInvalidError):
        decode(body)


@given(st.binary(max_size=200))
def test_reading_garbage_raises_nothing_else(garbage: bytes) -> None:
    try:
        record = decode(garbage)
    except RecordInvalidError:
        return
    assert isinstance(record, Record)


@given(st.integers(min_value=0, max_value=len(GOOD) - 1), st.integers(min_value=1, max_value=255))
def test_reading_a_damaged_record_raises_nothing_else(place: int, flip: int) -> None:
    damaged = bytearray(GOOD)
    damaged[place] ^= flip

    try:
        record = decode(bytes(damaged))
    except RecordInvalidError:
        return
    assert isinstance(record, Record)
