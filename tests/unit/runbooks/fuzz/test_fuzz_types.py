"""Any raw data: a value that is stored and read back the same, or a reason without the data."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.ports.runbook_library import Bound, Rejected
from deskhand.runbooks.catalogue import STANDARD_TYPES
from deskhand.runbooks.library import Library
from tests.unit.runbooks.bots import BOTS
from tests.unit.runbooks.test_intake_binding import CSV_ROW, X12_ROW
from tests.unit.runbooks.texts import CLAIMS

FUZZ = settings(
    deadline=timedelta(seconds=10), suppress_health_check=list(HealthCheck), max_examples=300
)
TYPES = sorted(STANDARD_TYPES.types)
FORMATS = st.from_regex(
    r"[0-9]{10}|[A-Z][0-9][0-9A-Z]\.?[0-9A-Z]{0,4}|-?\$?[0-9,]{1,9}(\.[0-9]{1,3})?"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4}|[0-9]{3}-?[0-9]{2}-?[0-9]{4}"
    r"|[a-z]{1,4}@[a-z]{1,4}\.[a-z]{2,3}|\(?[0-9]{3}\)? [0-9]{3}-[0-9]{4}|yes|no|[A-Z]{2}",
    fullmatch=True,
)
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.decimals() | st.floats() | st.dates()
    | st.datetimes() | st.text(max_size=30) | FORMATS | st.binary(max_size=5)
)  # fmt: skip
RAW = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@FUZZ
@given(st.sampled_from(TYPES), RAW)
def test_a_type_gives_a_value_that_is_stored_exactly_or_a_reason(name: str, raw: object) -> None:
    made = STANDARD_TYPES.make(name, {})

    value, reason = None, ""
    try:
        value = made.parse(raw)
    except ValueError as error:
        reason = str(error)

    if value is None:
        assert reason
        assert len(str(raw).strip()) < 4 or str(raw) not in reason
        return
    plain = made.plain(value)
    assert isinstance(plain, str | int | bool)
    again = made.parse(plain)
    assert again == value
    assert type(again) is type(value)
    assert made.plain(again) == plain
    assert isinstance(value, str | int | bool | Decimal | date)


LIBRARY = Library(BOTS)
CLAIM = LIBRARY.compile(CLAIMS.read_text(encoding="utf-8"), file="claims-submit.yaml")
BINDERS = [
    (LIBRARY.binder(CLAIM, CLAIM.triggers[0]), CSV_ROW),
    (LIBRARY.binder(CLAIM, CLAIM.triggers[2]), X12_ROW),
]
NOW = datetime(2026, 2, 1, tzinfo=UTC)


@FUZZ
@given(st.sampled_from(BINDERS), st.data())
def test_any_row_is_bound_or_rejected_with_reasons(case: tuple, data: st.DataObject) -> None:  # type: ignore[type-arg]
    binder, good = case
    names = st.sampled_from(sorted(good))
    row = {**good, **data.draw(st.dictionaries(names, RAW, max_size=4))}

    answer = binder.bind(row, today=NOW.date(), now=NOW)

    if isinstance(answer, Rejected):
        assert answer.problems
        assert all(reason for _, reason in answer.problems)
        return
    assert isinstance(answer, Bound)
    plain = LIBRARY.plain_fields(CLAIM, answer.values)
    assert LIBRARY.typed_fields(CLAIM, plain) == answer.values
