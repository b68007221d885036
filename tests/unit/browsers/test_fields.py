from datetime import date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from deskhand.browsers.fields import FieldKind, Held, PlainValue, holds, same_text, typed
from deskhand.errors import BotError

US = "%m/%d/%Y"


@pytest.mark.parametrize(
    ("held", "value"),
    [
        ("Maria  ALVAREZ ", "maria alvarez"),
        ("123-45-6789", "123456789"),
        ("(555) 123-4567", "5551234567"),
        ("$1,245.50", Decimal("1245.5")),
        ("(12.00)", Decimal(-12)),
        ("2", 2),
        ("03/14/1980", date(1980, 3, 14)),
        ("1980-03-14", date(1980, 3, 14)),
        ("Mar 14, 1980", date(1980, 3, 14)),
        ("2026-01-02T10:30", datetime(2026, 1, 2, 10, 30)),  # noqa: DTZ001 (a field has no zone)
        (" ", None),
    ],
)
def test_another_writing_of_a_value_is_the_same_value(held: str, value: PlainValue) -> None:
    assert same_text(held, value, date_format=US)


@pytest.mark.parametrize(
    ("held", "value"),
    [
        ("Maria Alvares", "Maria Alvarez"),
        ("", "Maria Alvarez"),
        ("O'Brien", "OBrien"),
        ("123-45-678", "123456789"),
        ("55", "5.5"),
        ("-1234", "1234"),
        ("1,245.51", Decimal("1245.50")),
        ("12.0.0", Decimal(12)),
        ("04/03/1980", date(1980, 3, 4)),
        ("x", None),
    ],
)
def test_another_value_is_another_value(held: str, value: PlainValue) -> None:
    assert not same_text(held, value, date_format=US)


def test_a_day_is_typed_as_its_field_takes_it() -> None:
    day = date(1980, 3, 14)

    assert typed(day, kind=FieldKind.TEXT, date_format=US) == "03/14/1980"
    assert typed(day, kind=FieldKind.DATE, date_format=US) == "1980-03-14"


def test_what_cannot_be_typed_is_a_bots_mistake() -> None:
    for value in (True, ["a", "b"], Path("a")):
        with pytest.raises(BotError):
            typed(value, kind=FieldKind.TEXT, date_format=US)


def test_a_selection_holds_an_option_by_its_value_or_by_its_label() -> None:
    held = Held(kind=FieldKind.SELECT, print="", chosen=("60054",), labels=("Acme Health",))

    assert holds(held, "60054", date_format=US)
    assert holds(held, "acme health", date_format=US)
    assert holds(held, ["60054"], date_format=US)
    assert not holds(held, "77010", date_format=US)
    assert holds(held, None, date_format=US)


def test_a_file_field_holds_files_by_their_names() -> None:
    held = Held(kind=FieldKind.FILE, print="", chosen=("a.pdf", "b.pdf"))

    assert holds(held, [Path("x/b.pdf"), Path("y/a.pdf")], date_format=US)
    assert not holds(held, Path("x/a.pdf"), date_format=US)
    assert not holds(held, None, date_format=US)


def test_an_amount_is_typed_in_digits_whatever_it_was_computed_from() -> None:
    computed = Decimal(10_000) / Decimal("0.1")

    assert typed(computed, kind=FieldKind.TEXT, date_format="%m/%d/%Y") == "100000"
