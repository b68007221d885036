"""Generated and random expressions: what is accepted computes a value of its static type."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deskhand.errors import ExpressionError
from deskhand.runbooks.expressions import Checked, check_expression, check_text
from deskhand.runbooks.functions import FUNCTIONS, GUARDS
from deskhand.runbooks.shapes import Kind, Shape
from tests.unit.runbooks.expression_scope import NAMES, SCOPE

FUZZ = settings(
    deadline=timedelta(seconds=10), suppress_health_check=list(HealthCheck), max_examples=300
)
PYTHON: Mapping[Kind, type | tuple[type, ...]] = {
    Kind.TEXT: str,
    Kind.INT: int,
    Kind.DECIMAL: (Decimal, int),
    Kind.BOOL: bool,
    Kind.DATE: date,
    Kind.DATETIME: datetime,
    Kind.DAYS: timedelta,
    Kind.HOURS: timedelta,
    Kind.LIST: list,
    Kind.RECORD: dict,
}

TOKENS = st.sampled_from(
    [
        "item", "item.total", "item.count", "item.name", "item.note", "item.lines",
        "item.lines.charge", "item.lines.modifier", "item.kind", "item.ssn", "item.day", "found",
        "found.total", "row", "row.Total", "row['Total']", "row.lines", "today", "now_utc", "1",
        "2.50", "'a'", '"b"', "'original'", "true", "and", "or", "not", "in", "if", "else", "==",
        "!=", "<", "<=", "+", "-", "*", "/", "(", ")", "[", "]", ",", ".", "is", "lambda", "for",
        "__class__", "${", "}", "\\", "\n", "#", "**", "%", "None", "é", ":=", "await",
        *(f"{name}(" for name in (*FUNCTIONS, *GUARDS)),
        *(function.example for function in FUNCTIONS.values()),
    ]
)  # fmt: skip


def of_kind(value: object, shape: Shape) -> bool:
    """Whether a value is what its static type says; raw data may be anything that data can be."""
    if shape.kind is Kind.RAW:
        return isinstance(value, str | list | dict | None)
    if value is None:
        # A conversion of nothing is nothing, and so is what may be absent.
        return True
    if isinstance(value, list) and shape.element is not None:
        return shape.kind is Kind.LIST and all(of_kind(part, shape.element) for part in value)
    if isinstance(value, bool):
        return shape.kind is Kind.BOOL
    return isinstance(value, PYTHON[shape.kind])


def assert_sound(checked: Checked) -> None:
    """An expression is refused with a reason, or it computes a value of its type."""
    if checked.compiled is None:
        assert checked.problems
        assert all(problem.end > problem.start >= 0 for problem in checked.problems)
        return
    try:
        value = checked.compiled.value(SCOPE)
    except ExpressionError as error:
        refused = error.problem
    else:
        refused = ""
        assert of_kind(value, checked.compiled.shape), (value, checked.compiled.shape)
    assert "123-45-6789" not in refused


@FUZZ
@given(st.lists(TOKENS, max_size=14), st.sampled_from(["", " "]))
def test_any_row_of_tokens_is_refused_or_sound(tokens: list[str], space: str) -> None:
    assert_sound(check_expression(space.join(tokens), NAMES))


@FUZZ
@given(st.text(max_size=80))
def test_any_text_is_refused_or_sound(text: str) -> None:
    assert_sound(check_expression(text, NAMES))


@FUZZ
@given(st.lists(TOKENS | st.text(max_size=5), max_size=10).map("".join))
def test_any_text_for_people_is_refused_or_shown(text: str) -> None:
    assert_sound(check_text(text, NAMES))


LEAVES: Mapping[str, list[str]] = {
    "number": ["item.total", "item.count", "1", "0.5", "item.count / 3", "len(item.lines)",
               "sum(item.lines.charge)", "default(lost.total, 0)"],
    "text": ["item.name", "'x'", "text(item.total)", "default(item.note, 'none')", "item.kind",
             "text(row.Total)"],
    "date": ["today", "item.day", "date('2026-01-31')", "item.day + days(3)"],
    "bool": ["true", "item.urgent", "there(found)", "present(item.note)",
             r"matches(item.name, '\w+ \w+')"],
}  # fmt: skip


def grown(kinds: dict[str, st.SearchStrategy[str]]) -> dict[str, st.SearchStrategy[str]]:
    """Return expressions of each kind made of such expressions."""
    number, text, day, bool_ = (kinds[name] for name in ("number", "text", "date", "bool"))
    two = st.tuples
    return {
        "number": number
        | two(number, st.sampled_from("+-*/"), number).map(lambda t: f"({t[0]} {t[1]} {t[2]})")
        | two(number, number).map(lambda t: f"max({t[0]}, {t[1]})")
        | number.map(lambda n: f"abs(-{n})")
        | two(number, bool_, number).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})")
        | two(day, day).map(lambda t: f"days_between({t[0]}, {t[1]})"),
        "text": text
        | two(text, text).map(lambda t: f"({t[0]} + {t[1]})")
        | text.map(lambda t: f"upper(lower({t}))")
        | two(text, bool_, text).map(lambda t: f"({t[0]} if {t[1]} else {t[2]})"),
        "date": day
        | two(day, st.integers(-999, 999)).map(lambda t: f"({t[0]} + days({t[1]}))")
        | two(day, day).map(lambda t: f"min({t[0]}, {t[1]})"),
        "bool": bool_
        | two(number, st.sampled_from(["==", "<", ">="]), number).map(" ".join).map("({})".format)
        | two(bool_, st.sampled_from(["and", "or"]), bool_).map(" ".join).map("({})".format)
        | bool_.map("(not {})".format)
        | two(number, number, number).map(lambda t: f"within({t[0]}, {t[1]}, {t[2]})")
        | two(day, day).map(lambda t: f"({t[0]} <= {t[1]})")
        | two(text, text).map(lambda t: f"(lower({t[0]}) in lower({t[1]}))"),
    }


def grammar(levels: int) -> st.SearchStrategy[str]:
    kinds = {name: st.sampled_from(leaves) for name, leaves in LEAVES.items()}
    for _ in range(levels):
        kinds = grown(kinds)
    return st.one_of(*kinds.values())


@FUZZ
@given(grammar(3))
def test_what_the_grammar_makes_is_accepted_and_sound(text: str) -> None:
    checked = check_expression(text, NAMES)

    assert [problem.message for problem in checked.problems] == []
    assert_sound(checked)


@FUZZ
@given(grammar(3))
def test_an_expression_changes_nothing_and_gives_the_same_again(text: str) -> None:
    compiled = check_expression(text, NAMES).compiled
    assert compiled is not None
    before = repr(SCOPE)

    answers = []
    for _ in range(2):
        try:
            answers.append(compiled.value(SCOPE))
        except ExpressionError as error:
            answers.append(str(error))

    assert answers[0] == answers[1]
    assert repr(SCOPE) == before


ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats() | st.decimals(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@FUZZ
@given(grammar(2), st.dictionaries(st.sampled_from(sorted(NAMES.shapes)), ODD))
def test_data_of_a_wrong_shape_is_a_value_or_an_expression_error(
    text: str, scope: dict[str, object]
) -> None:
    compiled = check_expression(text, NAMES).compiled
    assert compiled is not None

    refused: ExpressionError | None = None
    try:
        compiled.value(scope)
    except ExpressionError as error:
        refused = error

    assert refused is None or refused.__context__ is None


def test_the_scope_of_these_tests_fits_their_names() -> None:
    assert set(SCOPE) == set(NAMES.shapes)
    assert SCOPE["now_utc"] == datetime(2026, 2, 1, 12, tzinfo=UTC)
