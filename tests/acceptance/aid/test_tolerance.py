"""The tolerance of the runbook, exact to the cent: 24.99 passes, 25.00 is for a person."""

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskhand.browsers.catalogue import ProjectBots
from deskhand.domain.runbook import Runbook
from deskhand.domain.step import LetStep
from deskhand.runbooks.compiler import check, compile_runbook
from deskhand.runtime.scope import new_scope

ROOT = Path(__file__).parents[3]
FILE = ROOT / "runbooks" / "aid-verify.yaml"
BOTS = ProjectBots(ROOT / "bots")
INCOME, TAX = Decimal("52300.00"), Decimal("4120.00")


@pytest.fixture(scope="module")
def runbook() -> Runbook:
    return compile_runbook(FILE.read_text(encoding="utf-8"), file=str(FILE), bots=BOTS)


def agrees(
    runbook: Runbook,
    *,
    worksheet: Decimal = INCOME,
    transcript: Decimal = INCOME,
    tax: Decimal = TAX,
    family_size: int = 4,
) -> bool:
    item = {"worksheet": {"agi": worksheet, "tax_paid": tax, "family_size": family_size}}
    scope = new_scope(runbook, item, now=datetime(2026, 11, 25, tzinfo=UTC))
    scope["read_isir"] = {"agi": INCOME, "tax_paid": TAX, "family_size": 4}
    scope["read_transcript"] = {"agi": transcript, "tax_paid": TAX}
    for step in runbook.steps:
        if isinstance(step, LetStep):
            for name, expression in step.values.items():
                scope[name] = expression.value(scope)
    return bool(scope["agrees"])


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("what", ["worksheet", "transcript"])
@given(cents=st.integers(0, 10_000))
def test_an_income_may_differ_by_less_than_the_tolerance(
    runbook: Runbook, what: str, sign: int, cents: int
) -> None:
    income = INCOME + sign * Decimal(cents).scaleb(-2)

    assert agrees(runbook, **{what: income}) == (cents < 2_500)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("off", "passes"), [("24.99", True), ("25.00", False), ("-24.99", True), ("-25.00", False)]
)
def test_the_boundary_is_the_cent(runbook: Runbook, off: str, passes: bool) -> None:
    assert agrees(runbook, tax=TAX + Decimal(off)) is passes
    assert agrees(runbook, worksheet=INCOME + Decimal(off)) is passes


def test_a_family_size_may_not_differ_at_all(runbook: Runbook) -> None:
    assert not agrees(runbook, family_size=5)


@pytest.mark.parametrize("income", ["read_isir.agi", "read_transcript.tax_paid", "agi_off"])
def test_tax_information_in_a_text_for_people_is_a_mistake(income: str) -> None:
    told = mistakes(
        "else: NO_NEW_TRANSACTION", f"else: NO_NEW_TRANSACTION\n        say: ${{{income}}}"
    )

    assert len(told) == 1
    assert "sensitive (fti)" in told[0]


def mistakes(old: str, new: str) -> list[str]:
    """What the check says of the runbook with one change in it."""
    text = FILE.read_text(encoding="utf-8")
    assert text.count(old) == 1
    return [one.message for one in check(text.replace(old, new), file="a", bots=BOTS)]


def test_the_days_of_the_runbook_are_those_of_the_portal(runbook: Runbook) -> None:
    item = {"selected_on": date(2026, 11, 1)}
    scope = new_scope(runbook, item, now=datetime(2026, 11, 25, tzinfo=UTC))

    assert runbook.item.deadline is not None
    assert runbook.item.deadline.value(scope) == date(2026, 12, 31)
