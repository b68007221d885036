import copy
import json
import pickle
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.domain.cause import CauseKind
from deskhand.domain.duration import parse_duration
from deskhand.domain.exception_case import CaseKind, case_kind
from deskhand.domain.identifiers import ordered_id
from deskhand.domain.retry_policy import RetryPolicy
from deskhand.domain.sealed import Sealed
from deskhand.domain.tagged import from_tagged, to_tagged
from tests.making import health

DURATIONS = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=10_000))
CHANCES = st.floats(min_value=0, max_value=1, exclude_max=True)
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,9}", fullmatch=True)
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.text()
    | st.decimals(allow_nan=False)
    | st.dates()
    | st.datetimes(timezones=st.none() | st.just(UTC)).map(lambda time: time.replace(fold=0))
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=8,
)


@given(DURATIONS, DURATIONS, st.integers(min_value=1, max_value=10_000), CHANCES)
def test_a_pause_is_within_half_and_all_of_the_backoff_which_never_exceeds_its_limit(
    first: timedelta, most: timedelta, spent: int, chance: float
) -> None:
    policy = RetryPolicy(first=first, max=most)
    backoff = min(most.total_seconds(), first.total_seconds() * 2.0 ** (min(spent, 1000) - 1))

    pause = policy.delay(spent=spent, chance=chance).total_seconds()

    assert backoff / 2 - 1e-5 <= pause <= backoff + 1e-5
    assert pause <= most.total_seconds() + 1e-5


@given(st.integers(min_value=1, max_value=50), CHANCES)
def test_pauses_never_shrink_from_try_to_try(spent: int, chance: float) -> None:
    policy = RetryPolicy(first=timedelta(seconds=2), max=timedelta(hours=1))

    assert policy.delay(spent=spent, chance=chance) <= policy.delay(spent=spent + 1, chance=chance)


def test_a_policy_of_three_tries_allows_a_third_and_no_fourth() -> None:
    policy = RetryPolicy(tries=3)

    assert [policy.allows(spent=spent) for spent in range(5)] == [True, True, True, False, False]


@given(VALUES)
def test_typed_values_come_back_from_json_as_they_were(value: Any) -> None:
    text = json.dumps(to_tagged(value))

    again = from_tagged(json.loads(text))

    assert again == value
    assert repr(again) == repr(value)


def test_sealed_values_are_opened_within_what_will_be_sealed_as_a_whole() -> None:
    value = {"member": Sealed("W1"), "rows": (Sealed(date(2026, 3, 1)),)}

    assert from_tagged(to_tagged(value)) == {"member": "W1", "rows": [date(2026, 3, 1)]}


def test_a_record_that_only_resembles_a_tag_stays_a_record() -> None:
    record = {"$date": "2026-03-01", "more": 1}

    assert from_tagged(record) == record
    assert from_tagged({"$date": 5}) == {"$date": 5}


@pytest.mark.parametrize(
    "show",
    [
        str,
        repr,
        "{}".format,
        "{:>20}".format,
        lambda value: f"{value!r}",
        lambda value: str([value]),
    ],
)
def test_a_sealed_value_shows_nothing(show: Callable[[object], str]) -> None:
    assert "W123456789" not in show(Sealed("W123456789"))


def test_a_sealed_value_leaves_its_seal_by_its_own_word_only() -> None:
    sealed = Sealed("W1")

    assert sealed.reveal() == "W1"
    assert sealed == Sealed("W1") != Sealed("W2")
    assert hash(sealed) == hash(Sealed("W1")) != hash("W1")
    assert not hasattr(sealed, "__dict__")
    for leak in (pickle.dumps, copy.copy, copy.deepcopy, json.dumps):
        with pytest.raises(TypeError):
            leak(sealed)


@pytest.mark.parametrize(
    ("text", "duration"),
    [
        ("250ms", timedelta(milliseconds=250)),
        ("90s", timedelta(seconds=90)),
        (" 5m ", timedelta(minutes=5)),
        ("2h", timedelta(hours=2)),
        ("3d", timedelta(days=3)),
        ("0s", timedelta(0)),
    ],
)
def test_a_duration_is_read_as_people_write_it(text: str, duration: timedelta) -> None:
    assert parse_duration(text) == duration


@pytest.mark.parametrize(
    "text",
    ["", "5", "s", "5 s", "-5s", "1.5h", "5S", "5s5m", "5w", "1234567890s", "\u0665s", "5s\n5"],
)
def test_what_is_no_duration_tells_what_is_expected(text: str) -> None:
    with pytest.raises(ValueError, match="a whole number with ms, s, m, h or d"):
        parse_duration(text)


@given(
    st.integers(min_value=0, max_value=30_000_000_000),
    st.binary(min_size=10, max_size=10),
    st.binary(min_size=10, max_size=10),
)
def test_ids_made_later_sort_later(seconds: int, first: bytes, second: bytes) -> None:
    now = datetime.fromtimestamp(seconds, tz=UTC)

    earlier = ordered_id(at=now, entropy=first)
    later = ordered_id(at=now + timedelta(milliseconds=2), entropy=second)

    assert len(earlier) == 32
    assert earlier < later
    assert (earlier[12], earlier[16] in "89ab") == ("7", True)


def test_an_account_is_worn_out_by_the_same_cause_five_times_in_a_row() -> None:
    known = health()
    for _ in range(4):
        known = known.after_cause("system/TRANSIENT/fill")
    interrupted = known.after_cause("system/OTHER/fill").after_cause("system/TRANSIENT/fill")
    answered = known.after_answer().after_cause("system/TRANSIENT/fill")

    worn = known.after_cause("system/TRANSIENT/fill")

    assert (known.worn_out, worn.worn_out) == (False, True)
    assert (interrupted.in_a_row, answered.in_a_row) == (1, 1)


def test_each_kind_of_cause_opens_its_kind_of_case() -> None:
    kinds = {cause: case_kind(cause) for cause in CauseKind}

    assert kinds == {
        CauseKind.BUSINESS: CaseKind.BUSINESS,
        CauseKind.SYSTEM: CaseKind.SYSTEM,
        CauseKind.STOP: CaseKind.SYSTEM,
        CauseKind.UNCERTAIN: CaseKind.UNCERTAIN,
    }
