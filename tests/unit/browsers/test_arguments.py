import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, Literal

import pytest

from deskhand.browsers.arguments import answered, bound, plain, sealed_forms
from deskhand.domain.result import ItemFields, NotThere, Result
from deskhand.domain.sealed import Sealed
from deskhand.errors import BotError
from deskhand.ports.action import ActionEffect, ActionSignature


class Colour(Enum):
    RED = "red"


class Line(ItemFields):
    code: str
    charge: Decimal
    modifier: str | None = None


class Claim(ItemFields):
    member_id: Sealed[str]
    born: Sealed[date]
    lines: list[Line]


class Held(Result):
    member_id: Sealed[str]
    lines: list[Line]


def signature(parameters: Mapping[str, object], *, optional: frozenset[str]) -> ActionSignature:
    return ActionSignature(
        bot="payer_portal",
        name="fill",
        effect=ActionEffect.FILL,
        parameters=parameters,
        required=frozenset(parameters) - optional,
        returns=None,
    )


def given(value: object, declared: object) -> object:
    """What an action gets for a parameter of that type."""
    made = signature({"x": declared}, optional=frozenset())
    return bound(made, {"x": value})["x"]


def test_a_whole_item_becomes_the_class_that_the_bot_declares() -> None:
    item = {
        "member_id": "W1",
        "born": date(1980, 3, 14),
        "lines": [{"code": "G0463", "charge": Decimal("1.50"), "more": "ignored"}],
        "filing_deadline": "ignored",
    }

    claim = given(item, Claim)

    line = Line(code="G0463", charge=Decimal("1.50"))
    assert claim == Claim(member_id=Sealed("W1"), born=Sealed(date(1980, 3, 14)), lines=[line])


@pytest.mark.parametrize(
    ("value", "declared", "expected"),
    [
        (5, Decimal, Decimal(5)),
        (None, str | None, None),
        ("W1", Sealed[str] | None, Sealed("W1")),
        (Sealed("W1"), Sealed[str], Sealed("W1")),
        ("a", Literal["a", "b"], "a"),
        ("red", Colour, Colour.RED),
        (["a"], list[str], ["a"]),
        ({"any": 1}, object, {"any": 1}),
        (Path("a"), Path, Path("a")),
    ],
)
def test_a_value_arrives_as_its_parameter_declares_it(
    value: object, declared: object, expected: object
) -> None:
    assert given(value, declared) == expected


@pytest.mark.parametrize(
    ("value", "declared"),
    [
        ("5", int),
        (True, int),
        (None, str),
        ("2026-01-01", date),
        ("c", Literal["a", "b"]),
        ("a", list[str]),
        ("blue", Colour),
        ({"code": "G0463"}, Line),
        ("W1", Line),
        ("secret", int | None),
    ],
)
def test_a_wrong_value_is_refused_without_being_told(value: object, declared: object) -> None:
    with pytest.raises(BotError) as refusal:
        given(value, declared)

    assert "payer_portal.fill.x" in str(refusal.value)
    assert "secret" not in str(refusal.value)


def test_arguments_are_neither_missing_nor_unknown() -> None:
    made = signature({"x": str, "y": str}, optional=frozenset({"y"}))

    assert bound(made, {"x": "a"}) == {"x": "a"}
    with pytest.raises(BotError, match="needs x"):
        bound(made, {"y": "a"})
    with pytest.raises(BotError, match="takes no z"):
        bound(made, {"x": "a", "z": "b"})


def test_a_result_comes_back_as_plain_values() -> None:
    line = Line(code="G0463", charge=Decimal("1.50"))

    told = plain(Held(member_id=Sealed("W1"), lines=[line]))

    assert told == {
        "member_id": "W1",
        "lines": [{"code": "G0463", "charge": Decimal("1.50"), "modifier": None}],
    }


def test_every_sealed_value_is_searched_for_in_all_its_forms() -> None:
    claim = Claim(member_id=Sealed("W100000001"), born=Sealed(date(1980, 3, 14)), lines=[])

    forms = sealed_forms({"claim": claim})

    assert {"W100000001", "03/14/1980", "3/14/1980"} <= forms


def answering(returns: object) -> ActionSignature:
    return replace(signature({}, optional=frozenset()), returns=returns)


def test_an_answer_is_what_the_action_says() -> None:
    held = Held(member_id=Sealed("W1"), lines=[Line(code="A", charge=Decimal(1))])

    assert answered(answering(Held | NotThere), held) == held
    assert answered(answering(Held | NotThere), NotThere()) == NotThere()
    assert answered(answering(None), None) is None


def test_a_plain_value_where_a_sealed_one_is_declared_is_sealed() -> None:
    careless: Any = "W123456789"
    found = answered(answering(Held), Held(member_id=careless, lines=[]))

    assert "W123456789" in sealed_forms(found)


@pytest.mark.parametrize(
    ("returns", "value", "message"),
    [
        (
            Held,
            Held(member_id=Sealed("W1"), lines=None),  # type: ignore[arg-type]
            "payer_portal.fill: Held.lines must be list[",
        ),
        (
            Held,
            Held(member_id=None, lines=[]),  # type: ignore[arg-type]
            "payer_portal.fill: Held.member_id must be str, and is NoneType",
        ),
        (
            Held,
            Held(member_id=Sealed("W1"), lines=[Line(code="A", charge="12.50")]),  # type: ignore[arg-type]
            "payer_portal.fill: Held.lines[0].charge must be Decimal, and is str",
        ),
        (Held, NotThere(), "payer_portal.fill returned NotThere; it says: -> Held"),
        (Held | NotThere, None, "payer_portal.fill returned None; it says: -> Held | NotThere"),
    ],
)
def test_an_answer_of_another_type_is_the_bots_mistake_and_no_value(
    returns: object, value: object, message: str
) -> None:
    with pytest.raises(BotError, match=re.escape(message)):
        answered(answering(returns), value)


def test_a_portals_text_is_composed_as_an_items_is() -> None:
    assert plain({"name": "Jose\u0301"}) == {"name": "Jos\u00e9"}
