"""Comparing what was submitted with what the portal holds: one wrong digit is found anywhere."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deskhand.domain.read_back import FieldChecks, compare
from deskhand.domain.sealed import Sealed
from tests.making import NOW


def wrong(ours: object, theirs: object) -> tuple[str, ...]:
    return compare({"field": ours}, {"field": theirs}, fields=["field"]).wrong


ONE_WRONG = [
    ("W123456789", "W123456788"),
    ("W123456789", "W12345678"),
    (Sealed("W123456789"), Sealed("W123456780")),
    (Sealed("W123456789"), "W123456780"),
    (Decimal("1250.00"), Decimal("1250.01")),
    (Decimal("1250.00"), "1250.10"),
    (Decimal("1250.00"), "12,500.0"),
    (Decimal("1250.00"), "$1,250.01"),
    (Decimal("1250.00"), "unreadable"),
    (Decimal("1250.00"), ""),
    (Decimal("1250.00"), None),
    (Decimal("12.50"), "12,50"),
    (3, 4),
    (3, "30"),
    (date(1980, 3, 4), date(1980, 3, 5)),
    (date(1980, 3, 4), "1980-04-03"),
    (Sealed(date(1980, 3, 4)), Sealed(date(1981, 3, 4))),
    (NOW, NOW + timedelta(minutes=1)),
    ("Ann Lee", "Ann Lea"),
    ("AnnLee", "Ann Lee"),
    ("given", None),
    (None, "given"),
    (True, False),
    (["A01", "B02"], ["A01", "B03"]),
    ("A01", ["A01"]),
]


@pytest.mark.parametrize(("ours", "theirs"), ONE_WRONG)
def test_one_wrong_character_is_found_in_every_kind_of_field(ours: object, theirs: object) -> None:
    found = compare({"field": ours}, {"field": theirs}, fields=["field"])

    assert len(found.wrong) == 1
    assert found.wrong[0].startswith("field")
    assert not found.holds


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("W123456789", "W123456789"),
        ("Ann  Lee", " ANN LEE\n"),
        ("Straße", "STRASSE"),
        (Sealed("W1"), "w1"),
        (Decimal("12.50"), "12.5"),
        (Decimal("12.50"), Decimal("12.500")),
        (Decimal("1250.00"), "$1,250.00"),
        (Decimal(3), 3),
        (3, "3"),
        (date(1980, 3, 4), "1980-03-04"),
        (None, ""),
        ("", None),
        (None, "  "),
        (["A01"], ("a01",)),
        ([], []),
    ],
)
def test_what_portals_do_to_text_does_not_matter(ours: object, theirs: object) -> None:
    assert wrong(ours, theirs) == ()


def test_each_leaf_of_lists_and_records_is_counted_and_named() -> None:
    lines = [{"code": "A", "charge": Decimal(1)}, {"code": "B", "charge": Decimal(2)}]
    held = [{"code": "A", "charge": "1.00"}, {"code": "C", "charge": "3"}]

    found = compare(
        {"number": "C-1", "lines": lines},
        {"number": "C-2", "lines": held},
        fields=["number", "lines"],
    )

    assert (found.checked, found.wrong) == (5, ("number", "lines[2].code", "lines[2].charge"))


def test_each_field_is_counted_by_its_name_over_all_entries_of_a_list() -> None:
    found = compare(
        {"number": "C-1", "lines": [{"code": "A"}, {"code": "B"}], "codes": ["x", "y"]},
        {"number": "C-1", "lines": [{"code": "A"}, {"code": "C"}], "codes": ["x"]},
        fields=["number", "lines", "codes"],
    )

    assert found.by_field == (
        FieldChecks(name="number", checked=1, wrong=0),
        FieldChecks(name="lines.code", checked=2, wrong=1),
        FieldChecks(name="codes (count)", checked=1, wrong=1),
        FieldChecks(name="codes", checked=1, wrong=0),
    )
    assert sum(one.checked for one in found.by_field) == found.checked
    assert sum(one.wrong for one in found.by_field) == len(found.wrong)


@pytest.mark.parametrize(
    ("ours", "theirs"), [(["A", "B"], ["A"]), (["A"], ["A", "B"]), ([], ["A"]), (["A"], [])]
)
def test_a_row_too_few_or_too_many_is_wrong(ours: list[str], theirs: list[str]) -> None:
    assert "field (count)" in wrong(ours, theirs)


def test_only_the_named_fields_are_compared_and_a_missing_one_is_wrong() -> None:
    found = compare({"a": "1", "b": "2"}, {"b": "other"}, fields=["a"])

    assert (found.checked, found.wrong) == (1, ("a",))


def test_of_nested_records_the_fields_that_both_have_are_compared_in_order() -> None:
    ours = {"address": {"street": "A", "zip": "1", "note": "x"}}
    theirs = {"address": {"zip": "2", "street": "B", "country": "US"}}

    found = compare(ours, theirs, fields=["address"])

    assert (found.checked, found.wrong) == (2, ("address.street", "address.zip"))


def test_records_that_share_no_field_prove_nothing() -> None:
    found = compare({"address": {"street": "A"}}, {"address": {}}, fields=["address"])

    assert (found.checked, found.wrong) == (1, ("address",))


def test_the_result_names_fields_and_never_their_values() -> None:
    found = compare({"member": Sealed("W123")}, {"member": Sealed("W124")}, fields=["member"])

    assert "W12" not in repr(found)


SHOWN = st.text(st.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=12)


@given(SHOWN, st.data())
def test_any_other_digit_anywhere_in_a_text_is_wrong(text: str, data: Any) -> None:
    digits = [place for place, char in enumerate(text) if char.isdigit()]
    assume(digits)
    place = data.draw(st.sampled_from(digits))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != text[place]]))

    assert wrong(text, text[:place] + other + text[place + 1 :]) == ("field",)
    assert wrong(text, text) == ()


@given(
    st.decimals(min_value=0, max_value=10**9, places=2),
    st.decimals(min_value=0, max_value=10**9, places=2),
)
def test_amounts_are_the_same_exactly_when_they_are_equal(ours: Decimal, theirs: Decimal) -> None:
    assert (wrong(ours, f"${theirs:,}") == ()) is (ours == theirs)


@given(st.dates(), st.dates())
def test_dates_are_the_same_exactly_when_they_are_equal(ours: date, theirs: date) -> None:
    assert (wrong(ours, theirs.isoformat()) == ()) is (ours == theirs)


def test_a_list_in_another_order_is_wrong_in_every_place() -> None:
    assert wrong(["A01", "B02"], ["B02", "A01"]) == ("field[1]", "field[2]")
