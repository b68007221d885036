import re
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.domain.redaction import forms_pattern, redact, sensitive_forms


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("W100000001", "member w100000001 not found"),
        ("123-45-6789", "ssn 123456789 and 123 45 6789"),
        ("5551234567", "call (555) 123-4567"),
        ("Maria Alvarez", "MARIA   ALVAREZ; Alvarez, Maria; Maria; alvarez"),
        ("Maria Alvarez", "?name=Maria%20Alvarez&again=Maria+Alvarez"),
        (date(1980, 3, 4), "03/04/1980 3/4/1980 1980-03-04 Mar 4, 1980 4 March 1980 19800304"),
        ("1980-03-04", "03/04/1980"),
        (Decimal("1245.5"), "$1,245.50 or 1245.50"),
        ("Lee", "Lee, LEE"),
    ],
)
def test_a_value_is_taken_out_in_whatever_form_it_comes(value: object, text: str) -> None:
    cleaned = redact(text, sensitive_forms(value))

    digits_and_names = re.sub(r"name|again|member|not found|ssn|and|call|or", "", cleaned)
    assert re.search(r"[0-9]{2}|Maria|Alvarez|Lee|Mar", digits_and_names, re.IGNORECASE) is None


def test_other_text_stays() -> None:
    forms = sensitive_forms("Lee") | sensitive_forms("Jo") | sensitive_forms(date(1980, 3, 4))

    assert redact("asleep on 03/05/1980, Jo", forms) == "asleep on 03/05/1980, Jo"


def test_nothing_to_take_out_leaves_the_text() -> None:
    assert redact("a text", frozenset()) == "a text"
    assert forms_pattern(sensitive_forms(None) | sensitive_forms("ab")) == ""


@given(st.text(min_size=3), st.text(), st.text())
def test_whatever_a_value_is_its_own_text_is_taken_out(value: str, left: str, right: str) -> None:
    if len(value.strip()) < 5 or value.strip() in "***":
        return

    cleaned = redact(f"{left} {value} {right}", sensitive_forms(value))

    assert "***" in cleaned
