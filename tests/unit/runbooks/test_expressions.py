"""Expressions: what they compute, exactly; what they refuse; and that they keep their types."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from deskhand.errors import ExpressionError
from deskhand.runbooks.expressions import check_text
from deskhand.runbooks.shapes import (
    Kind,
)
from tests.unit.runbooks.expression_scope import (
    NAMES,
    SCOPE,
    problems,
    shape,
    value,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1200.20 - 1200.10 <= 0.10", True),
        ("0.1 + 0.2 == 0.3", True),
        ("item.count / 2", Decimal("1.5")),
        ("10 / 4 * 4 == 10", True),
        ("item.count * 2 + 1", 7),
        ("-item.total", Decimal("-25.00")),
        ("item.total * 3", Decimal("75.00")),
        ("2 - 0.5", Decimal("1.5")),
        ("'a' + 'b'", "ab"),
        ("item.day + days(30)", date(2026, 3, 2)),
        ("item.day - days(31)", date(2025, 12, 31)),
        ("days(1) + item.day", date(2026, 2, 1)),
        ("now_utc + hours(12)", datetime(2026, 2, 2, tzinfo=UTC)),
        ("now_utc + days(1) > now_utc", True),
        ("1 < item.count <= 3", True),
        ("item.kind == 'void' and item.urgent", True),
        ("item.kind in ['original', 'void']", True),
        ("item.count not in [1, 2]", True),
        ("'Lee' in item.name", True),
        ("not item.urgent or item.total > 1", True),
        ("'yes' if item.urgent else 'no'", "yes"),
        ("true != false", True),
        ("sum(item.lines.charge) == item.total", True),
        ("sum(item.lines.units)", 3),
        ("sum(item.empty)", 0),
        ("len(item.lines) + len(item.name)", 9),
        ("item.lines.code", ["99213", "J3490"]),
        ("min(item.lines.charge)", Decimal("12.49")),
        ("max(1, 2.5, item.count)", 3),
        ("max(today, item.day)", date(2026, 2, 1)),
        ("abs(1 - 2.5)", Decimal("1.5")),
        ("round(10 / 3, 2)", Decimal("3.33")),
        ("round(0.125, 2)", Decimal("0.13")),
        ("within(item.total, 24.99, 0.01)", True),
        ("within(item.total, 24.98, 0.01)", False),
        ("lower(item.name)", "ann lee"),
        ("upper('é')", "É"),
        ("digits(item.ssn)", "123456789"),
        (r"matches(item.ssn, '\d{3}-\d{2}-\d{4}')", True),
        ("matches(item.ssn, '123')", False),
        ("join(item.lines.code, ' / ')", "99213 / J3490"),
        ("first(item.lines.code)", "99213"),
        ("last(item.lines.code)", "J3490"),
        ("default(first(item.empty), 0)", 0),
        ("days_between(item.day, today)", 1),
        ("date(now_utc)", date(2026, 2, 1)),
        ("text(item.total) + text(item.day) + text(item.urgent)", "25.002026-01-31yes"),
        ("number('1.5')", Decimal("1.5")),
        ("money(row.Total)", Decimal("1200.50")),
        ("money(row.Empty)", None),
        ("money(row.nothing)", None),
        ("date(row['Date of birth'])", date(1980, 2, 3)),
        ("split(row.Codes, ';')", ["E11.9", "I10"]),
        ("row.lines.Code", ["1", "2"]),
        ("row.nested.a.b", "c"),
        ("row.nested.x.y", None),
        ("row.Bad == 'W123456789'", True),
        ("there(found)", True),
        ("there(lost)", False),
        ("present(item.note)", False),
        ("present(lost.number)", False),
        ("default(lost.number, 'none')", "none"),
        ("default(item.note, item.name)", "Ann Lee"),
        ("there(found) and found.total == item.total", True),
        ("not there(lost) or lost.total > 1", True),
        ("lost.number if there(lost) else 'none'", "none"),
        ("'it is \\d'", "it is \\d"),
        ("'Jose\u0301' == 'Jos\u00e9'", True),
        ("  item.count  ", 3),
        ("item.count\n  + 1", 4),
    ],
)
def test_an_expression_computes_its_value(text: str, expected: object) -> None:
    computed = value(text)

    assert computed == expected
    assert type(computed) is type(expected)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("item.count / (item.count - 3)", "it divides by zero"),
        ("item.total / 0", "it divides by zero"),
        ("(item.count - 3) / (item.count - 3)", "it divides by zero"),
        ("max(item.empty)", "the list is empty"),
        ("money(row.Bad)", "is not an amount of money with at most two decimals"),
        ("date(row.Bad)", "is not a date (YYYY-MM-DD or MM/DD/YYYY)"),
        ("money(row.lines)", "is a list or a record where one value is wanted"),
        ("row.Total.x", "raw data has no named parts here"),
        ("date(row.nothing) + days(1)", "a value that it needs is absent"),
        ("item.day + days(item.count * 33333)", "that many days leave the calendar"),
        ("item.day + days(36000) + days(36600) + days(36600)", None),
        ("round(1.5, item.count * 33)", "a number is rounded to 0 to 12 places"),
        ("999999999999999999 * 999999999999999999 * 999999999999999999", "a number grew too large"),
    ],
)
def test_data_that_cannot_be_computed_with_is_told_without_the_data(
    text: str, problem: str | None
) -> None:
    if problem is None:
        assert value(text)
        return
    with pytest.raises(ExpressionError) as refused:
        value(text)

    assert refused.value.problem.startswith(problem)
    assert "W123456789" not in str(refused.value)
    assert refused.value.__cause__ is None
    assert refused.value.__context__ is None


def test_a_date_cannot_leave_the_calendar() -> None:
    scope = {**SCOPE, "today": date(9999, 12, 31)}

    with pytest.raises(ExpressionError, match="a number or date is out of range"):
        value("today + days(1)", scope)


def test_a_product_that_would_have_to_be_rounded_is_an_error_and_not_a_guess() -> None:
    long = Decimal("1." + "3" * 70)
    scope = {**SCOPE, "item": {"total": long}}

    with pytest.raises(ExpressionError, match="more digits than can be kept exactly"):
        value("item.total * item.total", scope)


def test_a_text_cannot_be_made_to_grow_without_bounds() -> None:
    scope = {**SCOPE, "item": {"name": "x" * 9_000}}

    with pytest.raises(ExpressionError, match="a text grew too long"):
        value("item.name + item.name", scope)


def test_a_scope_of_another_shape_is_told_and_not_guessed_at() -> None:
    with pytest.raises(ExpressionError, match="a value that it needs is absent"):
        value("item.total > 1", {"item": {}})


@pytest.mark.parametrize(
    ("text", "kind", "sensitivity"),
    [
        ("item.ssn", Kind.TEXT, "pii"),
        ("digits(item.ssn)", Kind.TEXT, "pii"),
        ("item.ssn + text(item.dob)", Kind.TEXT, "phi"),
        ("item.ssn == '1'", Kind.BOOL, "pii"),
        ("[item.ssn, item.name]", Kind.LIST, "pii"),
        ("item.name if item.dob > today else 'x'", Kind.TEXT, "phi"),
        ("default(item.note, item.ssn)", Kind.TEXT, "pii"),
        ("first([item.ssn])", Kind.TEXT, "pii"),
        ("item", Kind.RECORD, "phi"),
        ("days_between(item.dob, today)", Kind.INT, "phi"),
        ("len(item.ssn)", Kind.INT, None),
        ("present(item.ssn)", Kind.BOOL, None),
        ("there(found)", Kind.BOOL, None),
        ("item.name", Kind.TEXT, None),
    ],
)
def test_sensitivity_flows_through_an_expression(
    text: str, kind: Kind, sensitivity: str | None
) -> None:
    made = shape(text)

    assert (made.kind, made.sensitive) == (kind, sensitivity)


def test_a_text_for_people_shows_values_as_people_read_them() -> None:
    checked = check_text(
        "shows ${found.total}, urgent: ${item.urgent}, due ${item.day}, at ${now_utc}; {braces}",
        NAMES.knowing(frozenset({("found",)})),
    )

    assert checked.compiled is not None
    assert checked.compiled.value(SCOPE) == (
        "shows 25.00, urgent: yes, due 2026-01-31, at 2026-02-01 12:00 UTC; {braces}"
    )


@pytest.mark.parametrize(
    ("text", "start", "message"),
    [
        ("no ${item.ssn}", 5, "`item.ssn` is sensitive (pii) and must not stand in a text"),
        ("a ${found.total}", 4, "`found` may be absent here"),
        ("a ${item.lines}", 4, "a list (a record) cannot be shown in a text"),
        ("a ${item.total", 2, "this `${` is never closed"),
        ("a ${}", 4, "an expression is missing"),
    ],
)
def test_a_text_for_people_refuses_what_must_not_be_shown(
    text: str, start: int, message: str
) -> None:
    (problem,) = check_text(text, NAMES).problems

    assert (problem.start, problem.message) == (start, message)


def test_all_mistakes_of_an_expression_are_told_at_once() -> None:
    found = problems("itm.total > 1 and item.totl > ${1}")

    assert found == ["`${` has no meaning here"]
    assert problems("itm.total > 1 and item.totl > 1") == [
        "unknown name `itm`",
        "`item` has no field `totl`",
    ]
