"""Who is chosen to be checked again: by a keyed hash, by number, by amount; each says why."""

from collections import Counter
from collections.abc import Mapping
from decimal import Decimal
from itertools import pairwise
from math import sqrt

import pytest

from deskhand.domain.identifiers import ItemId, ordered_id
from deskhand.domain.quality import (
    PORTAL_NUMBER,
    Grade,
    QualityBook,
    RecheckState,
    WhyChosen,
    draw_basis,
    draw_text,
    drawn,
    fields_to_check,
)
from deskhand.errors import IllegalMoveError
from deskhand.use_cases.choose_recheck import draw_of
from deskhand.vaults.seal import AesSeal
from tests.making import NOW
from tests.making_quality import a_recheck, a_rule

SEAL = AesSeal([bytes(range(32))])
MANY = 100_000
LAST = 16**16 - 1


def draw(item: str, *, client: str = "lakeside", seal: AesSeal = SEAL) -> int:
    return draw_of(ItemId(item), runbook="claims.tiny", client=client, seal=seal)


@pytest.fixture(scope="module")
def draws() -> list[int]:
    """The draws of very many items, with ids as the store gives them."""
    ids = (ordered_id(at=NOW, entropy=number.to_bytes(10)) for number in range(MANY))
    return [draw(item) for item in ids]


@pytest.mark.parametrize("percent", ["2", "0.5", "50"])
def test_as_many_are_chosen_as_the_share_says(draws: list[int], percent: str) -> None:
    rule = a_rule(share=Decimal(percent))

    chosen = sum(rule.choice(draw=one, before=0, amount=None).chosen for one in draws)

    share = float(percent) / 100
    # Five standard deviations: this would be off once in two million keys.
    assert abs(chosen - MANY * share) < 5 * sqrt(MANY * share * (1 - share))


def test_neighbours_in_time_are_chosen_independently(draws: list[int]) -> None:
    low = [one < 16**16 // 10 for one in draws]

    pairs = Counter(pairwise(low))

    assert abs(pairs[True, True] - MANY / 100) < 5 * sqrt(MANY / 100)


def test_the_same_item_always_gets_the_same_draw_and_another_key_gives_another() -> None:
    assert draw("i1") == draw("i1", seal=AesSeal([bytes(range(32))]))
    assert draw("i1") != draw("i1", seal=AesSeal([bytes(32)]))
    assert draw("i1") != draw("i1", client="hill")


def test_a_key_that_is_replaced_leaves_every_draw_as_it_was() -> None:
    renewed = AesSeal([bytes(32), bytes(range(32))])

    assert draw("i1", seal=renewed) == draw("i1")


def test_what_is_drawn_can_be_repeated_from_the_hash_alone() -> None:
    basis = draw_basis(ItemId("i1"), runbook="claims.tiny", client="lakeside")
    digest = SEAL.digest(basis, context="quality/draw")

    assert draw_text(drawn(digest)) == digest[:16]
    assert drawn(digest) == draw("i1")


@pytest.mark.parametrize(
    ("percent", "one", "chosen"),
    [
        ("0", 0, False),
        ("100", LAST, True),
        ("50", 16**16 // 2 - 1, True),
        ("50", 16**16 // 2, False),
    ],
)
def test_a_share_is_exact_at_its_ends(percent: str, one: int, chosen: bool) -> None:
    choice = a_rule(share=Decimal(percent)).choice(draw=one, before=0, amount=None)

    assert choice.chosen is chosen


def test_the_first_of_a_version_are_all_chosen_and_numbered() -> None:
    rule = a_rule(share=Decimal(0), first_of_version=2)

    choices = [rule.choice(draw=LAST, before=before, amount=None) for before in range(3)]

    assert [choice.ordinal for choice in choices] == [1, 2, None]
    assert [choice.why for choice in choices] == [(WhyChosen.FIRST,), (WhyChosen.FIRST,), ()]


@pytest.mark.parametrize(
    ("amount", "chosen"),
    [
        ("10000.01", True),
        ("10000.00", False),
        ("9.5", False),
        (None, True),
        ("-10000.01", True),
        ("-1.00", False),
    ],
)
def test_every_amount_above_the_limit_is_chosen(amount: str | None, chosen: bool) -> None:
    rule = a_rule(share=Decimal(0), all_above=Decimal("10000.00"))

    assert rule.choice(draw=LAST, before=0, amount=amount).chosen is chosen


def test_all_reasons_are_told_not_only_the_first() -> None:
    rule = a_rule(first_of_version=1, all_above=Decimal(1))

    assert rule.choice(draw=0, before=0, amount="2").why == (
        WhyChosen.FIRST,
        WhyChosen.AMOUNT,
        WhyChosen.SHARE,
    )


def test_a_client_that_a_rule_names_is_not_under_the_general_one() -> None:
    general, named = a_rule(), a_rule(clients=frozenset({"hill"}), share=Decimal(1))
    book = QualityBook(rules=(general, named))

    assert book.rule_for("claims.tiny", "hill") is named
    assert book.rule_for("claims.tiny", "lakeside") is general
    assert book.rule_for("claims.other", "hill") is None
    assert QualityBook(rules=(named,)).rule_for("claims.tiny", "lakeside") is None


@pytest.mark.parametrize(
    ("wanted", "outputs", "number", "asked"),
    [
        ((), {"confirmation": "A-1"}, "A-1", ("confirmation", "total")),
        ((), {"confirmation": "A-2"}, "A-1", ("confirmation", "total", PORTAL_NUMBER)),
        ((), {}, None, ("confirmation", "total")),
        (("total",), {}, "A-1", ("total",)),
        ((), None, "A-1", (PORTAL_NUMBER,)),
    ],
)
def test_what_is_asked_of_an_item(
    wanted: tuple[str, ...],
    outputs: Mapping[str, object] | None,
    number: str | None,
    asked: tuple[str, ...],
) -> None:
    rule = a_rule(fields=wanted)

    found = fields_to_check(rule, ("confirmation", "total"), outputs=outputs, portal_number=number)

    assert found == asked


def test_a_re_check_is_answered_once_and_then_graded_once() -> None:
    waiting = a_recheck()
    answered = waiting.answered(b"", differing=("total",), by="ann", at=NOW, audit_seq=2)
    graded = answered.graded(Grade.MINOR, by="ann", at=NOW, audit_seq=3)

    assert (graded.state, graded.grade) == (RecheckState.GRADED, Grade.MINOR)
    with pytest.raises(IllegalMoveError):
        answered.answered(b"", differing=(), by="ann", at=NOW, audit_seq=3)
    with pytest.raises(IllegalMoveError):
        waiting.graded(Grade.PASS, by="ann", at=NOW, audit_seq=2)
