from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.domain.redaction import forms_pattern, redact, sensitive_forms
from deskhand.domain.sealed import MASK
from tests.making import NOW

BORN = date(1980, 3, 4)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("W123456789", "W123456789"),
        ("W123456789", "w123456789"),
        ("123-45-6789", "123456789"),
        ("123-45-6789", "123 45 6789"),
        ("123456789", "123-45-6789"),
        ("5551234567", "(555) 123-4567"),
        ("Jane Doe", "JANE   DOE"),
        ("Jane Doe", "Doe, Jane"),
        ("Jane Doe", "doe jane"),
        ("Jane Mary Doe", "Doe, Jane Mary"),
        ("jane@example.com", "jane%40example.com"),
        (BORN, "03/04/1980"),
        (BORN, "3/4/1980"),
        (BORN, "1980-03-04"),
        (BORN, "March 4, 1980"),
        (BORN, "04-Mar-1980"),
        (BORN, "19800304"),
        ("1980-03-04", "3/4/80"),
        (NOW, "05/04/2026"),
        (Decimal("1250.5"), "1,250.50"),
        (Decimal(1250), "1,250"),
        (1250, "1250"),
        ("123-45-6789", "123\u201145\u20116789"),
        ("W123456789", "W1234 56789"),
        ("W123456789", "W1234\u200b56\u00ad789"),
        ("José", "JOSE"),
        ("José", "Jose\u0301"),
        ("O'Brien", "O\u2019BRIEN"),
        ("O'Brien", "OBRIEN"),
        ("Ann Smith-Jones", "ANN SMITH JONES"),
        ("Ann Smith-Jones", "smithjones"),
    ],
)
def test_a_value_is_taken_out_in_every_form_in_which_a_page_may_show_it(
    value: object, shown: str
) -> None:
    text = f"the portal says: {shown}."

    assert redact(text, sensitive_forms(value)) == f"the portal says: {MASK}."


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Lee", "the fleet sleeps"),
        ("1234", "claim 912345 of 2026"),
        ("W1", "W1 is too short to be searched for"),
        (None, "None of it"),
        (True, "True enough"),
        ("", "nothing"),
        (7, "7 of 7"),
    ],
)
def test_text_that_only_resembles_a_value_stays(value: object, text: str) -> None:
    assert redact(text, sensitive_forms(value)) == text


def test_the_longest_form_is_taken_out_first() -> None:
    forms = sensitive_forms("Jane Doe") | sensitive_forms("Jane Doe Smith")

    assert redact("Jane Doe Smith, Jane Doe", forms) == f"{MASK}, {MASK}"


def test_signs_of_regular_expressions_stand_for_themselves() -> None:
    forms = sensitive_forms("a.c(x)*")

    assert redact("a.c(x)* abc(x)x", forms) == f"{MASK} abc(x)x"


def test_without_forms_nothing_is_searched_for() -> None:
    assert forms_pattern([]) == forms_pattern(["", "a", "  "]) == ""
    assert redact("text", []) == "text"


@given(st.text(st.characters(min_codepoint=33, max_codepoint=0x24F), min_size=5, max_size=30))
def test_no_value_of_five_characters_survives_as_it_was_written(value: str) -> None:
    assert value not in redact(f"<{value}>", sensitive_forms(value)) or value in MASK


@given(st.dates(min_value=date(1900, 1, 1), max_value=date(2100, 1, 1)))
def test_no_date_survives_in_the_ways_in_which_portals_write_it(day: date) -> None:
    shown = f"{day:%m/%d/%Y} {day.isoformat()} {day:%d.%m.%Y}"

    assert redact(shown, sensitive_forms(day)) == f"{MASK} {MASK} {MASK}"


@given(st.decimals(min_value=100, max_value=10**9, places=2))
def test_no_amount_survives(amount: Decimal) -> None:
    assert redact(f"total {amount:,} due", sensitive_forms(amount)) == f"total {MASK} due"
